from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .drk_consent_purpose import PRIVACY

ADULT_AGE = 18  # section 2 BGB


class ResPartner(models.Model):
    """The consent of a person: state, last signature, last withdrawal, history."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    drk_consent_ids = fields.One2many("drk.consent", "partner_id", string="Declarations", readonly=True)
    drk_consent_state = fields.Selection(
        [
            ("given", "Privacy declaration received"),
            ("withdrawn", "Privacy declaration withdrawn"),
            ("missing", "Privacy declaration not yet available"),
            ("informed", "Privacy information given, no declaration"),
            ("unconfirmed", "Privacy declaration unconfirmed"),
        ],
        string="Privacy declaration",
        compute="_compute_drk_consent",
        store=True,
        precompute=True,
        index=True,
    )
    drk_consent_given_at = fields.Datetime(
        string="Signed on", compute="_compute_drk_consent", store=True, precompute=True
    )
    drk_consent_given_by_id = fields.Many2one(
        "res.users", string="Signature captured by", compute="_compute_drk_consent", store=True, precompute=True
    )
    drk_consent_given_channel_id = fields.Many2one(
        "drk.consent.channel",
        string="Signature received via",
        compute="_compute_drk_consent",
        store=True,
        precompute=True,
    )
    drk_consent_withdrawn_at = fields.Datetime(
        string="Withdrawn on", compute="_compute_drk_consent", store=True, precompute=True
    )
    drk_consent_withdrawn_by_id = fields.Many2one(
        "res.users", string="Withdrawal captured by", compute="_compute_drk_consent", store=True, precompute=True
    )
    drk_consent_withdrawn_channel_id = fields.Many2one(
        "drk.consent.channel",
        string="Withdrawal received via",
        compute="_compute_drk_consent",
        store=True,
        precompute=True,
    )

    @api.depends("drk_consent_ids")  # the ledger is append-only: a line never changes
    def _compute_drk_consent(self):
        for partner in self:
            consents = partner.drk_consent_ids.filtered(lambda c: c.purpose_id.code == PRIVACY)
            state, given, withdrawn = consents._drk_state()
            partner.update(
                {
                    "drk_consent_state": state,
                    "drk_consent_given_at": given.occurred_at,
                    "drk_consent_given_by_id": given.recorded_by_id,
                    "drk_consent_given_channel_id": given.channel_id,
                    "drk_consent_withdrawn_at": withdrawn.occurred_at,
                    "drk_consent_withdrawn_by_id": withdrawn.recorded_by_id,
                    "drk_consent_withdrawn_channel_id": withdrawn.channel_id,
                }
            )

    def action_drk_consent_window(self):
        """Open the window "Datenschutzerklärung" of this person."""
        self.ensure_one()
        self._drk_check_consent_lock()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Privacy declaration"),
            "res_model": "res.partner",
            "res_id": self.id,
            "view_mode": "form",
            "views": [(self.env.ref("drk_gdpr.res_partner_view_form_consent").id, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_drk_consent_give(self):
        return self._drk_consent_wizard("given")

    def action_drk_consent_withdraw(self):
        return self._drk_consent_wizard("withdrawn")

    def action_drk_consent_inform(self):
        return self._drk_consent_wizard("informed")

    def _drk_consent_wizard(self, kind):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Privacy declaration"),
            "res_model": "drk.consent.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.id, "default_kind": kind},
        }

    def _drk_record_consent(
        self, purpose_code, kind, channel_key, occurred_at=None, text=None, evidence=None, confirmed=None, guardian=None
    ):
        """Write one declaration of one person into the ledger.

        It counts for this person only, never for employees of a company or for others in a group.

        :param purpose_code: code of ``drk.consent.purpose``, e.g. ``"privacy"``
        :param kind: ``"given"``, ``"withdrawn"`` or ``"informed"``
        :param channel_key: key of ``drk.consent.channel``; declarations from the web use ``"I"``
        :param occurred_at: naive UTC datetime, default now
        :param text: ``drk.consent.text``, default the one that is valid then
        :param evidence: what proves the declaration, plain text
        :param confirmed: whether the person is proven; default: no for the web, yes for other channels
        :param guardian: ``res.partner`` who declares it for a child (GDPR Art. 8), stored as such
        :return: the new ``drk.consent``
        """
        self.ensure_one()
        purpose = self.env["drk.consent.purpose"]._get(purpose_code)
        channel = self.env["drk.consent.channel"]._get(channel_key)
        occurred_at = occurred_at or fields.Datetime.now()
        if text is None:
            company = self.sudo().company_id or self.env.company
            text = self.env["drk.consent.text"]._current(company, purpose, occurred_at.date())
        if guardian:
            self._drk_check_guardian(guardian, occurred_at.date())
        if confirmed is None:
            confirmed = self.env["drk.consent"]._is_confirmed_channel(channel)
        return self.env["drk.consent"].create(
            {
                "partner_id": self.id,
                "purpose_id": purpose.id,
                "kind": kind,
                "channel_id": channel.id,
                "occurred_at": occurred_at,
                "text_id": text.id,
                "evidence": evidence,
                "confirmed": confirmed,
                "guardian_id": guardian.id if guardian else False,
            }
        )

    def _drk_check_guardian(self, guardian, day):
        """Guardians declare for their own children, legal carers for their wards; nobody else does."""
        guardianships = self.env["drk.guardianship"].sudo()  # that there is one is all that is told
        domain = guardianships._current_domain(day) & Domain("child_id", "=", self.id)
        found = guardianships.search(domain & Domain("guardian_id", "=", guardian.id))
        born = self.sudo().birthdate_date
        is_child = born and born + relativedelta(years=ADULT_AGE) > day
        if not found.filtered(lambda row: is_child or row.kind == "carer"):
            raise UserError(
                self.env._("Only a guardian of this child, or the legal carer of an adult, may declare this.")
            )

    def _drk_consent_state_for(self, purpose_code):
        """Return the state of one purpose of one person (see ``drk_consent_state``).

        :param purpose_code: e.g. ``"newsletter"``
        :return: ``"given"``, ``"withdrawn"``, ``"missing"``, ``"informed"`` or ``"unconfirmed"``
        """
        self.ensure_one()
        return self.drk_consent_ids.filtered(lambda c: c.purpose_id.code == purpose_code)._drk_state()[0]
