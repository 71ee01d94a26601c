from odoo.addons.drk_base.tests.common import DrkCase
from odoo.fields import Command

CASHIER = "drk_finance.group_drk_finance_cashier"
ACCOUNTANT = "drk_finance.group_drk_finance_accountant"
# Invented account, valid check digits.
IBAN = "DE89370400440532013000"
#: key -> code, name, account_type, reconcile
ACCOUNTS = {
    "receivable": ("10000", "Forderungen", "asset_receivable", True),
    "payable": ("70000", "Verbindlichkeiten", "liability_payable", True),
    "income": ("8100", "Steuerfreie Kursgebühren", "income", False),
    "income_taxed": ("8400", "Erlöse 19 %", "income", False),
    "compensation": ("8600", "Stornogebühren", "income", False),
    "tax": ("1776", "Umsatzsteuer 19 %", "liability_current", False),
    "bank": ("1200", "Bank", "asset_cash", False),
    "transit": ("1360", "Geldtransit", "asset_current", True),
    "gain": ("2700", "Kassenüberschuss", "income_other", False),
    "loss": ("2309", "Kassenfehlbetrag", "expense", False),
}


class FinanceCase(DrkCase):
    """Two associations with small books, an accountant and a cashier in A, an accountant in B, payers in both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.books_a = cls._small_books(cls.association_a)
        cls.books_b = cls._small_books(cls.association_b)
        cls.accountant_a = cls._user("accountant-a", ACCOUNTANT)
        cls.cashier_a = cls._user("cashier-a", CASHIER)
        cls.accountant_b = cls._user("accountant-b", ACCOUNTANT, cls.association_b)
        cls.erika = cls._payer("Erika", "Musterfrau")
        cls.erika_b = cls._payer("Erika", "Fremd", cls.association_b)
        cls.firm = cls._payer_company("Muster GmbH")

    @classmethod
    def _small_books(cls, company):
        """Make the few accounts, journals and the one tax that the tests need: the German chart costs seconds.

        :return: dict with the accounts of ``ACCOUNTS``, ``tax19`` and the journals ``sale``, ``bank_journal``, ``misc``
        """
        env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        company = company.with_env(env)
        company.write({"account_fiscal_country_id": env.ref("base.de").id, "chart_template": "de_skr03"})
        books = cls._small_accounts(env, company)
        books["tax19"] = cls._small_tax(env, books["tax"])
        journals = env["account.journal"].create(
            [
                {"name": "Rechnungen", "code": "RE", "type": "sale", "default_account_id": books["income"].id},
                {"name": "Bank", "code": "BNK1", "type": "bank", "default_account_id": books["bank"].id},
                {"name": "Verschiedenes", "code": "SO", "type": "general"},
            ]
        )
        books |= dict(zip(("sale", "bank_journal", "misc"), journals, strict=True))
        account = env["res.partner.bank"].create({"acc_number": IBAN, "partner_id": company.partner_id.id})
        books["bank_journal"].bank_account_id = account
        company._drk_finance_setup()
        return books

    @classmethod
    def _small_accounts(cls, env, company):
        accounts = {
            key: env["account.account"].create(
                {"code": code, "name": name, "account_type": kind, "reconcile": reconcile}
            )
            for key, (code, name, kind, reconcile) in ACCOUNTS.items()
        }
        for side in ("receivable", "payable"):
            field = f"property_account_{side}_id"
            env["ir.default"].set("res.partner", field, accounts[side].id, company_id=company.id)
        company.write(
            {
                "transfer_account_id": accounts["transit"].id,
                "cash_account_code_prefix": "100",
                "bank_account_code_prefix": "120",
                "transfer_account_code_prefix": "1360",
                "default_cash_difference_income_account_id": accounts["gain"].id,
                "default_cash_difference_expense_account_id": accounts["loss"].id,
            }
        )
        return accounts

    @classmethod
    def _small_tax(cls, env, account):
        lines = [
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "account_id": account.id}),
        ]
        group = env["account.tax.group"].create({"name": "USt 19 %", "country_id": env.ref("base.de").id})
        return env["account.tax"].create(
            {
                "name": "19 % USt (im Preis)",
                "amount": 19,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
                "tax_group_id": group.id,
                "country_id": env.ref("base.de").id,
                "invoice_repartition_line_ids": lines,
                "refund_repartition_line_ids": lines,
            }
        )

    @classmethod
    def _payer(cls, firstname, lastname, company=None, **vals):
        email = f"{firstname}.{lastname}@example.org".lower()
        names = {"firstname": firstname, "lastname": lastname, "street": "Hauptstraße 1", "email": email}
        return cls._partner(company, **{**names, **vals})

    @classmethod
    def _payer_company(cls, name, company=None, **vals):
        names = {"name": name, "is_company": True, "street": "Werkstraße 5", "email": "buchhaltung@example.org"}
        return cls._partner(company, **{**names, **vals})

    @classmethod
    def _partner(cls, company, **vals):
        company = company or cls.association_a
        shared = {"drk_is_person": True, "company_id": company.id, "zip": "44135", "city": "Musterstadt"}
        return cls.env["res.partner"].create({**shared, **vals})

    @classmethod
    def _kind(cls, code="EH", company=None):
        company = company or cls.association_a
        return cls.env["drk.revenue.kind"].search([("company_id", "=", company.id), ("code", "=", code)]).ensure_one()

    def _charge(self, amount=50.0, payer=None, kind="EH", **vals):
        """Create a charge as the user of the test's environment."""
        payer = payer or self.erika
        company = payer.company_id
        return self.env["drk.charge"]._drk_charge(
            [
                {
                    "name": "Erste-Hilfe-Kurs",
                    "payer_id": payer.id,
                    "drk_person_id": payer.id if not payer.is_company else False,
                    "company_id": company.id,
                    "revenue_kind_id": self._kind(kind, company).id,
                    "amount": amount,
                    "service_date": "2027-03-12",
                    **vals,
                }
            ]
        )

    def _as(self, user, records):
        """Return the records as this user sees them, in the user's associations."""
        return records.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
