from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError, ValidationError

from ..tools.texts import format_period

PAID = ("paid", "in_payment", "reversed")
#: What stands on the invoice, and must not differ from it afterwards.
FIXED = {
    "name", "amount", "currency_id", "company_id", "payer_id", "revenue_kind_id", "service_date", "service_date_end",
}  # fmt: skip
#: What only the methods of this model may write.
INTERNAL = {"move_line_id", "move_id", "state", "is_void", "reversed_id", "successor_id"}


class DrkCharge(models.Model):
    """Money that somebody owes, or gets back when the amount is negative (Gebührenposten)."""

    _name = "drk.charge"
    _description = "Charge"
    _inherit = ["drk.gdpr.engagement", "drk.association.mixin"]
    _order = "id desc"
    _drk_name_is_guarded = True

    name = fields.Char("Text on the invoice", required=True)
    drk_person_id = fields.Many2one(string="Participant", check_company=True)
    payer_id = fields.Many2one("res.partner", required=True, index=True, ondelete="restrict", check_company=True)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
    )
    revenue_kind_id = fields.Many2one("drk.revenue.kind", required=True, ondelete="restrict", check_company=True)
    amount = fields.Monetary(required=True, help="Gross. Negative: is paid back.")
    service_date = fields.Date("Service from", help="First day of the service; VAT follows the last one.")
    service_date_end = fields.Date("Service until")
    move_line_id = fields.Many2one("account.move.line", "Invoice line", index=True, ondelete="set null", copy=False)
    move_id = fields.Many2one("account.move", "Invoice", related="move_line_id.move_id", store=True, index=True)
    is_void = fields.Boolean("Void", copy=False)
    reversed_id = fields.Many2one("drk.charge", "Takes back", index="btree_not_null", ondelete="restrict", copy=False)
    reversal_ids = fields.One2many("drk.charge", "reversed_id", "Taken back by")
    successor_id = fields.Many2one("drk.charge", "Followed by", index="btree_not_null", ondelete="set null", copy=False)
    predecessor_ids = fields.One2many("drk.charge", "successor_id", "Follows")
    reason = fields.Char(copy=False)
    settlement = fields.Selection(
        [("credit", "Credit"), ("refund", "Pay back")],
        help="Credit: settled with what the payer owes next. Pay back: the money is returned.",
    )
    state = fields.Selection(
        [("open", "Open"), ("void", "Void"), ("invoiced", "Invoiced"), ("paid", "Settled")],
        compute="_compute_state",
        store=True,
    )
    drk_keep_until = fields.Date(compute="_compute_drk_keep", store=True)
    drk_keep_reason = fields.Char(compute="_compute_drk_keep", store=True)

    _amount_not_zero = models.Constraint("CHECK(amount <> 0)", "A charge of nothing is no charge.")
    _service_period = models.Constraint(
        "CHECK(service_date_end IS NULL OR service_date IS NULL OR service_date_end >= service_date)",
        "The service ends before it begins.",
    )
    _reversed_once = models.UniqueIndex(
        "(reversed_id) WHERE reversed_id IS NOT NULL AND NOT is_void", "This charge was taken back already."
    )
    _open_index = models.Index("(company_id, payer_id) WHERE state = 'open'")

    # ------------------------------------------------------------------ computes and checks
    @api.depends("company_id")
    def _compute_currency_id(self):
        for charge in self:
            charge.currency_id = charge.company_id.currency_id

    @api.depends("is_void", "move_id.state", "move_id.payment_state")
    def _compute_state(self):
        for charge in self:
            charge.state = charge._drk_state()

    def _drk_state(self):
        if self.is_void:
            return "void"
        if not self.move_id or self.move_id.state == "cancel":
            return "open"
        is_paid = self.move_id.state == "posted" and self.move_id.payment_state in PAID
        return "paid" if is_paid else "invoiced"

    @api.depends("move_id.date")
    def _compute_drk_keep(self):
        today = fields.Date.context_today(self)
        for move, charges in self.grouped("move_id").items():
            day = move.date
            # records that are kept already follow the rule that holds now
            rule = day and self.env["drk.law.fact"]._on("retention_vouchers_years", max(day, today))
            end = day and day.replace(year=day.year + int(rule.value), month=12, day=31)
            charges.drk_keep_until = end
            charges.drk_keep_reason = rule and rule.source

    @api.constrains("payer_id", "drk_person_id", "company_id")
    def _check_people(self):
        for charge in self:
            if (charge.payer_id | charge.drk_person_id).company_id != charge.company_id:
                raise ValidationError(self.env._("Payer and participant belong to the association of the charge."))

    @api.model
    def _drk_engagement_purpose_depends(self):
        return ["name"]

    def _drk_engagement_purpose(self):
        return self.name

    def _drk_period(self):
        """Return the day or period of the service as text, empty without one."""
        self.ensure_one()
        return format_period(self.env, self.service_date, self.service_date_end) if self.service_date else ""

    # ------------------------------------------------------------------ writing
    @api.model
    def default_get(self, fields):
        """Neither the context nor a default of the user fills what only methods write."""
        return super().default_get([name for name in fields if name not in INTERNAL])

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._drk_check_internal(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._drk_check_internal(vals)
        if vals.keys() & FIXED and any(charge.state != "open" for charge in self):
            raise UserError(self.env._("What is invoiced or void stays as it is. Take the charge back instead."))
        if vals.get("move_line_id"):
            self.sudo().move_id.filtered(lambda move: move.state == "cancel").drk_is_replaced = True
        return super().write(vals)

    @api.model
    def _drk_check_internal(self, vals):
        """The links between charges and invoices are made by methods, not by hand or from outside."""
        internal = vals.keys() & INTERNAL
        if internal and not self.env.su:
            raise AccessError(self.env._("This of a charge cannot be entered: %s", ", ".join(sorted(internal))))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if any(charge.state in ("invoiced", "paid") or charge.reversal_ids or charge.reversed_id for charge in self):
            raise UserError(self.env._("A charge that was invoiced or taken back cannot be deleted."))

    # ------------------------------------------------------------------ API
    @api.model
    def _drk_charge(self, vals_list):
        """Record what people owe.

        :param vals_list: list of dicts: name, payer_id, revenue_kind_id, amount (gross, not 0), company_id; optional
            drk_person_id, service_date, service_date_end, reversed_id, reason, settlement
        :return: the new ``drk.charge``, in this order
        """
        return self.create(vals_list)

    def _drk_origin(self):
        """Hook: return the record that the charge comes from (e.g. a booking), an empty set without one."""
        self.ensure_one()
        return self.browse()

    def _drk_replace_by(self, successor):
        """Note which charge follows these: credit of the old ones is settled with the invoice of the new one.

        :param successor: ``drk.charge`` singleton
        """
        self.sudo().successor_id = successor  # a link that only methods make
        (self | successor)._drk_settle()

    def _drk_reverse(self, reason, settlement="credit"):
        """Take charges back: open ones become void, invoiced ones get a counter charge. A second call does nothing.

        :param str reason: why, for the books
        :param str settlement: ``credit`` or ``refund``: what becomes of money that was paid
        :return: the counter charges of these charges, new or there already
        :raise UserError: when an invoice is still a draft
        """
        charges = self._drk_lock().sudo()  # who may take back is checked by the caller; links are made here only
        charges.filtered(lambda charge: charge.state == "open").write({"is_void": True, "reason": reason})
        invoiced = charges.filtered(lambda charge: charge.state in ("invoiced", "paid"))
        if drafts := invoiced.move_id.filtered(lambda move: move.state == "draft"):
            payer = drafts[0].partner_id
            name = payer._drk_no_name() if payer._drk_hidden_from_user() else payer.display_name
            raise UserError(self.env._("The invoice for %s is still a draft. Post or delete it first.", name))
        missing = invoiced.filtered(lambda charge: not charge._drk_counter())
        self.sudo().create([charge._prepare_reversal_vals(reason, settlement) for charge in missing])
        return invoiced._drk_counter().with_env(self.env)

    def _drk_counter(self):
        """Return the charges that take these back."""
        return self.reversal_ids.filtered(lambda charge: not charge.is_void)

    def _prepare_reversal_vals(self, reason, settlement):
        """Hook: values of the charge that takes this one back."""
        self.ensure_one()
        return {
            **{name: self[name] for name in ("name", "service_date", "service_date_end")},
            **{name: self[name].id for name in ("company_id", "payer_id", "drk_person_id", "currency_id")},
            "revenue_kind_id": self.revenue_kind_id.id,
            "amount": -self.amount,
            "reversed_id": self.id,
            "reason": reason,
            "settlement": settlement,
        }

    def _drk_lock(self):
        """Lock these rows: whoever invoices or takes back the same charges waits or starts again."""
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._("Somebody else is working on these charges. Please try again in a moment.")
            ) from error
        return self
