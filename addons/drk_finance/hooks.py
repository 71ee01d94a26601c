def post_init_hook(env):
    """Give the associations that keep books already what finance needs."""
    companies = env["res.company"].search([("drk_is_association", "=", True)])
    companies._drk_finance_setup()
