import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.api import Environment
from odoo.orm.registry import DummyRLock, Registry
from odoo.orm.utils import SUPERUSER_ID
from odoo.tests import TransactionCase, tagged

from ..exceptions import CourseFull
from ..models import event_event_booking

SEATS, CLIENTS = 10, 20  # each client has a connection of its own
CONTEXT = {"drk_no_mail": True, "tracking_disable": True}


@contextmanager
def no_lock(env, resource, ids, timeout=10):
    """What stands in for the lock in the negative control: only the commit."""
    try:
        yield
        env.cr.commit()
    except BaseException:
        env.cr.rollback()
        raise


@tagged("post_install", "-at_install")
class TestRace(TransactionCase):
    """Real transactions on committed data: it cleans up after itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the thread that runs the tests holds the registry's lock, which each new environment asks for
        cls.startClassPatcher(patch.object(Registry, "_lock", DummyRLock()))
        cls._remove_all()  # what a killed run left
        cls.addClassCleanup(cls._remove_all)
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, CONTEXT)
            company = env.ref("base.main_company")
            kind = env["drk.course.kind"].create(
                {"company_id": company.id, "code": "RACE", "name": "Race", "number_prefix": "RACE", "seats_max": SEATS}
            )
            cls.kind_id = kind.id

    @classmethod
    def _remove_all(cls):
        with cls.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, CONTEXT)
            kinds = env["drk.course.kind"].search([("code", "=", "RACE")])
            courses = env["event.event"].search([("drk_kind_id", "in", kinds.ids)])
            cr.execute("DELETE FROM event_registration WHERE event_id = ANY(%s)", [courses.ids])
            courses.unlink()
            env["res.partner"].search([("lastname", "=", "Wettlauf"), ("drk_is_person", "=", True)]).unlink()
            kinds.unlink()
            env["ir.sequence"].search([("code", "=", "drk.ktv.RACE")]).unlink()

    def _create_course(self):
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, CONTEXT)
            course = env["event.event"].create(
                {
                    "drk_kind_id": self.kind_id,
                    "date_begin": fields.Datetime.now() + timedelta(days=20),
                    "is_published": True,
                    "seats_max": SEATS,
                }
            )
            return course.id

    def _client(self, course_id, number, answers):
        """One visitor: own connection, an old snapshot as a request has one."""
        person = {"firstname": f"{course_id}-{number}", "lastname": "Wettlauf", "birthdate_date": "1990-01-01"}
        try:
            self.barrier.wait(timeout=30)
            with self.registry.cursor() as cr:
                course = Environment(cr, SUPERUSER_ID, CONTEXT)["event.event"].browse(course_id)
                cr.execute("SELECT 1")
                answers.append(course._drk_book([person], channel="web", on_full="refuse").mapped("state"))
        except CourseFull:
            answers.append("full")
        except Exception as error:
            answers.append(error)

    def _rush(self):
        """:return: (sold seats, answers, counter of the course, seconds)"""
        course_id, answers = self._create_course(), []
        self.barrier = threading.Barrier(CLIENTS)
        threads = [
            threading.Thread(target=self._client, args=(course_id, number, answers)) for number in range(CLIENTS)
        ]
        begin = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        seconds = time.monotonic() - begin
        with self.registry.cursor() as cr:
            cr.execute("SELECT COUNT(*) FROM event_registration WHERE event_id = %s", [course_id])
            sold = cr.fetchone()[0]
            cr.execute("SELECT drk_taken FROM event_event WHERE id = %s", [course_id])
            return sold, answers, cr.fetchone()[0], seconds

    def test_twenty_clients_get_ten_seats(self):
        for _round in range(3):
            sold, answers, counter, seconds = self._rush()
            self.assertEqual((sold, counter), (SEATS, SEATS))
            self.assertEqual(answers.count(["open"]), SEATS, answers)
            self.assertEqual(answers.count("full"), CLIENTS - SEATS, answers)
            self.assertLess(seconds, 20)

    def test_negative_control_oversells(self):
        """Without lock, shared counter and CHECK the same rush sells more than there is: the test can fail."""

        def count_then_create(course, count, on_full):
            taken = course.env["event.registration"].search_count([("event_id", "=", course.id)])
            time.sleep(0.02)
            if taken + count > course.seats_max:
                raise CourseFull("full")
            return "open"

        model = self.registry["event.event"]
        self._set_check(False)
        self.addCleanup(self._set_check, True)
        with (
            patch.object(event_event_booking, "exclusive", no_lock),
            patch.object(model, "_compute_drk_taken", lambda courses: None),
            patch.object(model, "_drk_state_for", count_then_create),
            patch.object(model, "_drk_check_seats", lambda course, count: None),
        ):
            sold, answers, _counter, _seconds = self._rush()
        self.assertGreater(sold, SEATS, answers)

    def _set_check(self, wanted):
        definition = self.registry["event.event"]._drk_not_oversold
        with self.registry.cursor() as cr:
            cr.execute("ALTER TABLE event_event DROP CONSTRAINT IF EXISTS event_event_drk_not_oversold")
            if wanted:
                cr.execute(
                    "ALTER TABLE event_event ADD CONSTRAINT event_event_drk_not_oversold "
                    + definition.get_definition(self.registry)
                )
