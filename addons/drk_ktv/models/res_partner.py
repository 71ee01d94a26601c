from odoo import fields, models


class ResPartner(models.Model):
    """The courses of a person."""

    _inherit = "res.partner"

    drk_registration_ids = fields.One2many("event.registration", "drk_participant_id", string="Courses")
    drk_instructor_ids = fields.One2many("drk.instructor", "partner_id", string="Instructor")
