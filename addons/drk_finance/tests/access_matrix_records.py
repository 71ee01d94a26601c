"""One record of each model for an association, made by the superuser."""


def build_payer(env, company):
    vals = {"lastname": "Matrix", "drk_is_person": True, "company_id": company.id}
    return env["res.partner"].create(vals)


def build_kind(env, company):
    kinds = env["drk.revenue.kind"]
    kind = kinds.search([("company_id", "=", company.id), ("code", "=", "MATRIX")])
    rule = {"exemption_text": "Matrix", "date_from": "2000-01-01"}
    vals = {"code": "MATRIX", "name": "Matrix", "company_id": company.id, "rule_ids": [(0, 0, rule)]}
    return kind or kinds.create(vals)


def build_charge(env, company):
    vals = {"name": "Matrix", "amount": 1, "company_id": company.id}
    vals |= {"payer_id": build_payer(env, company).id, "revenue_kind_id": build_kind(env, company).id}
    return env["drk.charge"].create(vals)


def build_desk(env, company):
    """A cash box with its account, without a chart."""
    journals = env["account.journal"]
    journal = journals.search([("company_id", "=", company.id), ("drk_cash_kind", "=", "cash")], limit=1)
    return journal or journals.create(
        {"name": "Matrix", "code": "MATRI", "type": "cash", "drk_cash_kind": "cash", "company_id": company.id}
    )


def build_closing(env, company):
    vals = {"journal_id": build_desk(env, company).id, "company_id": company.id}
    closings = env["drk.cash.closing"]
    return closings.search([("company_id", "=", company.id)], limit=1) or closings.create(vals)


def build_entry(env, company):
    """Money that somebody owes, in a journal of the desk: an open item and a line of the cash book at once."""
    receivable, misc = (
        env["account.account"].create(
            {"name": "Matrix", "code": code, "account_type": kind, "reconcile": kind != "equity"}
        )
        for code, kind in (("99001", "asset_receivable"), ("99002", "equity"))
    )
    cash = build_desk(env, company).default_account_id
    sides = ((receivable, 10), (cash, 10), (misc, -20))
    journal = env["account.journal"].create(
        {"name": "Matrix", "code": "MATRX", "type": "general", "company_id": company.id}
    )
    lines = [(0, 0, {"account_id": account.id, "balance": balance}) for account, balance in sides]
    move = env["account.move"].create({"journal_id": journal.id, "line_ids": lines})
    move.action_post()
    return move


def build_open_item(env, company):
    line = build_entry(env, company).line_ids.filtered(lambda line: line.account_type == "asset_receivable")
    return env["drk.open.item"].browse(line.id)


def build_cash_line(env, company):
    if "99001" in env["account.account"].search([("company_ids", "in", company.ids)]).mapped("code"):
        return env["drk.cash.line"].search([("company_id", "=", company.id)], limit=1)
    line = build_entry(env, company).line_ids.filtered(lambda line: line.account_type == "asset_cash")
    return env["drk.cash.line"].browse(line.id)


def build_payment(env, company):
    journal = build_desk(env, company)
    journal._drk_pay_directly()
    vals = {
        "journal_id": journal.id,
        "partner_id": build_payer(env, company).id,
        "amount": 5,
        "payment_type": "inbound",
    }
    return env["account.payment"].create(vals)


BUILDERS = {
    "account.journal": build_desk,
    "account.payment": build_payment,
    "drk.cash.closing": build_closing,
    "drk.cash.count": lambda env, company: build_closing(env, company).count_ids[:1],
    "drk.cash.line": build_cash_line,
    "drk.charge": build_charge,
    "drk.retention.hold": lambda env, company: env["drk.retention.hold"].create(
        {"company_id": company.id, "reason": "Matrix"}
    ),
    "drk.fee.rule": lambda env, company: env["drk.fee.rule"].create({"company_id": company.id}),
    "drk.open.item": build_open_item,
    "drk.revenue.kind": build_kind,
    "drk.revenue.rule": lambda env, company: build_kind(env, company).rule_ids,
}
