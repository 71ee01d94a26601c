from odoo import api, models


class DrkProcessingActivity(models.Model):
    _inherit = "drk.processing.activity"

    @api.model
    def _proposals(self):
        _ = self.env._
        return [
            {
                "code": "courses",
                "name": _("Courses"),
                "purpose": _("To offer courses, book participants, keep attendance and issue certificates."),
                "legal_basis": _(
                    "GDPR Art. 6(1)(b) contract of participation, (c) records for the accident insurers (DGUV Vorschrift 1)"
                ),
                "recipients": _("Instructors of the course; accident insurers and companies that pay; processors"),
                "models": [
                    "event.registration", "event.event", "drk.certificate", "drk.certificate.print",
                    "drk.course.attendance", "drk.course.paper", "drk.course.mail", "drk.course.session",
                    "drk.instructor", "event.registration.answer",
                ],
                "facts": ["retention_first_aid_years"],
            },
            *super()._proposals(),
        ]  # fmt: skip
