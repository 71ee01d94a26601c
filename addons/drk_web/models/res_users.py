from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        users._drk_bind_to_site()
        return users

    def _drk_bind_to_site(self):
        """Portal logins belong to the site of their association: one human may have one at each."""
        portal = self.sudo().filtered(lambda user: user.has_group("base.group_portal") and not user.website_id)
        if not portal:
            return
        sites = self.env["website"].sudo().search([("company_id", "in", portal.company_id.ids)])
        by_company = {site.company_id: site for site in reversed(sites) if not site.drk_is_chooser}
        for user in portal:
            if user.company_id in by_company:
                user.website_id = by_company[user.company_id]
