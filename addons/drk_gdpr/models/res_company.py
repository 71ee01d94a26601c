from odoo import api, fields, models


class ResCompany(models.Model):
    """The partner that stands for an association is nobody's person."""

    _inherit = "res.company"

    drk_map_url = fields.Char(
        string="Address of a map", help="A page that shows a place; {address} stands for the address. Empty: no button."
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super(ResCompany, self.with_context(drk_no_association=True)).create(vals_list)
        return companies.with_env(self.env)
