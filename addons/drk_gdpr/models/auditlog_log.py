from odoo import api, fields, models

#: What is kept by release is evidence for claims (regular period of limitation, sections 195 and 199 BGB).
KEPT_YEARS = 3


class AuditlogLog(models.Model):
    """An entry of the field log belongs to a person and goes with them."""

    _inherit = "auditlog.log"

    drk_person_id = fields.Many2one("res.partner", string="Person", ondelete="cascade", index="btree_not_null")
    drk_company_id = fields.Many2one("res.company", string="Association", index="btree_not_null")
    drk_keep_until = fields.Date(string="Keep until", help="Entry of a deleted person, kept by release.")

    @api.model_create_multi
    def create(self, vals_list):
        partner_model_id = self.env["ir.model"]._get_id("res.partner")
        for vals in vals_list:
            if vals.get("model_id") == partner_model_id and vals.get("res_id"):
                person_sudo = self.env["res.partner"].sudo().browse(vals["res_id"])
                # the name stands with the person: nothing to forget here
                vals |= {"drk_person_id": person_sudo.id, "drk_company_id": person_sudo.company_id.id, "name": False}
        return super().create(vals_list)

    def _drk_reduce(self):
        """Keep of these entries who did what when, under the number of the person; values and names go (G-6)."""
        self.line_ids.unlink()
        until = fields.Date.add(fields.Date.today(), years=KEPT_YEARS)
        self.write({"name": False, "drk_person_id": False, "drk_keep_until": until})

    @api.autovacuum
    def _gc_drk_kept(self):
        self.search([("drk_keep_until", "<", fields.Date.today())]).unlink()
