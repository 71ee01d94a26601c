from odoo import models

_ON_SITE = {"name", "email", "phone", "street", "street2", "zip", "city"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        res = super().write(vals)
        # Name and address of an association stand on its partner, and its pages are cached.
        if _ON_SITE & vals.keys() and not self.env["website"]._drk_company_partner_ids().isdisjoint(self._ids):
            self.env.registry.clear_cache()
        return res
