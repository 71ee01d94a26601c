def uninstall_hook(env):
    """Take the print dialog out of the action menus: those entries were made at run time."""
    env["ir.actions.act_window"].search([("res_model", "=", "drk.docx.print")]).unlink()
