"""Demo data of the accounting: the German chart, a bank account that belongs to nobody, fee rules with amounts."""

CHART = "de_skr03"
#: Bank codes that no bank has, with valid check digits.
IBANS = {"MUS": ("00000000", "0000004711"), "BEI": ("00000000", "0000000815")}
FEE_RULES = (  # occasion, days before, percent, EUR
    ("cancel", 14, 0, 0),
    ("cancel", 7, 0, 15),
    ("cancel", 0, 80, 0),
    ("rebook", 7, 0, 0),
    ("rebook", 0, 0, 10),
    ("replacement", 0, 0, 8),
)
REVENUE_KINDS = {"cancel": "ST", "rebook": "BZ", "replacement": "BZ"}


def set_up(company, code):
    """Make an association ready for invoices; a second call changes nothing.

    :param company: ``res.company``
    :param str code: its key in ``IBANS``
    """
    if not company.chart_template:
        company.env["account.chart.template"].try_loading(CHART, company, install_demo=False)
    company._drk_finance_setup()
    _bank(company, iban(*IBANS[code]))
    _fee_rules(company)


def iban(bank_code, account):
    """:return: German IBAN with its check digits (ISO 13616)"""
    number = bank_code + account
    return f"DE{98 - int(number + '131400') % 97:02d}{number}"


def _bank(company, number):
    accounts = company.env["res.partner.bank"]
    if accounts.search_count([("partner_id", "=", company.partner_id.id)]):
        return
    account = accounts.create({"acc_number": number, "partner_id": company.partner_id.id, "allow_out_payment": True})
    journals = company.env["account.journal"].search([("company_id", "=", company.id), ("type", "=", "bank")])
    journals.filtered(lambda journal: not journal.drk_cash_kind)[:1].bank_account_id = account


def _fee_rules(company):
    rules = company.env["drk.fee.rule"]
    if rules.search_count([("company_id", "=", company.id)]):
        return
    kinds = company.env["drk.revenue.kind"]
    rules.create(
        [
            {
                "company_id": company.id,
                "occasion": occasion,
                "date_from": "2024-01-01",
                "days_before": days,
                "percent": percent,
                "amount": amount,
                "revenue_kind_id": kinds._drk_standard(company, REVENUE_KINDS[occasion]).id,
            }
            for occasion, days, percent, amount in FEE_RULES
        ]
    )
