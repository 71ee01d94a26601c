from odoo import api, models


class MailActivity(models.Model):
    """Core stores the name of the record at its activity."""

    _inherit = "mail.activity"

    def _drk_nameless(self):
        if self.env.su or not self or not self.env["res.partner"]._drk_hides_people():
            return self.browse()
        return self._drk_of_nameless_documents("res_model")

    @api.model
    def _drk_nameless_domain(self):
        return self._drk_nameless_documents_domain("res_model")

    @api.model
    def _drk_telling(self):
        return frozenset({"res_name"})
