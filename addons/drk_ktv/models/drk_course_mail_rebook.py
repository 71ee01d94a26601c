from odoo import models

from ..tools import filenames


class DrkCourseMail(models.Model):
    """The message about another date: its letter and calendar, and the old date out of the calendar."""

    _inherit = "drk.course.mail"  # pylint: disable=consider-merging-classes-inherited

    def _attachments(self, registrations):
        files = super()._attachments(registrations)
        if self.kind != "rebooked":
            return files
        seated = registrations.filtered(lambda booking: booking.state in ("open", "done"))
        if seated:
            files += self._attach_letter(seated)
            files += self._attach_sketch(seated) + self._attach_calendar(seated)
        return files + self._attach_old_calendar(registrations)

    def _attachment_names(self, registrations):
        names = super()._attachment_names(registrations)
        if self.kind != "rebooked":
            return names
        files = self._attach_old_calendar(registrations)
        if registrations[:1].state in ("open", "done"):
            names.append(registrations._drk_letter_filename(self.lang))
            files = self._attach_sketch(registrations) + self._attach_calendar(registrations) + files
        return names + [name for name, _content, _mimetype in files]

    def _attach_old_calendar(self, registrations):
        """The old date leaves the calendar by a file of its own: one file has one method."""
        if not registrations._drk_clears_old_date():
            return []
        course = registrations.drk_rebooked_from_id.event_id.with_context(lang=self.lang)
        label = self.with_context(lang=self.lang).env._("Old-course-dates")
        content = course._drk_calendar(cancelled=True)
        return [(filenames.join(label, course.drk_number, "ics"), content, "text/calendar")]
