from odoo import api, fields, models


class DrkGdprEngagement(models.AbstractModel):
    """Why an association knows a person: a booking, a membership, a donation, an appointment.

    A model that inherits this appears in ``drk.engagement``. It may turn each field into a related or computed stored one.
    """

    _name = "drk.gdpr.engagement"
    _description = "Engagement of a Person"

    # Hook: code of the system that the engagement is a customer relation of; its period starts the retention clock.
    _drk_system_code = None

    drk_person_id = fields.Many2one("res.partner", string="Person", index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", string="Association", index=True)
    drk_purpose = fields.Char(string="Purpose", compute="_compute_drk_purpose", store=True)
    drk_last_activity = fields.Date(string="Last activity", default=fields.Date.context_today)
    drk_keep_until = fields.Date(string="Keep until")
    drk_keep_reason = fields.Char(string="Reason for keeping")
    drk_confidential = fields.Boolean(string="Confidential")

    @api.depends(lambda self: self._drk_engagement_purpose_depends())
    def _compute_drk_purpose(self):
        for record in self:
            record.drk_purpose = record._drk_engagement_purpose()

    def _drk_engagement_purpose(self):
        """Hook: return the purpose of one engagement as text, e.g. the name of the course."""
        return self._description

    @api.model
    def _drk_engagement_purpose_depends(self):
        """Hook: return the field names that the purpose is made of."""
        return []
