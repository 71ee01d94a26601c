from odoo import api, fields, models
from odoo.tools import SQL

#: Model -> table, the day that counts, and which records are vouchers at all.
VOUCHERS = {
    # what was issued once and taken back is a voucher, too
    "account.move": ("account_move", "date", "(state = 'posted' OR posted_before)"),
    "account.move.line": (
        "account_move_line",
        "date",
        """(parent_state = 'posted' OR EXISTS (SELECT 1 FROM account_move m
                                                WHERE m.id = account_move_line.move_id AND m.posted_before))""",
    ),
    "account.payment": ("account_payment", "date", "state IN ('in_process', 'paid', 'canceled', 'rejected')"),
    "payment.transaction": (
        "payment_transaction",
        "COALESCE(last_state_change, create_date)::date",
        "state IN ('pending', 'authorized', 'done')",
    ),
    "drk.cash.closing": ("drk_cash_closing", "day", "state = 'closed'"),
}
#: Records that follow the entry they belong to: column of the entry.
PARTS = {
    "account.bank.statement.line": ("account_bank_statement_line", "move_id"),
    "account.analytic.line": (
        "account_analytic_line",
        "(SELECT move_id FROM account_move_line l WHERE l.id = move_line_id)",
    ),
    "drk.charge": ("drk_charge", "move_id"),
}
ACCOUNT_USES = """
    SELECT partner_bank_id AS account, date, company_id FROM account_move
     WHERE partner_bank_id = ANY(%(ids)s) AND state = 'posted'
     UNION ALL
    SELECT partner_bank_id, date, company_id FROM account_payment WHERE partner_bank_id = ANY(%(ids)s) AND state != 'draft'
"""
#: The last day of the year in which a voucher was made, plus the years of the law; an audit that is running holds the year.
LAST_DAY = """
    GREATEST(make_date(EXTRACT(year FROM {day})::int + %(years)s, 12, 31),
             (SELECT MAX(COALESCE(h.date_until, make_date(EXTRACT(year FROM %(today)s::date)::int, 12, 31)))
                FROM drk_retention_hold h
               WHERE h.company_id = {company} AND h.year = EXTRACT(year FROM {day}) AND h.date_from <= %(today)s))
"""


class DrkGdprRetention(models.AbstractModel):
    """Vouchers are kept until the end of the year plus the years of the law (AO § 147)."""

    _inherit = "drk.gdpr.retention"

    @api.model
    def _keep_until(self, model_name, ids):
        kept = super()._keep_until(model_name, ids)
        query = self._voucher_query(model_name)
        if not query or not ids:
            return kept
        today = fields.Date.context_today(self)
        rule = self.env["drk.law.fact"]._on("retention_vouchers_years", today)
        rows = self.env.execute_query(SQL(query, ids=list(ids), years=int(rule.value), today=today))
        reason = self.env._("Voucher (%s)", rule.source)
        return kept | {res_id: (until, reason) for res_id, until in rows if until}

    @api.model
    def _voucher_query(self, model_name):
        """Return the SQL of id and last day of the vouchers of a model, None when it holds none."""
        if model_name in VOUCHERS:
            table, day, condition = VOUCHERS[model_name]
            last_day = LAST_DAY.format(day=day, company=f"{table}.company_id")
            return f"SELECT id, {last_day} FROM {table} WHERE id = ANY(%(ids)s) AND {condition}"
        if model_name in PARTS:
            table, entry = PARTS[model_name]
            last_day = LAST_DAY.format(day="m.date", company="m.company_id")
            return f"""
                SELECT r.id, {last_day} FROM {table} r JOIN account_move m ON m.id = {entry}
                 WHERE r.id = ANY(%(ids)s) AND m.state = 'posted'
            """
        if model_name == "res.partner.bank":
            last_day = LAST_DAY.format(day="date", company="uses.company_id")
            return f"SELECT account, MAX({last_day}) FROM ({ACCOUNT_USES}) uses GROUP BY account"
        return None
