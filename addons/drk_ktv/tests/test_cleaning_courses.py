from freezegun import freeze_time
from odoo import fields
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .certificate_common import CertificateBuilder
from .test_erasure import TestErasure

CLEANING_DAY = "2040-01-01"  # a Sunday; every period of the law has ended
STATISTICS = """
    SELECT e.drk_kind_id, r.drk_age_band, r.drk_plz_area, DATE_TRUNC('month', e.date_begin), r.state, COUNT(*)
      FROM event_registration r JOIN event_event e ON e.id = r.event_id GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""


class CleaningCase(TestErasure, CertificateBuilder):
    """The anonymisation of an association whose people booked, waited, paid and got certificates."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tool = cls.env.ref("drk_gdpr.drk_system_ano")
        cls.association_a.write(
            {
                "drk_system_ids": [fields.Command.link(tool.id)],
                "drk_anonymisation_active": True,
                "drk_anonymisation_auto": True,
                "drk_anonymisation_expected": 1000,
            }
        )
        cls.kind.action_drk_certificate_standard_texts()

    def _customer(self, number):
        """A person with a past booking, a certificate, a charge and a place in a waiting list of a past course.

        :return: tuple of person, bookings, certificate
        """
        attended = self._attended([self._person(number)], days=number, drk_room_id=False)
        person = attended.drk_participant_id
        certificate = attended.with_user(self.clerk)._drk_issue_certificates()
        full = self._create_course(seats=1)
        full.with_user(self.clerk)._drk_book([self._person(number + 50)])
        waiting = full.with_user(self.clerk)._drk_book([self._person(number)], on_full="waiting")
        self._past(full)
        return person, (attended | waiting).sudo(), certificate.sudo()

    def _statistics(self):
        self.env.flush_all()
        return self.env.execute_query(SQL(STATISTICS))

    def _clean(self):
        with freeze_time(f"{CLEANING_DAY} 03:00:00"), trap_jobs() as trap:
            self.env["drk.erasure.run"]._cron_clean()
            while trap.enqueued_jobs:
                trap.perform_enqueued_jobs()
        self.env.invalidate_all()
        return self.env["drk.erasure.run"].search([("kind", "=", "automatic")])

    def _anonymise(self, person):
        """By hand, as somebody who has this right and no other."""
        context = {"active_model": "res.partner", "active_ids": person.ids}
        wizard = self._as(self.eraser, self.env["drk.anonymise"]).with_context(**context).create({"reason": "Bitte"})
        run = self._as(self.eraser, self.env["drk.erasure.run"]).browse(wizard.action_preview()["res_id"])
        with trap_jobs() as trap:
            run.action_start()
            while trap.enqueued_jobs:
                trap.perform_enqueued_jobs()
        self.env.invalidate_all()
        return run


@tagged("post_install", "-at_install")
class TestCleaningOfCourses(CleaningCase):
    def test_automatic_cleaning_takes_all_relations(self):
        """D-ANO-17: the automatic cleaning covers booking, waiting list, certificate and charge of a customer."""
        person, bookings, certificate = self._customer(31)
        self.assertIn("waiting", bookings.mapped("state"))
        self._clean()
        self.assertTrue(person.drk_anonymised_at)
        self.assertNotIn("Beispiel31", certificate.holder_name or "")
        self.assertFalse([booking for booking in bookings if "Beispiel31" in (booking.name or "") or booking.email])
        self.assertFalse(self._columns_with("beispiel31") + self._columns_with("vera31"))

    def test_by_hand_all_relations_go(self):
        """D-ANO-25: the manual anonymisation covers all customer relations, too."""
        person, bookings, _certificate = self._customer(32)
        self._settle(bookings)
        run = self._anonymise(person)
        self.assertEqual(run.line_ids.state, "done", run.line_ids.reason)
        self.assertFalse(self._columns_with("beispiel32") + self._columns_with("vera32"))

    def test_right_holds_for_all_systems(self):
        """D-ANO-3: who has the right and no right in courses or money erases bookings, certificates and charges as well."""
        person, bookings, certificate = self._customer(33)
        self._settle(bookings)
        charges = self.env["drk.charge"].sudo().search([("drk_person_id", "=", person.id)])
        for records in (bookings, certificate, charges):
            with self.assertRaises(AccessError):
                self._as(self.eraser, records).check_access("write")
        self.assertEqual(self._anonymise(person).erased_count, 1)
        self.assertFalse(self._columns_with("beispiel33"))

    def test_statistics_stay_equal(self):
        """D-ANO-27: bookings by course kind, age band, postcode area and month are the same before and after."""
        first, *_records = self._customer(34)
        second, *_records = self._customer(35)
        before = self._statistics()
        self._settle(self.env["event.registration"].search([("drk_participant_id", "=", first.id)]))
        self._anonymise(first)
        self.assertEqual(self._statistics(), before)
        self._clean()
        self.assertTrue(first.drk_anonymised_at and second.drk_anonymised_at)
        self.assertEqual(self._statistics(), before)

    def test_who_booked_or_waits_is_not_selected(self):
        """K-4.8-15: a booking or a place in a waiting list since the day keeps a person out of the selection."""
        person, _bookings, _certificate = self._customer(36)
        quiet = self.env["res.partner"]._drk_match_or_create_person(self.association_a, self._person(37))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = '2010-05-01' WHERE id = ANY(%s)", [(person | quiet).ids]
        )
        self.env.invalidate_all()
        selection = self._as(self.eraser, self.env["drk.anonymise.selection"]).create({"since": "2015-01-01"})
        found = self._as(self.eraser, self.env["res.partner"]).search(selection.action_show()["domain"])
        self.assertIn(quiet, found)
        self.assertNotIn(person, found)
