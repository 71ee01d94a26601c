from odoo import api, fields, models

from .event_registration_money import ACCOUNTANT, BILLED_PAYERS, CASHIER, MONEY_GROUPS, SEATED


def _sum(label):
    return fields.Monetary(
        label,
        compute="_compute_drk_money",
        compute_sudo=True,
        currency_field="drk_currency_id",
        groups=MONEY_GROUPS,
    )


class EventEvent(models.Model):
    """What the bookings of a course date bring in."""

    _inherit = "event.event"  # pylint: disable=consider-merging-classes-inherited

    drk_money_open = _sum("Not invoiced")
    drk_money_invoiced = _sum("Invoiced, not settled")
    drk_money_paid = _sum("Settled")
    drk_money_due = _sum("To receive")

    @api.depends("registration_ids.drk_charge_ids.state", "registration_ids.drk_price", "registration_ids.state")
    def _compute_drk_money(self):
        charged = self._drk_charged_amounts()
        expected = self._drk_uncharged_amounts()
        for course in self:
            number = course._origin.id
            course.drk_money_open = charged.get((number, "open"), 0) + expected.get(number, 0)
            course.drk_money_invoiced = charged.get((number, "invoiced"), 0)
            course.drk_money_paid = charged.get((number, "paid"), 0)
            course.drk_money_due = course.drk_money_open + course.drk_money_invoiced

    def _drk_charged_amounts(self):
        rows = self.env["drk.charge"]._read_group(
            [("event_id", "in", self.ids), ("state", "!=", "void")], ["event_id", "state"], ["amount:sum"]
        )
        return {(course.id, state): amount for course, state, amount in rows}

    def _drk_uncharged_amounts(self):
        """What seats cost that were not charged yet, as ``_drk_is_uncharged`` says of one."""
        rows = self.env["event.registration"]._read_group(
            [
                ("event_id", "in", self.ids),
                ("state", "in", SEATED),
                ("drk_payer_kind", "in", BILLED_PAYERS),
                ("drk_money_state", "=", "to_invoice"),
                ("drk_charge_ids", "not any", [("course_purpose", "=", "course")]),
            ],
            ["event_id"],
            ["drk_price:sum"],
        )
        return {course.id: amount for course, amount in rows}

    def _drk_service_days(self):
        """:return: first and last day of the course, on the clock of its place"""
        self.ensure_one()
        return self._drk_local(self.date_begin).date(), self._drk_local(self.date_end).date()

    # ------------------------------------------------------------------ cancelled course
    def _post_drk_cancel_course(self, registrations):
        """Nobody pays for a course that does not take place, and no fee for leaving it."""
        result = super()._post_drk_cancel_course(registrations)
        for course, lost in registrations.sudo().grouped("event_id").items():  # the office cancels, not the accounting
            settlement = course.drk_settlement or "refund"
            lost._drk_take_back(self.env._("Course cancelled"), settlement)
            lost._drk_pending_credits().settlement = settlement
        return result

    # ------------------------------------------------------------------ buttons
    def action_drk_invoice_run(self):
        """Invoice the fees of this course, collectively for each payer."""
        self.ensure_one()
        self.env["event.registration"]._drk_check_money_role(ACCOUNTANT)
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_finance.drk_invoice_run_action")
        context = {
            "default_company_id": self.company_id.id,
            "default_event_id": self.id,
            "default_service_until": False,
        }
        return action | {"context": context}

    def action_drk_collect(self):
        """Choose who of this course pays."""
        self.ensure_one()
        self.env["event.registration"]._drk_check_money_role(CASHIER)
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_ktv.event_registration_action_money")
        return action | {
            "domain": [("event_id", "=", self.id)],
            "context": {"search_default_to_pay": 1},
        }

    def action_drk_charges(self):
        """Open the charges of this course."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_finance.drk_charge_action")
        return action | {"domain": [("event_id", "=", self.id)], "context": {"search_default_not_void": 1}}

    def get_formview_id(self, access_uid=None):
        view = super().get_formview_id(access_uid=access_uid)
        user = self.env["res.users"].browse(access_uid) if access_uid else self.env.user
        is_course = len(self) == 1 and self.sudo().drk_is_course  # which form, not what is in it
        if is_course and not user.has_group("drk_ktv.group_drk_ktv_instructor"):
            return self.env.ref("drk_ktv.event_event_view_form_money").id
        return view
