from odoo import api, fields, models


class ResPartner(models.Model):
    """A payer: what is open, and the charges behind it."""

    _inherit = "res.partner"

    drk_charge_ids = fields.One2many(
        "drk.charge", "payer_id", string="Charges", groups="drk_finance.group_drk_finance_cashier"
    )
    drk_open_amount = fields.Monetary(
        "Open amount",
        compute="_compute_drk_open_amount",
        currency_field="drk_open_currency_id",
        groups="drk_finance.group_drk_finance_cashier",
    )
    drk_credit_amount = fields.Monetary(
        "Credit balance",
        compute="_compute_drk_open_amount",
        currency_field="drk_open_currency_id",
        groups="drk_finance.group_drk_finance_cashier",
    )
    drk_open_currency_id = fields.Many2one(
        "res.currency", "Currency of the open amount", compute="_compute_drk_open_amount"
    )

    @api.depends("vat")
    def _compute_vies_valid(self):
        """Who has no VAT number needs no check; core asks for the settings of all companies for every new person."""
        without_vat = self.filtered(lambda partner: not partner.vat)
        without_vat.vies_valid = False
        others = self - without_vat
        return super(ResPartner, others)._compute_vies_valid() if others else None

    @api.depends("drk_charge_ids.state", "drk_charge_ids.amount")
    @api.depends_context("allowed_company_ids")
    def _compute_drk_open_amount(self):
        charged, posted = self._drk_open_charges(), self._drk_open_items()
        for partner in self:
            partner.drk_open_currency_id = (partner.company_id or self.env.company).currency_id
            amount = charged.get(partner._origin, 0) + posted.get(partner._origin, 0)
            partner.drk_open_amount, partner.drk_credit_amount = amount, max(0, -amount)

    def _drk_open_charges(self):
        """Return what was charged and not invoiced yet, by payer."""
        domain = [("payer_id", "in", self.ids), ("state", "=", "open")]
        return dict(self.env["drk.charge"]._read_group(domain, ["payer_id"], ["amount:sum"]))

    def _drk_open_items(self):
        """Return what is open on posted entries, by payer."""
        domain = [
            ("partner_id", "in", self.ids),
            ("company_id", "in", self.env.companies.ids),
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
        ]
        lines_sudo = self.env["account.move.line"].sudo()  # a cashier reads sums of own associations, not the ledger
        return dict(lines_sudo._read_group(domain, ["partner_id"], ["amount_residual:sum"]))

    def _drk_invoice_run(self, domain, date):
        """Part of a long work: invoice what is open of these payers. Done again, it finds nothing.

        :param list domain: which charges
        :param str date: invoice date
        """
        charges = self.env["drk.charge"].search([*domain, ("payer_id", "in", self.ids)])
        charges, _problems = charges._drk_split_by_problem(fields.Date.to_date(date))
        charges._drk_invoice(date)

    def action_drk_charges(self):
        """Open the charges of this payer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_finance.drk_charge_action")
        return {**action, "domain": [("payer_id", "=", self.id)], "context": {"default_payer_id": self.id}}
