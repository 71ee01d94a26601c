from odoo import api, fields, models
from odoo.tools import SQL

from .drk_retention_period import DEFAULT_YEARS


class DrkRetentionDue(models.Model):
    """The retention clock: from which day on each person may be cleaned, one line per person.

    A person is due when every system they were active in has waited its years and no law keeps a record of theirs any longer.
    Who was never active counts from the day they were entered.
    """

    _name = "drk.retention.due"
    _description = "Retention clock"
    _auto = False
    _order = "due_on, id"
    _rec_name = "person_id"

    person_id = fields.Many2one("res.partner", readonly=True)
    company_id = fields.Many2one("res.company", string="Association", readonly=True)
    is_company = fields.Boolean(string="Company", readonly=True)
    kind = fields.Selection([("person", "Person"), ("company", "Company")], readonly=True)
    last_activity = fields.Date(readonly=True)
    keep_until = fields.Date(string="Kept by law until", readonly=True)
    due_on = fields.Date(string="May be cleaned from", readonly=True)
    cleaning_on = fields.Date(
        string="Cleaning on", readonly=True, help="The first Sunday of a quarter on which the person may be cleaned."
    )
    company_release = fields.Selection(related="person_id.drk_cleaning_release")

    @property
    def _table_query(self):
        self.env["res.partner"].flush_model()
        self.env["drk.retention.period"].flush_model()
        return SQL(
            """
            SELECT due.*, %(cleaning)s AS cleaning_on FROM (
                SELECT person.id AS id, person.id AS person_id, person.company_id, person.is_company,
                       CASE WHEN person.is_company THEN 'company' ELSE 'person' END AS kind,
                       COALESCE(MAX(engagement.last_activity), person.create_date::date) AS last_activity,
                       MAX(engagement.keep_until) AS keep_until,
                       GREATEST(
                           MAX(COALESCE(engagement.last_activity, person.create_date::date)
                               + make_interval(years => COALESCE(period.years, %(default)s)::int))::date,
                           MAX(engagement.keep_until) + 1
                       ) AS due_on
                  FROM res_partner person
                  LEFT JOIN (%(engagements)s) engagement ON engagement.person_id = person.id
                  LEFT JOIN (%(systems)s) AS own (model, code) ON own.model = engagement.res_model
                  LEFT JOIN drk_system system ON system.code = own.code
                  LEFT JOIN drk_retention_period period
                         ON period.company_id = person.company_id AND period.system_id = system.id
                 WHERE person.drk_is_person AND person.drk_anonymised_at IS NULL
                 GROUP BY person.id
            ) due
            """,
            cleaning=self._cleaning_on(),
            default=DEFAULT_YEARS,
            engagements=self.env["drk.engagement"]._table_query,
            systems=self._systems_of_models(),
        )

    def _cleaning_on(self):
        """SQL of the first Sunday of a quarter that is neither past nor before the due day."""
        day = SQL("GREATEST(due.due_on, %s::date)", fields.Date.context_today(self))
        sunday = "(%(start)s + (7 - EXTRACT(ISODOW FROM %(start)s)::int) %% 7)"
        this = SQL(sunday, start=SQL("DATE_TRUNC('quarter', %s)::date", day))
        following = SQL(sunday, start=SQL("(DATE_TRUNC('quarter', %s) + INTERVAL '3 months')::date", day))
        return SQL("CASE WHEN %s >= %s THEN %s ELSE %s END", this, day, this, following)

    def _systems_of_models(self):
        """The system that each kind of engagement belongs to, as rows of SQL."""
        pairs = [
            (name, self.env[name]._drk_system_code)
            for name in self.env["drk.engagement"]._engagement_models()
            if self.env[name]._drk_system_code
        ]
        rows = SQL(", ").join(SQL("(%s, %s)", name, code) for name, code in pairs or [("", "")])
        return SQL("VALUES %s", rows)

    @api.model
    def _due(self, company, day):
        """Return who may be cleaned on a day.

        :param company: ``res.company``
        :param day: date
        :return: ``res.partner``; companies only when they were released, nobody who asked for a restriction
        """
        lines = self.search([("company_id", "=", company.id), ("due_on", "<=", day)])
        people = lines.person_id
        people -= people.browse(blocker.person_id for blocker in people._drk_restricted_on_request())
        return people.filtered(lambda person: not person.is_company or person.drk_cleaning_release == "released")

    @api.model
    def _prepare_companies(self, company, day):
        """Put companies that are due before the clerk's eyes: they are cleaned only when released (D-ANO-19).

        :param company: ``res.company``
        :param day: date
        """
        due = self.search([("company_id", "=", company.id), ("due_on", "<=", day), ("is_company", "=", True)])
        new = due.person_id.filtered(lambda person: not person.drk_cleaning_release)
        new.with_context(tracking_disable=True).write({"drk_cleaning_release": "prepared"})
        clerk = company.drk_anonymisation_user_id
        if new and clerk:
            company.partner_id.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=clerk.id,
                summary=self.env._("Companies to be cleaned: please release or exclude"),
                note=self.env._("%s companies wait under Data Protection, Retention clock.", len(new)),
            )

    def action_release(self):
        """Let the next cleaning take these companies."""
        self.person_id.filtered("is_company").action_drk_release_cleaning()

    def action_exclude(self):
        """Leave these companies out of the automatic cleaning."""
        self.person_id.filtered("is_company").action_drk_exclude_cleaning()

    def action_anonymise(self):
        """Open the dialog for these people."""
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_gdpr.drk_anonymise_action")
        return {**action, "context": {"active_model": "res.partner", "active_ids": self.person_id.ids}}

    def action_open_person(self):
        """Open the person behind the line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.person_id.id,
            "view_mode": "form",
        }
