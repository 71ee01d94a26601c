from dateutil.relativedelta import relativedelta
from odoo import fields, models
from odoo.addons.drk_gdpr.tools.blocker import Blocker
from odoo.fields import Domain

SESSION = "drk.course.session"
PAID = ("paid", "in_payment")
OFFICE_GROUPS = (
    "drk_ktv.group_drk_ktv_user", "drk_gdpr.group_drk_gdpr_user", "drk_finance.group_drk_finance_cashier",
    "drk_base.group_drk_base_manager", "base.group_erp_manager",
)  # fmt: skip


class ResPartner(models.Model):
    """What keeps an instructor: courses to come, records of courses held, fees paid for them."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def _drk_teaching_blockers(self):
        """Courses to come are open business."""
        found = []
        for person, sessions in self._drk_sessions(Domain("date_end", ">=", fields.Datetime.now())).items():
            last, text = max(sessions.mapped("date_end")).date(), self.env._("Teaches courses to come")
            found.append(Blocker(person.id, "teaching", text, last, SESSION, len(sessions)))
        return found

    def _drk_taught_blockers(self):
        found = []
        for person, sessions in self._drk_sessions(Domain("date_end", "<", fields.Datetime.now())).items():
            found += person._drk_record_blocker(sessions) + person._drk_fee_blocker(sessions)
        return found

    def _drk_sessions(self, domain):
        """Return the sessions that took or take place, by instructor: dict of ``res.partner`` to sessions."""
        instructors = self._drk_all("drk.instructor", Domain("partner_id", "in", self.ids))
        taught = Domain("instructor_ids", "in", instructors.ids) & Domain("is_blocking", "=", True)
        sessions = self._drk_all(SESSION, taught & domain)
        by_person = {
            instructor.partner_id: sessions.filtered(lambda session, i=instructor: i in session.instructor_ids)
            for instructor in instructors
        }
        return {person: own for person, own in by_person.items() if own}

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
        paid = Domain("partner_id", "=", self.id) & Domain("move_type", "=", "in_invoice")
        bills = self._drk_all("account.move", paid & Domain("payment_state", "in", PAID))
        out = Domain("partner_id", "=", self.id) & Domain("payment_type", "=", "outbound")
        payments = self._drk_all("account.payment", out & Domain("state", "in", ("in_process", "paid")))
        days = bills.mapped("date") + payments.mapped("date")
        if not days:
            return []
        text, count = self.env._("Fee was paid for courses held"), len(bills) or len(payments)
        return [Blocker(self.id, "fee_paid", text, self._drk_voucher_end(max(days)), "account.move", count)]

    # ------------------------------------------------------------------ login of the instructor tools
    def _drk_login_users(self):
        users = super()._drk_login_users()
        teachers = self._drk_all("drk.instructor", Domain("partner_id", "in", self.ids)).user_id
        return users | teachers.filtered(lambda user: user._drk_only_teaches())

    def _drk_clear_part(self, option):
        result = super()._drk_clear_part(option)
        if option == "login":  # who works in the office, too, keeps the account without the tools
            instructors = self._drk_all("drk.instructor", Domain("partner_id", "in", self.ids))
            group = self.env.ref("drk_ktv.group_drk_ktv_instructor")
            instructors.user_id.write({"group_ids": [fields.Command.unlink(group.id)]})
            instructors.user_id = False
        return result


class ResUsers(models.Model):
    """An account that was made for teaching alone goes with the login."""

    _inherit = "res.users"

    def _drk_only_teaches(self):
        self.ensure_one()
        return not any(self.has_group(group) for group in OFFICE_GROUPS)
