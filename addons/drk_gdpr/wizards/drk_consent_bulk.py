import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.drk_consent_channel import WEB_CHANNEL

#: More people than that are worked on in the background.
DIRECT_LIMIT = 200
OFFICE_CHANNELS = [("key", "!=", WEB_CHANNEL)]


class DrkConsentBulk(models.TransientModel):
    """Bulk change (Sammeländerung) of signature and withdrawal of the chosen people."""

    _name = "drk.consent.bulk"
    _description = "Bulk Change of Privacy Declarations"

    partner_ids_text = fields.Char(string="Chosen people", required=True, readonly=True)
    partner_count = fields.Integer(string="People", compute="_compute_partner_count")
    given_at = fields.Datetime(string="Signed on")
    given_channel_id = fields.Many2one(
        "drk.consent.channel", string="Signature received via", ondelete="cascade", domain=OFFICE_CHANNELS
    )
    withdrawn_at = fields.Datetime(string="Withdrawn on")
    withdrawn_channel_id = fields.Many2one(
        "drk.consent.channel", string="Withdrawal received via", ondelete="cascade", domain=OFFICE_CHANNELS
    )
    evidence = fields.Text()
    recorded_by_id = fields.Many2one("res.users", string="Processed by", compute="_compute_recorded_by_id")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if "partner_ids_text" in fields_list and "partner_ids_text" not in values:
            values["partner_ids_text"] = json.dumps(self._chosen_people().ids)
        return values

    @api.model
    def _chosen_people(self):
        """Return the people behind the chosen records: they themselves, or who a lecturer or user is."""
        context = self.env.context
        model = self.env.get(context.get("active_model"))
        if model is None:
            return self.env["res.partner"]
        records = model.browse(context.get("active_ids") or [])
        return records if records._name == "res.partner" else records.partner_id

    @api.depends("partner_ids_text")
    def _compute_partner_count(self):
        for wizard in self:
            wizard.partner_count = len(wizard._get_partners())

    def _compute_recorded_by_id(self):
        self.recorded_by_id = self.env.user

    def _get_partners(self):
        try:
            ids = json.loads(self.partner_ids_text or "[]")
        except ValueError:
            ids = []
        return self.env["res.partner"].browse(number for number in ids if type(number) is int)

    def action_apply(self):
        """Write the declarations, or start the work in the background for many people."""
        self.ensure_one()
        partners, changes = self._get_partners(), self._prepare_changes()
        if not partners or not changes:
            raise UserError(self.env._("Choose people and fill in at least one of the four fields."))
        partners.check_access("read")
        partners._drk_check_consent_lock()
        if len(partners) <= DIRECT_LIMIT:
            partners._drk_change_consents(changes)
            return {"type": "ir.actions.act_window_close"}
        name = self.env._("Bulk change of privacy declarations")
        job = self.env["drk.job"]._start(name, partners, "_drk_change_consents", changes=changes)
        return job.get_formview_action()

    def _prepare_changes(self):
        """Return what changes: dict of ``given`` and ``withdrawn`` to the values that were filled in."""
        now = fields.Datetime.now()
        changes = {}
        for kind in ("given", "withdrawn"):
            moment, channel = self[f"{kind}_at"], self[f"{kind}_channel_id"]
            if moment and moment > now:
                raise UserError(self.env._("A declaration cannot lie in the future."))
            if moment or channel:
                changes[kind] = {
                    "at": fields.Datetime.to_string(moment) if moment else False,
                    "channel": channel.key,
                    "evidence": self.evidence or False,
                }
        return changes
