from collections import defaultdict

from odoo import api, models


class MailActivity(models.Model):
    """Core stores the name of the record at its activity."""

    _inherit = "mail.activity"

    def _drk_nameless(self):
        if self.env.su or not self or not self.env["res.partner"]._drk_hides_people():
            return self.browse()
        by_model = defaultdict(list)
        for activity in self:
            if activity.res_model in self.env and activity.res_id:
                by_model[activity.res_model].append(activity.res_id)
        hidden = {(model, number) for model, ids in by_model.items() for number in self._drk_nameless_of(model, ids)}
        return self.filtered(lambda activity: (activity.res_model, activity.res_id) in hidden)

    @api.model
    def _drk_nameless_domain(self):
        return self._drk_nameless_documents_domain("res_model")

    @api.model
    def _drk_telling(self):
        return frozenset({"res_name"})
