from odoo import fields, models


class ResCompany(models.Model):
    """An association's settings for moving bookings and for cancelled courses."""

    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    drk_ktv_rebook_days = fields.Integer(
        string="People change the date themselves up to days before",
        default=2,
        help="By the link of their booking or in the portal; later only the office does it.",
    )
    drk_ktv_sms_days = fields.Integer(
        string="SMS when a course within days is cancelled",
        default=2,
        help="For these courses the dialog proposes to send an SMS beside the mail.",
    )

    _drk_ktv_rebook_not_negative = models.Constraint(
        "CHECK(drk_ktv_rebook_days >= 0 AND drk_ktv_sms_days >= 0)",
        "Hours and days of the course settings cannot be negative.",
    )
