from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class DrkCharge(models.Model):
    """From charges to invoices and credit notes."""

    _inherit = "drk.charge"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------ API
    def _drk_invoice(self, date=None, post=True):
        """Invoice the open charges, one move per association, payer, currency and sign; a second call does nothing.

        Credit for what these follow goes with them: nobody pays for the new date while the old one is not paid back.

        :param date: invoice date; default today
        :param bool post: post at once (the default) or leave drafts
        :return: the new ``account.move``
        :raise UserError: in clear words when set-up is missing
        """
        charges = (
            (self | self._drk_credits())
            ._drk_lock()
            .filtered(lambda charge: charge.state == "open")
            .sorted(self._drk_sort_key)
        )
        date = fields.Date.to_date(date) or fields.Date.context_today(self)
        moves = self.env["account.move"]
        for company, company_charges in charges.grouped("company_id").items():
            moves |= company_charges._drk_in(company)._drk_create_moves(date)
        if post and moves:
            moves._post(soft=False)
            charges._drk_settle()
        return moves.with_env(self.env)

    def _drk_credits(self):
        """Return the open counter charges of what these charges follow."""
        return self.predecessor_ids._drk_counter().filtered(lambda charge: charge.state == "open")

    def _drk_problem(self, date):
        """Hook: say why this charge cannot be invoiced on that day.

        :return: str for people, empty when it can
        """
        self.ensure_one()
        company, kind = self.company_id, self.revenue_kind_id
        day = self._drk_tax_day(date)
        rule = kind._drk_find_rule(day)
        if not company._drk_sale_journal():
            return self.env._("%s has no sales journal yet. Load the chart of accounts first.", company.name)
        if not rule:
            return self.env._("The revenue kind “%(kind)s” has no rule for %(day)s.", kind=kind.name, day=day)
        if not rule.account_id:
            return self.env._("The revenue kind “%s” has no income account.", kind.name)
        if not self.payer_id.with_company(company).property_account_receivable_id:
            return self.env._("%s has no receivable account.", self.payer_id.display_name)
        return ""

    def _drk_line_key(self):
        """Hook: charges with the same key become one line with a quantity."""
        self.ensure_one()
        return (self.name, self.amount, self.revenue_kind_id.id, self.service_date, self.service_date_end)

    # ------------------------------------------------------------------ moves
    def _drk_sort_key(self, charge):
        return (charge.service_date or fields.Date.to_date("9999-12-31"), charge.name, charge.id)

    def _drk_tax_day(self, date):
        """Return the day whose VAT holds: that of the service (UStG § 27)."""
        return self.service_date_end or self.service_date or date

    def _drk_in(self, company):
        """Work for one association only: accounts, sequences and defaults follow the company."""
        return self.with_company(company).with_context(allowed_company_ids=company.ids)

    def _drk_create_moves(self, date):
        for charge in {charge._drk_problem_key(date): charge for charge in self}.values():
            if problem := charge._drk_problem(date):
                raise UserError(problem)
        groups = list(self.grouped(lambda charge: charge._drk_move_key()).values())
        lines = [list(group.grouped(lambda charge: charge._drk_line_key()).values()) for group in groups]
        moves = self.env["account.move"].create(
            [group._prepare_move_vals(parts, date) for group, parts in zip(groups, lines, strict=True)]
        )
        for move, parts in zip(moves, lines, strict=True):
            for line, charges in zip(move.invoice_line_ids.sorted("sequence"), parts, strict=True):
                charges.sudo().write(
                    {"move_line_id": line.id, "drk_last_activity": date}
                )  # links that only methods make
        return moves

    def _drk_problem_key(self, date):
        return (self.revenue_kind_id, self._drk_tax_day(date), self.payer_id)

    def _drk_move_key(self):
        return (self.payer_id, self.currency_id, self.amount > 0)

    def _prepare_move_vals(self, parts, date):
        """Hook: values of the invoice or credit note of these charges.

        :param parts: list of ``drk.charge``, one per line
        """
        payer, company = self.payer_id, self.company_id
        originals = self.reversed_id.move_id
        last_day = max((charge._drk_tax_day(date) for charge in self), default=date)
        vals = {
            "move_type": "out_invoice" if self[0].amount > 0 else "out_refund",
            "company_id": company.id,
            "journal_id": company._drk_sale_journal().id,
            "partner_id": payer.id,
            "currency_id": self.currency_id.id,
            "invoice_date": date,
            "delivery_date": last_day,
            # The place of a course decides on its VAT, not the country of the payer.
            "fiscal_position_id": False,
            "invoice_line_ids": [
                Command.create(charges._prepare_move_line_vals(date, number * 10))
                for number, charges in enumerate(parts, 1)
            ],
        }
        if self[0].amount < 0 and len(originals) == 1 and all(self.mapped("reversed_id")):
            vals["reversed_entry_id"] = originals.id
            vals["ref"] = ", ".join(dict.fromkeys(filter(None, self.mapped("reason"))))
        if not payer.property_payment_term_id:
            vals["invoice_payment_term_id"] = company.drk_payment_term_id.id
        return vals

    def _prepare_move_line_vals(self, date, sequence):
        """Hook: values of the line of these equal charges."""
        charge = self[0]
        rule = charge.revenue_kind_id._drk_rule_on(charge._drk_tax_day(date))
        distribution = rule._drk_distribution()
        return {
            "name": charge.name,
            "sequence": sequence,
            "quantity": len(self),
            "price_unit": abs(charge.amount),
            "account_id": rule.account_id.id,
            "tax_ids": [Command.set(rule.tax_ids.ids)],
            "drk_revenue_kind_id": charge.revenue_kind_id.id,
            "drk_exemption_text": rule.with_context(lang=charge.payer_id.lang).exemption_text,
            **({"analytic_distribution": distribution} if distribution else {}),
        }

    # ------------------------------------------------------------------ settling
    def _drk_settle(self):
        """Settle credit notes with the rest of their invoice, then with the invoice of the charge that follows."""
        counters = self.filtered("reversed_id") | self._drk_counter() | self.predecessor_ids._drk_counter()
        for counter in counters.sudo().filtered(lambda charge: charge.move_id.state == "posted"):
            original = counter.reversed_id
            counter._drk_settle_with(original.move_id)
            if counter.settlement == "credit":
                counter._drk_settle_with(original.successor_id.move_id)

    def _drk_settle_with(self, invoice):
        if invoice.state != "posted" or invoice.commercial_partner_id != self.move_id.commercial_partner_id:
            return
        lines = (self.move_id | invoice).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        if len(lines.move_id) > 1 and len(lines.account_id) == 1:
            lines.reconcile()

    # ------------------------------------------------------------------ runs
    def _drk_split_by_problem(self, date):
        """Tell what a run would invoice and what it would leave out.

        :return: the charges without problem, and a dict of problem: charges
        """
        problems, possible = {}, self.browse()
        for charges in self.grouped(lambda charge: charge._drk_problem_key(date)).values():
            if problem := charges[:1]._drk_problem(date):
                problems[problem] = problems.get(problem, self.browse()) | charges
            else:
                possible |= charges
        for charges in possible.grouped(lambda charge: charge._drk_move_key()).values():
            if problem := charges._drk_run_problem(date):
                problems[problem] = problems.get(problem, self.browse()) | charges
        left_out = self.browse().concat(*problems.values())
        return self - left_out, problems

    def _drk_run_problem(self, date):
        """Hook: say why a run leaves out the charges of one invoice, empty when it does not."""
        return self._drk_address_problem(date)

    def _drk_address_problem(self, date):
        """An invoice names its recipient with address, a small one need not (UStG § 14 (4) no. 1, UStDV § 33)."""
        payer = self.payer_id[:1]
        if payer.city and (payer.street or payer.zip):
            return ""
        limit = self.env["drk.law.fact"]._value("small_invoice_amount", max(date, fields.Date.to_date("2017-01-01")))
        return self.env._("Address missing.") if abs(sum(self.mapped("amount"))) > limit else ""

    # ------------------------------------------------------------------ buttons
    def action_drk_invoice(self):
        """Invoice the chosen charges and show the invoices."""
        self.check_access("write")
        moves = self._drk_invoice()
        if not moves:
            raise UserError(self.env._("Nothing is open here: these charges are invoiced or void."))
        return moves._drk_action()

    def action_drk_open_invoice(self):
        """Open the invoice of this charge."""
        self.ensure_one()
        return self.move_id._drk_action()

    @api.model
    def _drk_open_domain(self):
        """Hook: charges that can still be invoiced."""
        return [("state", "=", "open")]
