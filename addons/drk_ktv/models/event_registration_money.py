from odoo import api, fields, models
from odoo.addons.drk_finance.tools.texts import format_period
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from psycopg2.errors import UniqueViolation

from ..tools.texts import MailTexts

#: Who pays by invoice; the accident insurers are billed in their own way, volunteers and vouchers not at all.
BILLED_PAYERS = ("self", "company", "school")
SEATED = ("open", "done")
OFFICE = "drk_ktv.group_drk_ktv_user"
CASHIER = "drk_finance.group_drk_finance_cashier"
ACCOUNTANT = "drk_finance.group_drk_finance_accountant"
MONEY_GROUPS = f"{OFFICE},{CASHIER}"
FEE_KINDS = {"cancel_fee": "ST", "rebook_fee": "BZ", "replacement": "BZ"}


class EventRegistration(models.Model):
    """What a booking costs, what of it is invoiced and paid; charges are made when money is touched, never before."""

    _inherit = "event.registration"  # pylint: disable=consider-merging-classes-inherited

    drk_charge_ids = fields.One2many("drk.charge", "registration_id", string="Charges", groups=MONEY_GROUPS)
    # Stored: lists are filtered and grouped by it.
    drk_money_state = fields.Selection(
        [
            ("none", "Nothing to pay"),
            ("to_invoice", "Not invoiced yet"),
            ("invoiced", "Invoice open"),
            ("partial", "Invoice partly paid"),
            ("paid", "Paid"),
            ("credit", "Credit balance"),
        ],
        string="Payment",
        compute="_compute_drk_money_state",
        store=True,
        precompute=True,
        groups=MONEY_GROUPS,
    )
    drk_gave_up_place = fields.Boolean("Gave up a place", readonly=True, copy=False)
    drk_charge_count = fields.Integer("Charged", compute="_compute_drk_charge_count", groups=MONEY_GROUPS)

    _drk_to_invoice = models.Index("(company_id, event_id) WHERE drk_money_state = 'to_invoice'")

    # ------------------------------------------------------------------ computes
    @api.depends(
        "state",
        "drk_is_course",
        "drk_price",
        "drk_payer_kind",
        "drk_charge_ids.state",
        "drk_charge_ids.amount",
        "drk_charge_ids.is_live",
        "drk_charge_ids.course_purpose",
        "drk_charge_ids.move_id.payment_state",
    )
    def _compute_drk_money_state(self):
        for registration in self:
            registration.drk_money_state = registration._drk_get_money_state()

    def _drk_get_money_state(self):
        unsettled = self.drk_charge_ids.filtered(lambda charge: charge.state in ("open", "invoiced"))
        if unsettled.filtered(lambda charge: charge.amount < 0):
            return "credit"
        live = self.drk_charge_ids.filtered("is_live")
        states = set(live.mapped("state"))
        if "open" in states or self._drk_is_uncharged():
            return "to_invoice"
        # Whose share a part of a collective payment was, nobody knows: all on the invoice are partly paid.
        if "invoiced" in states and "partial" in live.move_id.mapped("payment_state"):
            return "partial"
        return next((state for state in ("invoiced", "paid") if state in states), "none")

    @api.depends("drk_charge_ids")
    def _compute_drk_charge_count(self):
        counts = dict(
            self.env["drk.charge"]
            .sudo()  # how many, for who sees the booking
            ._read_group([("registration_id", "in", self.ids)], ["registration_id"], ["__count"])
        )
        for registration in self:
            registration.drk_charge_count = counts.get(registration._origin, 0)

    # ------------------------------------------------------------------ what is due
    def _drk_is_billable(self):
        """Hook: whether the course fee of this booking is invoiced to its payer."""
        self.ensure_one()
        return bool(self.drk_is_course and self.drk_price > 0 and self.drk_payer_kind in BILLED_PAYERS)

    def _drk_is_uncharged(self):
        """Whether a seat was not charged yet; one whose charge was taken back is not charged again by itself."""
        seated = self.state in SEATED and self._drk_is_billable()
        return seated and "course" not in self.drk_charge_ids.mapped("course_purpose")

    def _drk_payer(self):
        """:return: ``res.partner`` who pays for this booking"""
        return self.drk_payer_id or self.partner_id or self.drk_participant_id

    def _drk_payer_of(self, purpose):
        """Hook: who is charged; a company pays the course, not the certificate that somebody lost."""
        own = purpose != "replacement" or self.drk_payer_kind == "self"
        return self._drk_payer() if own else self.drk_participant_id

    def _drk_live_charges(self, *purposes):
        """:return: ``drk.charge`` (sudo) that hold, of these purposes or all"""
        charges_sudo = self.sudo().drk_charge_ids.filtered("is_live")  # whoever cancels or moves a booking
        return charges_sudo.filtered(lambda charge: not purposes or charge.course_purpose in purposes)

    # ------------------------------------------------------------------ charges
    def _drk_ensure_charges(self, again=False):
        """Charge the course fees of these bookings that are seated and were not charged yet; safe to repeat.

        :param bool again: also those whose charge was taken back
        :return: the ``drk.charge`` of these bookings that hold
        :raise UserError: when a course kind has no revenue kind
        :raise ConcurrencyError: when somebody else does the same at this moment; the request is then done again
        """
        if not self.env.su:
            self.check_access("read")
        registrations_sudo = self.sudo()  # who reads a booking may say that it is due, at the price it has
        missing_sudo = registrations_sudo.filtered(lambda r: r._drk_is_uncharged() or again and r._drk_is_waived())
        missing_sudo._drk_create_charges("course", [r.drk_price for r in missing_sudo])._drk_follow_rebooking()
        return self._drk_live_charges().with_env(self.env)

    def _drk_is_waived(self):
        """Whether this seat costs nothing because its charge was taken back."""
        seated = self.state in SEATED and self._drk_is_billable()
        return seated and not self._drk_live_charges("course")

    def _drk_create_charges(self, purpose, amounts):
        """:return: ``drk.charge``, one for each of these bookings whose amount is not nothing"""
        charges = self.env["drk.charge"]
        vals_list = [
            registration._prepare_drk_charge_vals(purpose, amount)
            for registration, amount in zip(self, amounts, strict=True)
            if amount
        ]
        if not vals_list:
            return charges
        try:
            with self.env.cr.savepoint():  # flushes: a charge taken back just now must be so in the database
                charges = charges._drk_charge(vals_list)
        except UniqueViolation as error:
            raise ConcurrencyError("booking is being charged") from error
        return charges

    def _prepare_drk_charge_vals(self, purpose, amount):
        """Hook: values of a charge of this booking.

        :param str purpose: key of ``course_purpose``
        :param float amount: gross
        """
        self.ensure_one()
        payer = self._drk_payer_of(purpose)
        vals = {
            "registration_id": self.id,
            "course_purpose": purpose,
            "name": self.with_context(lang=payer.lang or self.env.lang)._drk_charge_text(purpose),
            "drk_person_id": self.drk_participant_id.id,
            "payer_id": payer.id,
            "company_id": self.company_id.id,
            "revenue_kind_id": self._drk_charge_kind(purpose).id,
            "amount": amount,
        }
        if purpose == "course":
            vals["service_date"], vals["service_date_end"] = self.event_id._drk_service_days()
        return vals

    def _drk_charge_text(self, purpose):
        """Hook: the text on the invoice; equal texts become one line with a quantity, so it names nobody."""
        course = self.event_id
        days = format_period(self.env, *course._drk_service_days())
        what = ", ".join(filter(None, (f"{course.drk_number or ''} {course.name}".strip(), days)))
        words = {
            "cancel_fee": self.env._("Cancellation fee: %s", what),
            "rebook_fee": self.env._("Rebooking fee: %s", what),
            "replacement": self.env._("Replacement certificate: %s", what),
        }
        return words.get(purpose, what)

    def _drk_charge_kind(self, purpose):
        """Hook: the revenue kind of a charge; of a fee the one that its rule names, else the standard one."""
        kind = self.env.context.get("drk_fee_kind") if purpose in FEE_KINDS else None
        standard = purpose in FEE_KINDS and self.env["drk.revenue.kind"]._drk_standard(
            self.company_id, FEE_KINDS[purpose]
        )
        return kind or standard or self.drk_kind_id._drk_revenue_kind()

    def _drk_charge_fees(self, purpose, fees):
        """Charge fees by rule.

        :param fees: list of (amount, ``drk.fee.rule``), one for each of these
        :return: ``drk.charge``
        """
        charges = self.env["drk.charge"]
        for registration, (amount, rule) in zip(self, fees, strict=True):
            if amount:
                registration = registration.with_context(drk_fee_kind=rule.revenue_kind_id)
                charges |= registration._drk_create_charges(purpose, [amount])
        return charges

    # ------------------------------------------------------------------ fees by rule
    def _drk_fee(self, occasion):
        """:return: tuple of amount and ``drk.fee.rule``; nothing where the payer is not invoiced at all"""
        self.ensure_one()
        rules_sudo = self.env["drk.fee.rule"].sudo()  # everybody is told what it costs
        if not self._drk_is_billable():
            return 0.0, rules_sudo
        course = self.event_id
        today = course._drk_local(fields.Datetime.now()).date()
        days = (course._drk_local(course.date_begin).date() - today).days
        return rules_sudo._fee(self.company_id, occasion, days, self.drk_price, today, kind=self.drk_kind_id)

    def _drk_cancel_fee(self):
        """What cancelling this booking now costs: nothing without a seat, or when the association cancels the course.

        :return: tuple of amount and ``drk.fee.rule``
        """
        has_place = self.state == "open" or self.drk_gave_up_place
        if not has_place or self.drk_course_lost or self.event_id._drk_is_cancelled():
            return 0.0, self.env["drk.fee.rule"]
        return self._drk_fee("cancel")

    def _drk_rebook_fee(self, event, by):
        fee = super()._drk_rebook_fee(event, by)
        return fee + (self._drk_fee("rebook")[0] if self.state == "open" else 0.0)

    # ------------------------------------------------------------------ cancel
    def _drk_set_cancelled(self, reason):
        self.filtered(lambda r: r.state == "open" and r.drk_is_course).drk_gave_up_place = True
        return super()._drk_set_cancelled(reason)

    def _post_drk_cancel(self, by):
        result = super()._post_drk_cancel(by)
        self.sudo()._drk_cancel_money()  # whoever cancels, also the person on the web
        return result

    def _drk_cancel_money(self):
        """Take the course fees back; the fee of the cancellation is set off against what was paid."""
        charges = self._drk_live_charges("course")
        self._drk_take_back(self.env._("Booking cancelled"), "refund")
        seated = self.filtered("drk_gave_up_place")
        waived = self.env.context.get("drk_waive_fee")
        fees = [(0.0, None) if waived else registration._drk_cancel_fee() for registration in seated]
        fee_charges = seated._drk_charge_fees("cancel_fee", fees)
        for registration in self:
            fee = fee_charges.filtered(lambda charge, r=registration: charge.registration_id == r)
            own = charges.filtered(lambda charge, r=registration: charge.registration_id == r and charge.move_id)
            credits = registration._drk_pending_credits().filtered(lambda c: not c.reversed_id.successor_id.is_live)
            credits.settlement = "refund"
            if fee and (own or credits):
                (own | credits.reversed_id)._drk_replace_by(fee)

    def _drk_take_back(self, reason, settlement):
        """Take the course charges of these back: open ones become void, invoiced ones get a counter charge."""
        charges = self._drk_live_charges("course")
        if charges:
            charges._drk_free_drafts()
            charges._drk_reverse(reason, settlement)

    def _drk_pending_credits(self):
        """:return: counter charges of these and of the bookings they were moved from, that are not settled"""
        chain = step = self
        while step := step.drk_rebooked_from_id - chain:
            chain |= step
        return chain.drk_charge_ids.filtered(lambda c: c.reversed_id and c.state in ("open", "invoiced"))

    def _post_drk_decline(self):
        result = super()._post_drk_decline()
        self.sudo()._drk_cancel_money()
        return result

    def _post_drk_expire(self):
        result = super()._post_drk_expire()
        self.sudo()._drk_cancel_money()
        return result

    # ------------------------------------------------------------------ rebooking
    def _post_drk_rebook(self, new, by):
        """The money follows: what was paid for the old date is set off against the invoice of the new one."""
        result = super()._post_drk_rebook(new, by)
        old_sudo, new_sudo = self.sudo(), new.sudo()  # whoever moves the booking, also the person on the web
        old_sudo._drk_take_back(self.env._("Moved to another date"), "credit")
        new_sudo._drk_charge_rebook_fees()
        new_sudo.filtered(lambda r: r.drk_rebooked_from_id._drk_pending_credits())._drk_ensure_charges()
        return result

    def _drk_charge_rebook_fees(self):
        """Charge what was agreed to when the booking was moved, once there is a seat."""
        seated = self.filtered(
            lambda r: r.state == "open" and r.drk_rebook_fee and not r._drk_live_charges("rebook_fee")
        )
        seated._drk_charge_fees("rebook_fee", [(r.drk_rebook_fee, r._drk_fee("rebook")[1]) for r in seated])

    def _post_drk_accept(self):
        result = super()._post_drk_accept()
        self.sudo().filtered("drk_rebook_fee")._drk_charge_rebook_fees()
        return result

    # ------------------------------------------------------------------ price and payer
    def write(self, vals):
        before = None
        if {"drk_price", "drk_payer_id", "drk_payer_kind"} & vals.keys():
            before = {registration: registration._drk_money_facts() for registration in self}
        result = super().write(vals)
        if before:
            self.filtered(lambda r: r._drk_money_facts() != before[r])._drk_follow_payer()
        return result

    def _drk_money_facts(self):
        return self.drk_price, self._drk_payer(), self._drk_is_billable()

    def _drk_follow_payer(self):
        """A charge that is not invoiced says what the booking says now."""
        for registration in self:
            charge = registration._drk_live_charges("course")
            if charge.state in ("invoiced", "paid"):
                raise UserError(
                    self.env._(
                        "%s is invoiced already. Take the charge back before you change price or payer.", charge.name
                    )
                )
            if charge and registration._drk_is_billable():
                charge.write({"amount": registration.drk_price, "payer_id": registration._drk_payer().id})
            elif charge:
                charge._drk_reverse(self.env._("Nothing to pay any more"))

    # ------------------------------------------------------------------ mails
    def _prepare_drk_mail_texts(self, kind):
        texts = super()._prepare_drk_mail_texts(kind)
        if kind != "cancel":
            return {"fee": ""} | texts
        fee = sum(self._drk_live_charges("cancel_fee").mapped("amount"))
        return texts | {"fee": MailTexts(self, kind).amount(fee) if fee else ""}

    # ------------------------------------------------------------------ buttons
    def _drk_check_money_role(self, group):
        if not self.env.su and not self.env.user.has_group(group):
            raise AccessError(self.env._("Only the accounting or a cashier may do this."))
        self.check_access("read")

    def action_drk_collect(self):
        """Charge what is not charged yet, and take the money of these bookings."""
        self._drk_check_money_role(CASHIER)
        charges = self._drk_ensure_charges().filtered(lambda charge: charge.state in ("open", "invoiced"))
        if not charges:
            raise UserError(self.env._("Nothing is to be paid for these bookings."))
        return charges.action_collect()

    def action_drk_invoice(self):
        """Charge and invoice these bookings at once, and show the invoices."""
        self._drk_check_money_role(ACCOUNTANT)
        charges = self._drk_ensure_charges() | self._drk_open_counters()
        return charges.action_drk_invoice()

    def _drk_open_counters(self):
        return self.drk_charge_ids.filtered(lambda charge: charge.state == "open")

    def action_drk_charge_again(self):
        """Charge a seat whose charge was taken back."""
        self._drk_check_money_role(ACCOUNTANT)
        self._drk_ensure_charges(again=True)
        return self.action_drk_charges()

    def action_drk_charges(self):
        """Open the charges of these bookings."""
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_finance.drk_charge_action")
        return action | {"domain": [("registration_id", "in", self.ids)], "context": {}}

    def _drk_money_form(self):
        return self._get_records_action(views=[(self.get_formview_id(), "form")])

    def get_formview_id(self, access_uid=None):
        view = super().get_formview_id(access_uid=access_uid)
        user = self.env["res.users"].browse(access_uid) if access_uid else self.env.user
        is_course = len(self) == 1 and self.sudo().drk_is_course  # which form, not what is in it
        if is_course and not user.has_group("drk_ktv.group_drk_ktv_instructor"):
            return self.env.ref("drk_ktv.event_registration_view_form_money").id
        return view
