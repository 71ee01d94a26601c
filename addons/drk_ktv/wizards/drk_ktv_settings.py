from odoo import api, fields, models

SETTINGS = (
    "drk_ktv_confirmation_mode",
    "drk_ktv_sender",
    "drk_ktv_reminder_days",
    "drk_ktv_offer_hours",
    "drk_ktv_booking_hours",
    "drk_ktv_few_threshold",
    "drk_ktv_rebook_days",
    "drk_ktv_sms_days",
)


class DrkKtvSettings(models.TransientModel):
    """The course settings of the own association, for the course manager who may not edit the association itself."""

    _name = "drk.ktv.settings"
    _description = "Course settings"

    company_id = fields.Many2one("res.company", default=lambda self: self.env.company, readonly=True)
    drk_ktv_confirmation_mode = fields.Selection(
        selection=lambda self: (
            self.env["res.company"]._fields["drk_ktv_confirmation_mode"]._description_selection(self.env)
        ),
        string="Confirmation mails",
        required=True,
    )
    drk_ktv_sender = fields.Char(string="Sender of course mails")
    drk_ktv_reminder_days = fields.Integer(string="Reminder days before the course")
    drk_ktv_offer_hours = fields.Integer(string="Hours an offered place is kept")
    drk_ktv_booking_hours = fields.Integer(string="Booking closes hours before the course")
    drk_ktv_few_threshold = fields.Integer(string='"Few places" up to')
    drk_ktv_rebook_days = fields.Integer(string="People change the date themselves up to days before")
    drk_ktv_sms_days = fields.Integer(string="SMS when a course within days is cancelled")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        return values | {name: self.env.company[name] for name in SETTINGS if name in fields_list}

    def action_save(self):
        """Store the settings on the own association."""
        self.ensure_one()
        company_sudo = self.env.company.sudo()  # exactly these fields, for managers of courses (access rights)
        company_sudo.write({name: self[name] for name in SETTINGS})
        return {"type": "ir.actions.client", "tag": "soft_reload"}
