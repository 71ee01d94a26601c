import threading
from datetime import timedelta

from odoo import fields
from odoo.api import Environment
from odoo.exceptions import ConcurrencyError
from odoo.orm.utils import SUPERUSER_ID
from odoo.tests import tagged
from odoo.tools import mute_logger, sql
from psycopg2.errors import SerializationFailure

from .test_race import CONTEXT, TestRace

CASHIERS = 4  # who charge the same booking at the same moment, each with a connection of its own


@tagged("post_install", "-at_install")
class TestChargeRace(TestRace):
    """Real transactions on committed data: a booking is charged once, however many charge it at the same moment."""

    test_twenty_clients_get_ten_seats = None
    test_negative_control_oversells = None

    OWN_CHARGES = """
        DELETE FROM drk_charge WHERE revenue_kind_id IN (SELECT id FROM drk_revenue_kind WHERE code = 'RACE')
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            kind = Environment(cr, SUPERUSER_ID, CONTEXT)["drk.course.kind"].browse(cls.kind_id)
            revenue = {"company_id": kind.company_id.id, "name": "Wettlauf", "code": "RACE"}
            kind.revenue_kind_id = kind.env["drk.revenue.kind"].create(revenue)

    @classmethod
    def _remove_all(cls):
        with cls.registry.cursor() as cr:
            cr.execute(cls.OWN_CHARGES)
        result = super()._remove_all()
        with cls.registry.cursor() as cr:
            Environment(cr, SUPERUSER_ID, CONTEXT)["drk.revenue.kind"].search([("code", "=", "RACE")]).unlink()
        return result

    def _booking(self):
        """:return: id of a booking that costs something and is not charged yet"""
        with self.registry.cursor() as cr:
            course = Environment(cr, SUPERUSER_ID, CONTEXT)["event.event"].create(
                {
                    "drk_kind_id": self.kind_id,
                    "date_begin": fields.Datetime.now() + timedelta(days=20),
                    "drk_has_own_price": True,
                    "drk_own_price": 55,
                }
            )
        with self.registry.cursor() as cr:  # the course is committed, the lock wants a clean transaction
            course = course.with_env(Environment(cr, SUPERUSER_ID, CONTEXT))
            person = {"firstname": f"Kasse {course.id}", "lastname": "Wettlauf", "birthdate_date": "1990-01-01"}
            return course._drk_book([person]).id

    def _charge(self, booking_id, answers):
        try:
            with self.registry.cursor() as cr:
                booking = Environment(cr, SUPERUSER_ID, CONTEXT)["event.registration"].browse(booking_id)
                self.assertFalse(booking.drk_charge_ids)  # each has seen that nothing is charged
                self.barrier.wait(timeout=30)
                booking._drk_ensure_charges()
            answers.append("charged")
        except (ConcurrencyError, SerializationFailure):
            answers.append("again")
        except Exception as error:
            answers.append(error)

    def _rush_charges(self):
        """:return: id of the booking, answers, how many charges hold"""
        booking_id, answers = self._booking(), []
        self.barrier = threading.Barrier(CASHIERS)
        threads = [threading.Thread(target=self._charge, args=(booking_id, answers)) for _ in range(CASHIERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        with self.registry.cursor() as cr:
            cr.execute("SELECT COUNT(*) FROM drk_charge WHERE registration_id = %s AND is_live", [booking_id])
            return booking_id, answers, cr.fetchone()[0]

    @mute_logger("odoo.sql_db")
    def test_booking_is_charged_once(self):
        for _round in range(3):
            booking_id, answers, charges = self._rush_charges()
            self.assertCountEqual(answers, ["charged"] + ["again"] * (CASHIERS - 1))
            self.assertEqual(charges, 1)
            with self.registry.cursor() as cr:  # the request of the others is done again
                booking = Environment(cr, SUPERUSER_ID, CONTEXT)["event.registration"].browse(booking_id)
                self.assertEqual(booking._drk_ensure_charges(), booking.drk_charge_ids.ensure_one())

    @mute_logger("odoo.sql_db")
    def test_negative_control_charges_twice(self):
        """Without the unique index the same rush charges more than once: the test can fail."""
        self._set_index(False)
        self.addCleanup(self._set_index, True)
        _booking_id, answers, charges = self._rush_charges()
        self.assertGreater(charges, 1, answers)

    def _set_index(self, wanted):
        model = self.registry["drk.charge"]
        index, table = model._once_per_booking, model._table
        name, definition = index.full_name(model), index.get_definition(self.registry)
        with self.registry.cursor() as cr:
            sql.drop_index(cr, name, table)
            if wanted:
                cr.execute(self.OWN_CHARGES)
                columns = definition.removeprefix("UNIQUE INDEX ")
                sql.add_index(cr, name, table, columns, unique=True, comment=definition)
