from odoo import api, models


class DrkGdprForgetter(models.AbstractModel):
    _inherit = "drk.gdpr.forgetter"

    @api.model
    def _gdpr_field_paths(self, model_name):
        paths = super()._gdpr_field_paths(model_name)
        if model_name == "drk.guardianship":  # it goes with the child as well as with the guardian
            paths |= {"guardian_id": "guardian_id"}
        return paths
