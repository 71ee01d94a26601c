from odoo import fields, models
from odoo.exceptions import UserError


class EventEvent(models.Model):
    """The certificates of a course date."""

    _inherit = "event.event"  # pylint: disable=consider-merging-classes-inherited

    drk_certificate_count = fields.Integer("Certificates issued", compute="_compute_drk_certificate_count")
    drk_certificate_missing_count = fields.Integer("Certificates missing", compute="_compute_drk_certificate_count")

    def _compute_drk_certificate_count(self):
        registrations = self.env["event.registration"].sudo()  # numbers for who sees the course
        counts = []
        for state in ("valid", "missing"):
            domain = [("event_id", "in", self.ids), ("drk_certificate_state", "=", state)]
            counts.append(dict(registrations._read_group(domain, ["event_id"], ["__count"])))
        valid, missing = ({event.id: count for event, count in found.items()} for found in counts)
        for event in self:
            event.drk_certificate_count = valid.get(event.id, 0)
            event.drk_certificate_missing_count = missing.get(event.id, 0)

    def _drk_certificate_lang(self):
        """Hook: the language of the certificates: that of the association, because authorities read them."""
        installed = dict(self.env["res.lang"].get_installed())
        wanted = (self.company_id.partner_id.lang, "de_DE")
        return next((code for code in wanted if code in installed), self.env.lang or "en_US")

    def _drk_seated(self):
        return self.registration_ids.filtered(lambda registration: registration.state in ("open", "done"))

    def _drk_check_cancel_course(self):
        """A certificate says that its course took place."""
        certificates_sudo = self.env["drk.certificate"].sudo()  # whether there are any
        valid = certificates_sudo.search([("event_id", "in", self.ids), ("state", "=", "valid")])
        if valid:
            raise UserError(
                self.env._(
                    "The course %(course)s cannot be cancelled: it has valid certificates (%(numbers)s)."
                    " Please withdraw them first.",
                    course=valid[0].event_id.display_name,
                    numbers=", ".join(valid.mapped("number")),
                )
            )
        return super()._drk_check_cancel_course()

    def action_drk_certificates_print(self):
        """Issue the missing certificates of this course and print all as one PDF."""
        seated = self._drk_seated()
        if not seated:
            raise UserError(self.env._("Nobody is booked on this course."))
        return seated.action_drk_certificates_print()

    def action_drk_certificates_mail(self):
        """Issue the missing certificates of this course and send each participant the own one."""
        return self._drk_seated().action_drk_certificates_mail()

    def action_drk_certificates(self):
        """Open the certificates of this course."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_ktv.drk_certificate_action")
        return action | {"domain": [("event_id", "=", self.id)], "context": {}}
