from odoo import api, fields, models


class ResCompany(models.Model):
    """An association's settings for its courses."""

    _inherit = "res.company"

    drk_ktv_offer_hours = fields.Integer(string="Hours an offered place is kept", default=48)
    drk_ktv_booking_hours = fields.Integer(string="Booking closes hours before the course", default=0)
    drk_ktv_few_threshold = fields.Integer(string='"Few places" up to', default=3)
    drk_ktv_confirmation_mode = fields.Selection(
        [("auto", "Automatic"), ("semi", "Prepared, sent after a click"), ("manual", "By hand")],
        string="Confirmation mails",
        default="auto",
        required=True,
    )
    drk_ktv_reminder_days = fields.Integer(string="Reminder days before the course", default=3)
    drk_ktv_sender = fields.Char(string="Sender of course mails")

    _drk_ktv_not_negative = models.Constraint(
        "CHECK(drk_ktv_offer_hours > 0 AND drk_ktv_booking_hours >= 0 AND drk_ktv_few_threshold >= 0"
        " AND drk_ktv_reminder_days >= 0)",
        "Hours and days of the course settings cannot be negative.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._drk_ktv_load_kinds()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if {"drk_system_ids", "drk_is_association"} & vals.keys():
            self._drk_ktv_load_kinds()
        return result

    def _drk_ktv_load_kinds(self):
        """Who books the course system finds the standard course kinds."""
        kinds_sudo = self.env["drk.course.kind"].sudo()  # whoever books a system for the association gets its seeds
        for company in self.filtered(lambda c: c.drk_is_association and c._drk_has_system("ktv")):
            kinds_sudo._load_standard_kinds(company)
