from odoo import api, fields, models

PEOPLE = ("participant", "registration", "company", "lecturer", "address", "user", "visitor")
#: The activity of everything personal that no other activity names: the record is complete whatever is installed.
REST = "system"


class DrkProcessingActivity(models.Model):
    """A line of the record of processing activities (GDPR Art. 30(1)).

    Categories of people and data are read from the inventory and periods from the law facts whenever it is shown, so that the
    record never falls behind what is installed. The other texts start with a proposal and are then the association's own.
    """

    _name = "drk.processing.activity"
    _description = "Processing Activity"
    _inherit = ["drk.association.mixin"]
    _order = "sequence, id"

    name = fields.Char(string="Activity", required=True)
    code = fields.Char(readonly=True, copy=False, help="Which proposal of the program it comes from.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    purpose = fields.Text(required=True)
    legal_basis = fields.Text(string="Legal basis")
    recipients = fields.Text(help="Who receives data, also processors (Art. 28).")
    third_country = fields.Text(string="Third countries")
    measures = fields.Text(string="Technical and organisational measures", help="GDPR Art. 32")
    responsible = fields.Char(string="Department in charge")
    reviewed_on = fields.Date(string="Checked on")
    own_people = fields.Char(string="Further people", help="Added to what the inventory says.")
    own_data = fields.Char(string="Further data", help="Added to what the inventory says.")
    own_periods = fields.Text(string="Further periods", help="Added to the periods of the law facts.")
    people = fields.Char(string="Categories of people", compute="_compute_categories")
    data_categories = fields.Text(string="Categories of data", compute="_compute_categories")
    periods = fields.Text(string="Periods for erasure", compute="_compute_periods")

    _code_unique = models.UniqueIndex(
        "(company_id, code) WHERE code IS NOT NULL", "This activity is in the record already."
    )

    # ------------------------------------------------------------------ from the inventory and the law
    @api.depends("code", "own_people", "own_data")
    def _compute_categories(self):
        kinds = dict(self.env["drk.inventory.field"]._fields["category"]._description_selection(self.env))
        people_names = self._people_names()
        rows_by_code = self._inventory_rows()
        for activity in self:
            rows = rows_by_code.get(activity.code, self.env["drk.inventory.field"])
            found = {kind for row in rows for kind in (row.person_kinds or "").split(",")}
            data = set(rows.mapped("category"))
            people = [people_names[kind] for kind in PEOPLE if kind in found] + [activity.own_people]
            activity.people = ", ".join(filter(None, people))
            activity.data_categories = ", ".join(
                filter(None, [*(name for code, name in kinds.items() if code in data), activity.own_data])
            )

    @api.depends("code", "own_periods")
    def _compute_periods(self):
        today = fields.Date.context_today(self)
        codes = {proposal["code"]: proposal["facts"] for proposal in self._proposals()}
        for activity in self:
            facts = self._facts(codes.get(activity.code, ()), today)
            activity.periods = "\n".join(filter(None, [*map(self._period_text, facts), activity.own_periods]))

    @api.model
    def _facts(self, codes, day):
        domain = [("code", "in", codes), ("date_from", "<=", day), "|", ("date_to", "=", False), ("date_to", ">=", day)]
        return self.env["drk.law.fact"].sudo().search(domain, order="code")  # sudo: law is public

    @api.model
    def _period_text(self, fact):
        name = fact.name.partition(": ")[2] or fact.name
        return self.env._(
            "%(name)s: %(years)d years (%(rule)s)", name=name, years=int(fact.value), rule=fact.source
        )

    @api.model
    def _inventory_rows(self):
        """Return the personal fields of what is installed, by code of the activity (``drk.inventory.field``)."""
        rows = self.env["drk.inventory.field"].sudo().search([("is_personal", "=", True)])  # sudo: names of fields
        activity_of = {name: proposal["code"] for proposal in self._proposals() for name in proposal["models"]}
        return rows.filtered(lambda row: row.model in self.env).grouped(lambda row: activity_of.get(row.model, REST))

    @api.model
    def _people_names(self):
        return {
            "participant": self.env._("participants"),
            "registration": self.env._("people who book"),
            "company": self.env._("companies and contact persons"),
            "lecturer": self.env._("lecturers"),
            "address": self.env._("other addresses"),
            "user": self.env._("users"),
            "visitor": self.env._("visitors of the website"),
        }

    # ------------------------------------------------------------------ proposals
    @api.model
    def _proposals(self):
        """Hook: return the activities that the installed add-ons stand for.

        :return: list of dicts: ``code``, ``name``, ``purpose``, ``legal_basis``, ``recipients``; ``models`` whose fields it
            is about, ``facts`` as codes of ``drk.law.fact`` with its periods in years
        """
        _ = self.env._
        return [
            {
                "code": "people",
                "name": _("Administration of people"),
                "purpose": _("To keep names, addresses and contact ways of people and companies, and who belongs together."),
                "legal_basis": _("GDPR Art. 6(1)(b) contract, (c) legal duty, (f) legitimate interest in contact"),
                "recipients": _("Departments of the association; processors who run the program"),
                "models": [
                    "res.partner", "res.partner.bank", "drk.contact.way", "drk.household", "drk.household.member",
                    "drk.guardianship",
                ],
                "facts": ["retention_letters_years"],
            },
            {
                "code": "consent",
                "name": _("Declarations and data protection"),
                "purpose": _("To prove declarations, withdrawals and information given, and to answer data subjects."),
                "legal_basis": _("GDPR Art. 6(1)(c) with Art. 5(2), 7(1) and 12 to 22"),
                "recipients": _("Data protection officer; supervisory authority on demand"),
                "models": ["drk.consent"],
                "facts": ["retention_consent_years"],
            },
            {
                "code": "letters",
                "name": _("Correspondence"),
                "purpose": _("To write to people and to document what was agreed."),
                "legal_basis": _("GDPR Art. 6(1)(b) contract, (f) legitimate interest in documentation; advertising: (a) consent"),
                "recipients": _("The people written to; postal, mail and SMS services"),
                "models": [
                    "mail.message", "mail.mail", "mail.notification", "sms.sms", "mailing.contact", "mailing.trace",
                    "ir.attachment", "calendar.event", "calendar.attendee",
                ],
                "facts": ["retention_letters_years"],
            },
            {
                "code": "users",
                "name": _("Users and access rights"),
                "purpose": _("To give staff and customers access to the program and to keep misuse away."),
                "legal_basis": _("GDPR Art. 6(1)(b) and (f), Art. 32; BDSG § 26 for staff"),
                "recipients": _("Administrators; processors who run the program"),
                "models": ["res.users", "res.users.log", "res.users.apikeys", "res.device.log", "auth_totp.device"],
                "facts": [],
            },
            {
                "code": REST,
                "name": _("Running the program"),
                "purpose": _("To run, secure and log the program: jobs, logs, settings, visits of the website."),
                "legal_basis": _("GDPR Art. 6(1)(f) and Art. 32"),
                "recipients": _("Administrators; processors who run the program"),
                "models": [],
                "facts": ["retention_field_log_years"],
            },
        ]  # fmt: skip

    @api.model
    def _standard_measures(self):
        """Hook: return the proposal for the measures of every activity."""
        return self.env._(
            "Rights by role and association, two factors for staff, encrypted connections, daily encrypted backups with tried "
            "recovery, log of changes, erasure by periods with proof, tests before every release."
        )

    def action_propose(self):
        """Add the proposals that the record of the own association does not have yet, archived ones included."""
        company = self.env.company
        known = self.with_context(active_test=False).search([("company_id", "=", company.id)])
        codes = set(known.mapped("code"))
        self.create(
            [
                {**self._prepare_proposal_vals(proposal), "company_id": company.id, "sequence": 10 * number}
                for number, proposal in enumerate(self._proposals(), 1)
                if proposal["code"] not in codes
            ]
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _prepare_proposal_vals(self, proposal):
        texts = ("code", "name", "purpose", "legal_basis", "recipients")
        vals = {name: proposal[name] for name in texts}
        return {**vals, "measures": self._standard_measures(), "third_country": self.env._("none")}
