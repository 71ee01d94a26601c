from odoo import models
from odoo.addons.drk_gdpr.models.drk_engagement import MODEL_ROOM
from odoo.tools import SQL


class DrkEngagement(models.Model):
    """Who pays for others is known for that reason, too."""

    _inherit = "drk.engagement"

    def _engagement_selects(self):
        return [*super()._engagement_selects(), self._engagement_select_payers()]

    def _engagement_select_payers(self):
        self.env["drk.charge"].flush_model(["payer_id", "drk_person_id", "drk_purpose", "drk_last_activity"])
        model = self.env["ir.model"]
        return SQL(
            """
            SELECT id::bigint * %(room)s + %(key)s AS id, payer_id AS person_id, company_id,
                   'drk.charge'::varchar AS res_model, id AS res_id, %(model_id)s AS model_id, drk_purpose AS purpose,
                   drk_last_activity AS last_activity, drk_keep_until AS keep_until, drk_keep_reason AS keep_reason
              FROM drk_charge
             WHERE payer_id IS DISTINCT FROM drk_person_id AND drk_confidential IS NOT TRUE
            """,
            room=MODEL_ROOM,
            # the number of this view itself keeps the keys apart from those of the people who take part
            key=model._get_id("drk.engagement"),
            model_id=model._get_id("drk.charge"),
        )
