from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class DrkCourseSession(models.Model):
    """The attendance of one day."""

    _inherit = "drk.course.session"

    attendance_ids = fields.One2many("drk.course.attendance", "session_id")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_attended(self):
        if any(line.state in ("present", "partly") for line in self.attendance_ids):
            raise UserError(self.env._("A session that people have attended cannot be deleted."))

    def _drk_day_label(self):
        """Its day and begin, on the clock of its place."""
        begin = self.event_id._drk_local(self.date_begin)
        return f"{format_date(self.env, begin.date())}, {begin:%H:%M}"

    def _drk_has_begun(self):
        """Whether its day has come, on the clock of its place: who is early may be ticked already."""
        self.ensure_one()
        event = self.event_id
        return event._drk_local(self.date_begin).date() <= event._drk_local(fields.Datetime.now()).date()
