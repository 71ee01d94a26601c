from odoo import fields, models
from odoo.exceptions import UserError

from .drk_consent_purpose import PRIVACY


class ResPartner(models.Model):
    """Bulk change of declarations: the ledger gets a new line per person, nothing in it is changed."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def _drk_change_consents(self, changes):
        """Record signature and withdrawal of many people; who is logged in processed each of them.

        A field that was left empty keeps the person's value: a new channel alone is recorded with the date known so far.

        :param changes: dict of ``given`` and ``withdrawn`` to dict of ``at`` (naive UTC text), ``channel`` (key), ``evidence``
        """
        purpose = self.env["drk.consent.purpose"]._get(PRIVACY)
        incomplete, vals_list = self.browse(), []
        for partner in self:
            found = [partner._prepare_changed_consent(kind, change) for kind, change in changes.items()]
            if all(found):
                vals_list += [{**vals, "purpose_id": purpose.id, "partner_id": partner.id} for vals in found]
            else:
                incomplete += partner
        if incomplete:
            raise UserError(
                self.env._(
                    "Fill in date and channel: these people do not have them yet: %s",
                    ", ".join(incomplete[:10].mapped("display_name")),
                )
            )
        self.env["drk.consent"].create(vals_list)

    def _prepare_changed_consent(self, kind, change):
        """:return: dict of values, or None when neither the change nor the person has date and channel"""
        moment = fields.Datetime.to_datetime(change["at"]) or self[f"drk_consent_{kind}_at"]
        channel = self[f"drk_consent_{kind}_channel_id"]
        if change["channel"]:
            channel = self.env["drk.consent.channel"]._get(change["channel"])
        if not moment or not channel:
            return None
        purpose = self.env["drk.consent.purpose"]._get(PRIVACY)
        company = self.sudo().company_id or self.env.company
        text = self.env["drk.consent.text"]._current(company, purpose, moment.date())
        return {
            "kind": kind,
            "occurred_at": moment,
            "channel_id": channel.id,
            "text_id": text.id,
            "evidence": change["evidence"],
            "confirmed": True,
        }
