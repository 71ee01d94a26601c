from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.drk_consent_channel import WEB_CHANNEL
from ..models.drk_consent_purpose import PRIVACY


class DrkConsentWizard(models.TransientModel):
    """Capture one declaration of one person: given, withdrawn or informed."""

    _name = "drk.consent.wizard"
    _description = "Capture a Declaration"

    partner_id = fields.Many2one("res.partner", string="Person", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="partner_id.company_id")
    kind = fields.Selection(selection="_selection_kind", required=True, default="given")
    purpose_id = fields.Many2one(
        "drk.consent.purpose",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env["drk.consent.purpose"]._get(PRIVACY),
    )
    occurred_at = fields.Datetime(string="Declared on", required=True, default=fields.Datetime.now)
    channel_id = fields.Many2one(
        "drk.consent.channel",
        string="Received via",
        required=True,
        ondelete="cascade",
        domain=[("key", "!=", WEB_CHANNEL)],
    )
    text_id = fields.Many2one(
        "drk.consent.text",
        string="Wording",
        ondelete="cascade",
        compute="_compute_text_id",
        store=True,
        readonly=False,
        domain="[('purpose_id', '=', purpose_id), ('company_id', '=', company_id)]",
    )
    evidence = fields.Text()
    guardian_id = fields.Many2one(
        "res.partner",
        string="Declared by guardian",
        ondelete="cascade",
        domain="[('company_id', '=', company_id), ('is_company', '=', False), ('id', '!=', partner_id)]",
        help="For children: the guardian who declares it.",
    )
    recorded_by_id = fields.Many2one("res.users", string="Captured by", compute="_compute_recorded_by_id")

    @api.model
    def _selection_kind(self):
        return self.env["drk.consent"]._fields["kind"]._description_selection(self.env)

    @api.depends("purpose_id", "partner_id", "occurred_at")
    def _compute_text_id(self):
        texts = self.env["drk.consent.text"]
        for wizard in self:
            day = (wizard.occurred_at or fields.Datetime.now()).date()
            company = wizard.partner_id.company_id or self.env.company
            wizard.text_id = texts._current(company, wizard.purpose_id, day).with_env(self.env)

    def _compute_recorded_by_id(self):
        self.recorded_by_id = self.env.user

    def action_record(self):
        """Write the declaration into the ledger."""
        self.ensure_one()
        if self.occurred_at > fields.Datetime.now():
            raise UserError(self.env._("A declaration cannot lie in the future."))
        self.partner_id._drk_record_consent(
            self.purpose_id.code,
            self.kind,
            self.channel_id.key,
            occurred_at=self.occurred_at,
            text=self.text_id,
            evidence=self.evidence,
            guardian=self.guardian_id,
        )
        return {"type": "ir.actions.act_window_close"}
