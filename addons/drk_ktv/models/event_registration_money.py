from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: Who pays by invoice; the accident insurers are billed in their own way, volunteers and vouchers not at all.
BILLED_PAYERS = ("self", "company", "school")
SEATED = ("open", "done")
OFFICE = "drk_ktv.group_drk_ktv_user"
CASHIER = "drk_finance.group_drk_finance_cashier"
ACCOUNTANT = "drk_finance.group_drk_finance_accountant"
MONEY_GROUPS = f"{OFFICE},{CASHIER}"


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
        "drk_charge_ids.move_id.amount_residual",
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
        if "invoiced" in states and self._drk_is_partly_paid(live.move_id):
            return "partial"
        return next((state for state in ("invoiced", "paid") if state in states), "none")

    @api.model
    def _drk_is_partly_paid(self, moves):
        """Whose share a part of a collective payment was, nobody knows: all on the invoice are partly paid.

        What was credited to one of them is no payment of the others.
        """
        for move in moves.filtered(lambda move: move.payment_state == "partial"):
            owed = sum(move.drk_charge_ids.filtered("is_live").mapped("amount"))
            if move.currency_id.compare_amounts(move.amount_residual, owed) < 0:
                return True
        return False

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
