from odoo import fields, models


class DrkGdprRequestNotice(models.Model):
    """One recipient of a person's data who is told about rectification, erasure or restriction (GDPR Art. 19)."""

    _name = "drk.gdpr.request.notice"
    _description = "Notice to a Recipient of Data"
    _order = "request_id, id"

    request_id = fields.Many2one("drk.gdpr.request", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="request_id.company_id", store=True, index=True)
    name = fields.Char("Recipient", required=True, help="Company, authority or insurer that got data of the person.")
    address = fields.Text("Address of the recipient")
    what = fields.Char("Data that the recipient got")
    way = fields.Selection([("letter", "Letter"), ("mail", "E-mail"), ("phone", "Phone")], default="letter")
    notified_on = fields.Date("Told on")

    def action_notified(self):
        """The recipient was told today."""
        self.notified_on = fields.Date.context_today(self)

    def _recipient_lines(self):
        return [self.name, *(self.address or "").splitlines()]

    def _letter_subject(self):
        return {
            "rectification": self.env._("Rectification of personal data"),
            "restriction": self.env._("Restriction of the processing of personal data"),
        }.get(self.request_id.kind, self.env._("Erasure of personal data"))
