from odoo import api, fields, models


class ResPartner(models.Model):
    """Who objected to advertising gets none, also after they were erased and came back with an import (G-12)."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    drk_no_advertising = fields.Boolean(
        string="No advertising", help="Objection under GDPR Art. 21: no advertising by mail, letter or telephone."
    )

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        blocks = self.env["drk.block.entry"].sudo()  # sudo: the list answers yes or no, to the system
        for company, people in partners.filtered("drk_is_person").grouped("company_id").items():
            if blocks._has_entries(company):
                blocks._matching(company, people).drk_no_advertising = True
        return partners
