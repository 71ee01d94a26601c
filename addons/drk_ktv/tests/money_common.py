from datetime import timedelta

from odoo import fields
from odoo.addons.drk_finance.tests.cash_common import CashCase
from odoo.fields import Command

from .common import KtvCase


class MoneyCase(KtvCase, CashCase):
    """Courses of an association with small books: 55 EUR for a participant, 60 for a company; fee rules with amounts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for company in cls.association_a + cls.association_b:
            kind = cls._course_kind(company)
            kind.price_ids = [
                Command.clear(),
                Command.create({"payer_kind": "self", "date_from": "2020-01-01", "amount": 55}),
                Command.create({"payer_kind": "company", "date_from": "2020-01-01", "amount": 60}),
                Command.create({"payer_kind": "bg", "date_from": "2020-01-01", "amount": 42}),
            ]
        cls.course_kind = cls._course_kind(cls.association_a)
        cls.kind = cls.course_kind  # of the builders
        cls.course = cls._create_course(seats=15)
        cls.later = cls._create_course(seats=15, days=40)

    @classmethod
    def _course_kind(cls, company):
        kinds = cls.env["drk.course.kind"].sudo()
        return kinds.search([("company_id", "=", company.id), ("code", "=", "EH")]).ensure_one()

    @classmethod
    def _rules(cls, occasion, *rows, **vals):
        """Set the fee rules of an occasion: (days before, percent, amount)."""
        return cls.env["drk.fee.rule"].create(
            [
                {
                    "company_id": cls.association_a.id,
                    "occasion": occasion,
                    "date_from": "2020-01-01",
                    "days_before": days,
                    "percent": percent,
                    "amount": amount,
                    **vals,
                }
                for days, percent, amount in rows
            ]
        )

    @classmethod
    def _past(cls, course):
        """Let the course lie in the past."""
        begin = fields.Datetime.now() - timedelta(days=3)
        course.write({"date_begin": begin, "date_end": begin + timedelta(hours=8)})

    def _company_booking(self, course, *numbers):
        firm = {
            "name": "Muster GmbH",
            "is_company": True,
            "street": "Werkstr. 5",
            "zip": "44135",
            "city": "Musterstadt",
        }
        return self._book(course, *numbers, payer=firm | {"email": "rechnung@example.org"}, payer_kind="company")

    def _states(self, registrations):
        return registrations.sudo().mapped("drk_money_state")

    def _run(self, user=None, **vals):
        return self._as(user or self.accountant_a, self.env["drk.invoice.run"]).create(vals)

    def _invoice_run(self, user=None, **vals):
        """What an invoice run books, without the background.

        :return: ``account.move``
        """
        run = self._run(user, **vals)
        before = self.env["account.move"].search([])
        job = run.env["drk.job"].browse(run.action_run()["res_id"])
        for chunk in job.chunk_ids:
            chunk._run()
        self.assertEqual(job.state, "done")
        return self.env["account.move"].search([]) - before
