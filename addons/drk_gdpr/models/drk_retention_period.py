from odoo import api, fields, models

YEARS = [("3", "3 years"), ("5", "5 years"), ("8", "8 years"), ("10", "10 years")]
DEFAULT_YEARS = "10"
#: The tool itself has no customers.
OWN_SYSTEM = "ano"


class DrkRetentionPeriod(models.Model):
    """After how many years without activity the automatic cleaning takes the people of one system (D-ANO-15, D-ANO-16).

    What a law protects longer is restricted and finished later (G-3): the choice is a lower bound, never an upper one.
    """

    _name = "drk.retention.period"
    _description = "Period of the automatic cleaning"
    _inherit = ["drk.association.mixin"]
    _order = "company_id, system_id"
    _rec_name = "system_id"

    system_id = fields.Many2one("drk.system", required=True, ondelete="cascade")
    years = fields.Selection(YEARS, required=True, default=DEFAULT_YEARS, string="Clean after")

    _system_unique = models.Constraint("UNIQUE(company_id, system_id)", "This system has a period already.")

    @api.model
    def _load_missing(self, company):
        """Give each system that the association has booked a period; those that are there stay as they are.

        :param company: ``res.company``
        :return: ``drk.retention.period``, all of the association
        """
        periods = self.search([("company_id", "=", company.id)])
        booked = company.sudo().drk_system_ids  # sudo: what is booked is no secret inside
        missing = booked.filtered(lambda system: system.code != OWN_SYSTEM) - periods.system_id
        return periods + self.create([{"company_id": company.id, "system_id": system.id} for system in missing])
