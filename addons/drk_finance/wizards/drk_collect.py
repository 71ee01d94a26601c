from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import formatLang


class DrkCollect(models.TransientModel):
    """Somebody pays at the desk or in class (Zahlung entgegennehmen)."""

    _name = "drk.collect"
    _description = "Take a Payment"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    charge_ids = fields.Many2many("drk.charge", "drk_collect_charge_rel", "collect_id", "charge_id", "Charges")
    # Numbers, no link: a cashier may not read the journal items that open items stand for.
    item_numbers = fields.Char("Open items", readonly=True)
    summary = fields.Html(compute="_compute_amount_due", sanitize=False)
    amount_due = fields.Monetary("To pay", compute="_compute_amount_due")
    is_payout = fields.Boolean(compute="_compute_amount_due")
    journal_id = fields.Many2one(
        "account.journal",
        "Paid by",
        required=True,
        default=lambda self: self._default_journal_id(),
        domain="[('drk_cash_kind', '!=', False), ('company_id', '=', company_id)]",
    )
    kind = fields.Selection(related="journal_id.drk_cash_kind")
    given = fields.Monetary()
    change = fields.Monetary(compute="_compute_change")
    date = fields.Date(required=True, default=fields.Date.context_today)

    @api.model
    def _default_journal_id(self):
        domain = [("drk_cash_kind", "=", "cash"), ("company_id", "=", self.env.company.id)]
        return self.env["account.journal"].search(domain, limit=1)

    @api.depends("charge_ids", "item_numbers")
    def _compute_amount_due(self):
        for wizard in self:
            rows = wizard._drk_rows()
            wizard.amount_due = sum(row[2] for row in rows)
            wizard.is_payout = wizard.amount_due < 0
            wizard.summary = wizard._drk_table(rows)

    @api.depends("given", "amount_due")
    def _compute_change(self):
        for wizard in self:
            wizard.change = max(wizard.given - wizard.amount_due, 0) if wizard.given else 0

    @api.model
    def _drk_open(self, charges=None, items=None):
        """Return the action that opens the form.

        :param charges: ``drk.charge``
        :param items: ``drk.open.item``
        """
        records = charges if charges else items
        if not records:
            raise UserError(self.env._("Please choose what is paid."))
        if len(records.company_id) > 1:
            raise UserError(self.env._("Please take the money for one association at a time."))
        records.check_access("read")
        company = records.company_id
        if charges:
            defaults = {"default_charge_ids": [Command.set(records.ids)]}
        else:
            defaults = {"default_item_numbers": ",".join(map(str, records.ids))}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take a payment"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_company_id": company.id, **defaults},
        }

    def _drk_items(self):
        numbers = (self.item_numbers or "").split(",")
        return self.env["drk.open.item"].browse(int(number) for number in numbers if number.isdecimal())

    def _drk_rows(self):
        """Return what is paid for: list of (payer, text, amount)."""
        charges = self.charge_ids._filtered_access("read")
        items = self.env["drk.open.item"].search([("id", "in", self._drk_items().ids)])  # those the user may see
        rows = [(charge.payer_id, charge.name, amount) for charge, amount in charges._drk_due_amounts()]
        rows += [(item.partner_id, item.name or item.text, item.amount) for item in items]
        hidden = self.env["res.partner"].union(*(payer for payer, _text, _amount in rows))._drk_hidden_from_user()
        return [(payer._drk_no_name() if payer in hidden else payer.name, *facts) for payer, *facts in rows]

    def _drk_table(self, rows):
        line = Markup(
            "<tr><td>{}<br/><span class='text-muted'>{}</span></td><td class='text-end text-nowrap'>{}</td></tr>"
        )
        body = Markup("").join(
            line.format(text, payer or "", formatLang(self.env, amount, currency_obj=self.currency_id))
            for payer, text, amount in rows
        )
        return Markup("<table class='table table-sm mb-0'><tbody>{}</tbody></table>").format(body)

    def action_collect(self):
        """Take the money and print the receipt."""
        payments = self._drk_collect()
        return payments.action_drk_receipt() if payments else {"type": "ir.actions.act_window_close"}

    def action_collect_silent(self):
        """Take the money without a receipt."""
        self._drk_collect()
        return {"type": "ir.actions.act_window_close"}

    def _drk_collect(self):
        """:return: ``account.payment``, none when credit covers all of it"""
        self.ensure_one()
        self._drk_check_given()
        payments = self.env["account.payment"]
        if self.charge_ids:
            payments |= self.charge_ids._drk_collect(self.journal_id, self.date)
        if items := self._drk_items():
            payments |= items._drk_collect(self.journal_id, self.date)
        if not (self.charge_ids or items):
            raise UserError(self.env._("Nothing is open any more: it was paid already or cancelled."))
        return payments

    def _drk_check_given(self):
        short = self.currency_id.compare_amounts(self.given, self.amount_due) < 0
        if self.kind == "cash" and self.given and short:
            raise UserError(self.env._("The amount given is less than what is to be paid."))
