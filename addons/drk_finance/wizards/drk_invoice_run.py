from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: Payers in one transaction of the long work.
CHUNK = 20


class DrkInvoiceRun(models.TransientModel):
    """Invoice all open charges of a choice: preview with sums and exceptions first, then in the background."""

    _name = "drk.invoice.run"
    _description = "Create invoices"

    company_id = fields.Many2one("res.company", "Association", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Invoice date", required=True, default=fields.Date.context_today)
    service_until = fields.Date(
        "Services until", default=fields.Date.context_today, help="Later services stay open. Empty: all."
    )
    payer_ids = fields.Many2many("res.partner", string="Payers", help="Empty: all.")
    revenue_kind_ids = fields.Many2many("drk.revenue.kind", string="Revenue kinds", help="Empty: all.")
    only_companies = fields.Boolean("Companies only")
    charge_count = fields.Integer("Charges", compute="_compute_preview")
    payer_count = fields.Integer("Invoices and credit notes", compute="_compute_preview")
    amount_total = fields.Monetary("Total", compute="_compute_preview")
    problem_count = fields.Integer("Left out", compute="_compute_preview")
    problem_text = fields.Text("What is left out and why", compute="_compute_preview")

    @api.depends("company_id", "date", "service_until", "payer_ids", "revenue_kind_ids", "only_companies")
    def _compute_preview(self):
        for run in self:
            charges, problems = run._split()
            left_out = sum(map(len, problems.values()))
            run.charge_count = len(charges)
            run.payer_count = len(charges.grouped(lambda charge: charge._drk_move_key()))
            run.amount_total = sum(charges.mapped("amount"))
            run.problem_count = left_out
            run.problem_text = run._problem_text(problems)

    def _problem_text(self, problems):
        return "\n".join(
            f"{problem} {', '.join(charges.payer_id[:10].mapped('display_name'))} ({len(charges)})"
            for problem, charges in problems.items()
        )

    def _charge_domain(self):
        """Hook: the open charges that this run concerns.

        :return: ``Domain``
        """
        domain = Domain(self.env["drk.charge"]._drk_open_domain()) & Domain("company_id", "=", self.company_id.id)
        if self.service_until:
            domain &= Domain("service_date", "=", False) | Domain("service_date", "<=", self.service_until)
        if self.payer_ids:
            domain &= Domain("payer_id", "in", self.payer_ids.ids)
        if self.revenue_kind_ids:
            domain &= Domain("revenue_kind_id", "in", self.revenue_kind_ids.ids)
        if self.only_companies:
            domain &= Domain("payer_id.is_company", "=", True)
        return domain

    def _split(self):
        """Return the charges that can be invoiced, and the others by their problem."""
        charges = self.env["drk.charge"].search(self._charge_domain())
        return charges._drk_split_by_problem(self.date or fields.Date.context_today(self))

    def action_run(self):
        """Start the run and show its progress."""
        self.ensure_one()
        self.env["drk.charge"].check_access("write")
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("Choose an association that you work for."))
        charges, _problems = self._split()
        if not charges:
            raise UserError(self.env._("There is nothing to invoice."))
        job = (
            self.env["drk.job"]
            .with_company(self.company_id)
            ._start(
                self.env._("Create invoices"),
                charges.payer_id,
                "_drk_invoice_run",
                chunk_size=CHUNK,
                domain=list(self._charge_domain()),
                date=fields.Date.to_string(self.date),
            )
        )
        return {
            "type": "ir.actions.act_window",
            "name": job.name,
            "res_model": "drk.job",
            "res_id": job.id,
            "view_mode": "form",
        }
