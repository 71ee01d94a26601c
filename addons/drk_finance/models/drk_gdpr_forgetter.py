from odoo import api, models

PAYER_OR_PARTICIPANT = ("partner_id", "drk_charge_ids.drk_person_id")


class DrkGdprForgetter(models.AbstractModel):
    """An invoice names who pays, and the participants it is for."""

    _inherit = "drk.gdpr.forgetter"

    @api.model
    def _gdpr_field_paths(self, model_name):
        paths = super()._gdpr_field_paths(model_name)
        if model_name == "account.move":
            return paths | {"narration": PAYER_OR_PARTICIPANT, "drk_participant_list_id": PAYER_OR_PARTICIPANT}
        if model_name == "account.move.line":
            return paths | {"name": PAYER_OR_PARTICIPANT}
        if model_name == "drk.charge":
            return paths | {"name": ("payer_id", "drk_person_id"), "reason": ("payer_id", "drk_person_id")}
        return paths

    @api.model
    def _gdpr_needed_while_open(self):
        return super()._gdpr_needed_while_open() | {
            "account.move",
            "account.move.line",
            "account.payment",
            "drk.charge",
        }
