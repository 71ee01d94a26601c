from odoo import fields, models


class ResCompany(models.Model):
    """How an association anonymises (Einstellungen / Module / Anonymisierung)."""

    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    drk_anonymisation_active = fields.Boolean(
        string="Anonymisation switched on", help="Nobody is anonymised before this is on, neither by hand nor by itself."
    )
    drk_anonymisation_auto = fields.Boolean(
        string="Clean automatically", help="On the first Sunday of each quarter, after the periods below."
    )
    drk_symbol_firstname = fields.Char(string="First name becomes")
    drk_symbol_lastname = fields.Char(string="Last name becomes")
    drk_symbol_street = fields.Char(string="Street becomes")
    drk_symbol_search_name = fields.Char(string="Search term becomes")
    drk_anonymise_copy_to_info = fields.Boolean(string="Copy name and street to the internal info before")
    drk_anonymise_unlink_documents = fields.Boolean(string="Unlink documents instead of deleting them")
    drk_anonymisation_expected = fields.Integer(
        string="Expected size of a run",
        default=50,
        help="A run over more people waits until a second person has approved it.",
    )
    drk_document_place = fields.Text(
        string="Where documents lie outside of this system", help="Shown to whoever anonymises: look there, too."
    )
    drk_retention_period_ids = fields.One2many("drk.retention.period", "company_id", string="Periods")

    def _drk_symbolic_values(self):
        """What the association has set takes the place of what is delivered."""
        values = super()._drk_symbolic_values()
        return values | {name: self[f"drk_symbol_{name}"] for name in values if self[f"drk_symbol_{name}"]}
