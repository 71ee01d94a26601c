from odoo import api, fields, models
from odoo.exceptions import ValidationError

SETTINGS = [
    "drk_anonymisation_active", "drk_anonymisation_auto", "drk_anonymisation_user_id", "drk_symbol_firstname",
    "drk_symbol_lastname", "drk_symbol_street", "drk_symbol_search_name", "drk_anonymised_mark_id",
    "drk_anonymise_copy_to_info", "drk_anonymise_unlink_documents", "drk_anonymisation_expected", "drk_shell_years",
    "drk_document_place", "drk_retention_period_ids",
]  # fmt: skip


class ResCompany(models.Model):
    """How an association anonymises (Einstellungen / Module / Anonymisierung)."""

    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    drk_anonymisation_active = fields.Boolean(
        string="Anonymisation switched on",
        help="Nobody is anonymised before this is on, neither by hand nor by itself.",
    )
    drk_anonymisation_auto = fields.Boolean(
        string="Clean automatically", help="On the first Sunday of each quarter, after the periods below."
    )
    drk_anonymisation_user_id = fields.Many2one(
        "res.users",
        string="Clerk",
        ondelete="restrict",
        help="Looks at companies before they are cleaned, and is reminded before documents go.",
    )
    drk_anonymised_mark_id = fields.Many2one(
        "drk.mark", string="Mark of anonymised people", ondelete="restrict", help="Hides them from the next selection."
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
    drk_people_count = fields.Integer(
        string="People known now", compute="_compute_drk_people_count", help="Without those who were anonymised."
    )
    drk_retention_period_ids = fields.One2many("drk.retention.period", "company_id", string="Periods")

    def _compute_drk_people_count(self):
        people = self.env["res.partner"].sudo()  # a number, for whoever may read the association
        domain = [*people._drk_customer_domain(), ("company_id", "in", self.ids)]
        counts = dict(people._read_group(domain, ["company_id"], ["__count"]))
        for company in self:
            company.drk_people_count = counts.get(company._origin, 0)

    def _drk_symbolic_values(self):
        """What the association has set takes the place of what is delivered."""
        values = super()._drk_symbolic_values()
        return values | {name: self[f"drk_symbol_{name}"] for name in values if self[f"drk_symbol_{name}"]}

    @api.constrains("drk_anonymised_mark_id", "drk_anonymisation_user_id")
    def _check_drk_anonymisation_company(self):
        self._check_company(["drk_anonymised_mark_id"])
        for company in self:
            clerk_sudo = company.drk_anonymisation_user_id.sudo()  # whether the clerk works here tells nothing else
            if clerk_sudo and company not in clerk_sudo.company_ids:
                raise ValidationError(self.env._("The clerk has to work for the association."))

    @api.constrains("drk_anonymisation_expected", "drk_shell_years")
    def _check_drk_anonymisation_numbers(self):
        if any(company.drk_anonymisation_expected < 1 or company.drk_shell_years < 1 for company in self):
            raise ValidationError(self.env._("The expected size and the years are at least 1."))

    @api.model
    def _drk_changeable_fields(self):
        own = SETTINGS if self.env.user.has_group("drk_gdpr.group_drk_gdpr_officer") else []
        return [*super()._drk_changeable_fields(), *own]

    @api.model
    def _drk_action_anonymisation_settings(self):
        """Return the settings of the current association; systems booked since get their period."""
        self.env["drk.retention.period"].sudo()._load_missing(self.env.company)  # sudo: delivered values only
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_gdpr.res_company_action_anonymisation")
        return {**action, "res_id": self.env.company.id}
