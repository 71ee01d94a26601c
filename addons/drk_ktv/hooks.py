def post_init_hook(env):
    """Give the associations that already booked the system their course kinds."""
    companies = env["res.company"].search([("drk_is_association", "=", True)])
    companies._drk_ktv_load_kinds()
