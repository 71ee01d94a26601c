from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context

from .drk_consent_channel import WEB_CHANNEL


class DrkConsent(models.Model):
    """The consent ledger: one line per declaration, never changed and never deleted (GDPR Art. 7(1))."""

    _name = "drk.consent"
    _description = "Consent Declaration"
    _order = "occurred_at desc, id desc"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", string="Person", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one("res.company", string="Association", required=True, index=True)
    purpose_id = fields.Many2one("drk.consent.purpose", required=True, index=True, ondelete="restrict")
    kind = fields.Selection(
        [
            ("given", "Consent given"),
            ("withdrawn", "Consent withdrawn"),
            ("informed", "Information given (GDPR Art. 6)"),
        ],
        required=True,
    )
    confirmed = fields.Boolean(
        help="The person proved who they are: signature, in person, own mail address or signed link."
    )
    confirms_id = fields.Many2one("drk.consent", ondelete="restrict", index="btree_not_null")
    occurred_at = fields.Datetime(string="Declared on", required=True, default=fields.Datetime.now)
    channel_id = fields.Many2one("drk.consent.channel", string="Received via", required=True, ondelete="restrict")
    recorded_by_id = fields.Many2one("res.users", string="Captured by", required=True, readonly=True, index=True)
    automatic = fields.Boolean(readonly=True, help="Captured by the system, not by a member of staff.")
    legal_basis = fields.Selection(
        [("consent", "Consent (GDPR Art. 6(1)(a))"), ("contract", "Contract or request (GDPR Art. 6(1)(b))")],
        compute="_compute_legal_basis",
        store=True,
        precompute=True,
    )
    text_id = fields.Many2one("drk.consent.text", string="Wording", ondelete="restrict", check_company=True)
    guardian_id = fields.Many2one(
        "res.partner", string="Declared by guardian", ondelete="restrict", check_company=True, index="btree_not_null"
    )
    evidence = fields.Text()

    _person_time = models.Index("(partner_id, purpose_id, occurred_at, id)")

    @api.depends("kind")
    def _compute_legal_basis(self):
        for consent in self:
            consent.legal_basis = "contract" if consent.kind == "informed" else "consent"

    @api.depends("purpose_id.name", "kind", "occurred_at")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for consent in self:
            consent.display_name = f"{consent.purpose_id.name or ''}: {kinds.get(consent.kind, '')}"

    @api.model_create_multi
    def create(self, vals_list):
        # Who captures cannot be chosen, whatever the caller sends (K-2.1-15).
        by_system = not self.env.user._is_internal() or self.env.user._is_superuser()
        for vals in vals_list:
            self.env["res.partner"]._drk_check_texts(vals)
            by_rule = self.env.su and bool(vals.get("automatic"))
            vals |= {"recorded_by_id": self.env.uid, "automatic": by_system or by_rule}
            partner = self.env["res.partner"].browse(vals.get("partner_id")).sudo()
            vals["company_id"] = (partner.company_id or self.env.company).id
            if not self.env.su:
                self._restrict(vals)
        # What is declared stands in the values: defaults of the context would come after these checks.
        cleaned = self.with_context(clean_context(self.env.context))  # pylint: disable=context-overridden
        return super(DrkConsent, cleaned).create(vals_list)

    def _restrict(self, vals):
        """What counts as proven is no choice of the caller: only the system confirms (``_drk_confirm``)."""
        occurred_at = fields.Datetime.to_datetime(vals.get("occurred_at"))
        if occurred_at and occurred_at > fields.Datetime.now():
            raise UserError(self.env._("A declaration cannot lie in the future."))
        self.env["res.partner"].browse(vals.get("partner_id"))._drk_check_consent_lock()
        vals.pop("confirms_id", None)
        vals["confirmed"] = self._is_confirmed_channel(self.env["drk.consent.channel"].browse(vals.get("channel_id")))

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("The consent ledger is append-only: record a new declaration instead."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The consent ledger is append-only: declarations cannot be deleted."))

    def copy_data(self, default=None):
        raise UserError(self.env._("Declarations cannot be copied."))

    def _drk_confirm(self, occurred_at=None, evidence=None):
        """Confirm an unconfirmed declaration (double opt-in): the date of consent is the confirmation's.

        :param occurred_at: datetime of the confirmation, default now
        :param evidence: what proves it, e.g. the signed link
        :return: the new ``drk.consent``
        """
        self.ensure_one()
        self.check_access("read")
        self.check_access("create")
        confirmation = self.sudo().create(  # sudo: nobody may set what confirms and is confirmed
            {
                "partner_id": self.partner_id.id,
                "purpose_id": self.purpose_id.id,
                "kind": self.kind,
                "channel_id": self.channel_id.id,
                "text_id": self.text_id.id,
                "occurred_at": occurred_at or fields.Datetime.now(),
                "evidence": evidence,
                "confirmed": True,
                "confirms_id": self.id,
            }
        )
        return confirmation.with_env(self.env)

    def _drk_state(self):
        """Judge the history of one person and one purpose.

        A declaration that nobody confirmed never revives a withdrawn consent.

        :return: tuple of state, the declaration that gave and the one that withdrew (empty records if none)
        """
        state, given, withdrawn = "missing", self.browse(), self.browse()
        for consent in self.sorted(lambda c: (c.occurred_at, c._origin.id or 0)):
            if consent.kind == "withdrawn":
                state, withdrawn = "withdrawn", consent
            elif consent.kind == "given" and consent.confirmed:
                state, given, withdrawn = "given", consent, self.browse()
            elif consent.kind == "given" and state in ("missing", "informed"):
                state = "unconfirmed"
            elif consent.kind == "informed" and state == "missing":
                state = "informed"
        return state, given, withdrawn

    @api.model
    def _is_confirmed_channel(self, channel):
        """A web form can be filled by a stranger; the other channels know the person."""
        return channel.key != WEB_CHANNEL
