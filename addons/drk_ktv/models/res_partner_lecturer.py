from dateutil.relativedelta import relativedelta
from odoo import fields, models
from odoo.addons.drk_gdpr.tools.blocker import Blocker
from odoo.fields import Domain

SESSION = "drk.course.session"
PAID = ("paid", "in_payment")


class ResPartner(models.Model):
    """What keeps an instructor: courses to come, records of courses held, fees paid for them."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def _drk_lecturer_blockers(self):
        now = fields.Datetime.now()
        found = []
        instructors = self._drk_all("drk.instructor", Domain("partner_id", "in", self.ids))
        sessions = self._drk_all(SESSION, Domain("instructor_ids", "in", instructors.ids))
        for instructor in instructors:
            own = sessions.filtered(lambda session, i=instructor: i in session.instructor_ids)
            coming = own.filtered(lambda session: session.date_end >= now and session.is_blocking)
            held = own.filtered(lambda session: session.date_end < now and session.is_blocking)
            found += instructor.partner_id._drk_coming_blocker(coming)
            found += instructor.partner_id._drk_record_blocker(held)
            found += instructor.partner_id._drk_fee_blocker(held)
        return found

    def _drk_coming_blocker(self, sessions):
        text = self.env._("Teaches courses to come")
        last = max(sessions.mapped("date_end"), default=None)
        return [Blocker(self.id, "teaching", text, last.date(), SESSION, len(sessions))] if sessions else []

    def _drk_record_blocker(self, sessions):
        """The record of an insured course names who taught it (DGUV Vorschrift 1, Anlage 2 no. 4.6)."""
        insured = sessions.filtered(lambda session: session.event_id.drk_kind_id.is_bg_billable)
        if not insured:
            return []
        today = fields.Date.context_today(self)
        last = max(insured.mapped("date_end")).date()
        years = int(self.env["drk.law.fact"]._value("retention_first_aid_years", max(last, today)))
        until = last + relativedelta(years=years)
        if until < today:
            return []
        return [Blocker(self.id, "course_record", self.env._("Records of courses held"), until, SESSION, len(insured))]

    def _drk_fee_blocker(self, sessions):
        """Courses were held and a fee for them was paid."""
        if not sessions:
            return []
        paid = Domain("partner_id", "=", self.id) & Domain("move_type", "=", "in_invoice")
        bills = self._drk_all("account.move", paid & Domain("payment_state", "in", PAID))
        out = Domain("partner_id", "=", self.id) & Domain("payment_type", "=", "outbound")
        payments = self._drk_all("account.payment", out & Domain("state", "in", ("in_process", "paid")))
        days = bills.mapped("date") + payments.mapped("date")
        if not days:
            return []
        text, count = self.env._("Fee was paid for courses held"), len(bills) or len(payments)
        return [Blocker(self.id, "fee_paid", text, self._drk_voucher_end(max(days)), "account.move", count)]
