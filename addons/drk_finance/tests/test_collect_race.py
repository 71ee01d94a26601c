import contextlib
import threading
from unittest.mock import patch

import psycopg2
from odoo.api import Environment
from odoo.orm.registry import DummyRLock, Registry
from odoo.orm.utils import SUPERUSER_ID
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, mute_logger

from .common import FinanceCase

CASHIERS, NAME = 4, "Wettlauf e.V."


@tagged("post_install", "-at_install")
class TestCollectRace(TransactionCase):
    """Real transactions on committed data: it cleans up after itself by dropping an association of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the thread that runs the tests holds the registry's lock, which each new environment asks for
        cls.startClassPatcher(patch.object(Registry, "_lock", DummyRLock()))
        cls._remove_all()
        cls.addClassCleanup(cls._remove_all)
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            company = env["res.company"].create(
                {"name": NAME, "drk_is_association": True, "drk_code": "WETT", "country_id": env.ref("base.de").id}
            )
            cls.company_id = company.id
            cls._books(env, company)

    @classmethod
    def _books(cls, env, company):
        names = ("_small_books", "_small_accounts", "_small_tax")
        builder = type("Builder", (), {name: classmethod(getattr(FinanceCase, name).__func__) for name in names})
        builder.env = env
        builder._small_books(company)

    @classmethod
    def _remove_all(cls):
        """Remove the association with all it has; its books are posted, so this goes past the models."""
        with cls.registry.cursor() as cr:
            cr.execute("SELECT id, partner_id FROM res_company WHERE name = %s", [NAME])
            for company_id, partner_id in cr.fetchall():
                tables = cls._tables(cr, "res_company")
                cls._delete(cr, [(table, column, company_id) for table, column in tables], rounds=8)
                cls._delete(cr, [("res_company", "id", company_id), ("res_partner", "id", partner_id)], rounds=1)
        cls.registry.clear_all_caches()

    @classmethod
    def _tables(cls, cr, target):
        cr.execute(
            """
            SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c
              JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
             WHERE c.contype = 'f' AND c.confrelid = %s::regclass
            """,
            [target],
        )
        return [row for row in cr.fetchall() if row != ("res_company", "id")]

    @classmethod
    def _delete(cls, cr, targets, rounds):
        """What others still point to goes in a later round."""
        for _round in range(rounds):
            for table, column, number in targets:
                with contextlib.suppress(psycopg2.IntegrityError), mute_logger("odoo.sql_db"), cr.savepoint():
                    cr.execute(
                        SQL("DELETE FROM %s WHERE %s = %s", SQL.identifier(table), SQL.identifier(column), number)
                    )

    def _charge_id(self):
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {"tracking_disable": True, "allowed_company_ids": [self.company_id]})
            payer = env["res.partner"].create(
                {"lastname": "Wettlauf", "drk_is_person": True, "company_id": self.company_id}
            )
            kind = env["drk.revenue.kind"].search([("company_id", "=", self.company_id), ("code", "=", "EH")])
            charge = env["drk.charge"].create(
                {
                    "name": "Kurs",
                    "payer_id": payer.id,
                    "company_id": self.company_id,
                    "revenue_kind_id": kind.id,
                    "amount": 50,
                    "service_date": "2026-11-01",
                }
            )
            return charge.id

    def _cashier(self, charge_id, answers):
        """One cashier: own connection, repeated by Odoo like a request when the database refuses."""
        try:
            with self.registry.cursor() as cr:
                env = Environment(
                    cr, SUPERUSER_ID, {"tracking_disable": True, "allowed_company_ids": [self.company_id]}
                )
                journal = env["account.journal"].search(
                    [("company_id", "=", self.company_id), ("drk_cash_kind", "=", "cash")]
                )
                cr.execute("SELECT 1")
                self.barrier.wait(timeout=30)
                payment = retrying(lambda: env["drk.charge"].browse(charge_id)._drk_collect(journal), env)
                answers.append(payment.amount)
        except Exception as error:
            answers.append(error)

    def _rush(self):
        charge_id, answers = self._charge_id(), []
        self.barrier = threading.Barrier(CASHIERS)
        threads = [threading.Thread(target=self._cashier, args=(charge_id, answers)) for _number in range(CASHIERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        with self.registry.cursor() as cr:
            cr.execute("SELECT COUNT(*) FROM drk_charge_payment_rel WHERE charge_id = %s", [charge_id])
            return cr.fetchone()[0], answers

    def test_two_cashiers_take_the_money_once(self):
        for _round in range(3):
            payments, answers = self._rush()
            self.assertEqual(payments, 1, answers)
            self.assertEqual([answer for answer in answers if answer == 50], [50], answers)
            others = [str(answer) for answer in answers if answer != 50]
            self.assertEqual(len(others), CASHIERS - 1)
            for other in others:
                self.assertRegex(other, "Nothing is open|Somebody else", answers)
