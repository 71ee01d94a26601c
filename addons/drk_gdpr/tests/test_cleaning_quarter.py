from datetime import date

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .cleaning_common import CleaningCase


@tagged("post_install", "-at_install")
class TestQuarterlyCleaning(CleaningCase):
    def setUp(self):
        super().setUp()
        self._age(self.anna)

    def test_runs_by_itself_on_the_first_sunday(self):
        """D-ANO-14, D-ANO-18: the automatic cleaning takes who is due on the first Sunday of the quarter, not before."""
        self.assertFalse(self._clean("2026-12-30"))
        run = self._clean()
        self.assertEqual((run.cutoff, run.erased_count), (date(2027, 1, 3), 1))
        self.assertTrue(self.anna.drk_anonymised_at)
        self.assertFalse(self.erika.drk_anonymised_at)

    def test_who_came_back_before_the_release_stays(self):
        self._age(self.erika)
        self.association_a.drk_anonymisation_expected = 1
        run = self._clean()
        self.assertEqual(run.state, "waiting")
        self._age(self.erika, "2027-01-10")
        with freeze_time("2027-02-01"):
            self._perform(self._as(self.second, run), "action_approve")
        self.assertTrue(self.anna.drk_anonymised_at)
        self.assertFalse(self.erika.drk_anonymised_at)
        self.assertEqual(self._line(run, self.erika).reason, "Active again since the run was prepared")

    def test_once_a_quarter(self):
        self._clean()
        self._age(self.erika)
        self.assertEqual(len(self._clean("2027-01-04")), 1)
        self.assertFalse(self.erika.drk_anonymised_at)
        self.assertEqual(len(self._clean("2027-04-04")), 2)

    def test_is_made_up_for(self):
        self.assertEqual(self._clean("2027-01-08").cutoff, date(2027, 1, 3))

    def test_switched_off_association_stays(self):
        self.association_a.drk_anonymisation_auto = False
        self.assertFalse(self._clean())

    def test_other_association_stays(self):
        self._age(self.foreign)
        self._clean()
        self.assertFalse(self.foreign.drk_anonymised_at)

    def test_period_of_the_system(self):
        """D-ANO-15, D-ANO-16: each system has its own period of 3, 5 or 10 years (and 8)."""
        period = self.env["drk.retention.period"]
        years = [key for key, _label in period._fields["years"].selection]
        self.assertEqual(years, ["3", "5", "8", "10"])
        tool = self.env.ref("drk_gdpr.drk_system_ano")
        other = self.env["drk.system"].create({"code": "muster", "name": "Muster"})
        self.association_a.drk_system_ids += other
        periods = period._load_missing(self.association_a)
        self.assertEqual(periods.system_id, self.association_a.drk_system_ids - tool)

    def test_companies_wait_for_a_look(self):
        """D-ANO-19, D-ANO-20: a company is prepared and not cleaned; released, the next cleaning takes it."""
        company = self._company(self.association_a)
        self._age(company)
        self._clean()
        self.assertEqual((company.drk_cleaning_release, bool(company.drk_anonymised_at)), ("prepared", False))
        self._as(self.eraser, company).action_drk_release_cleaning()
        self._clean("2027-04-04")
        self.assertTrue(company.drk_anonymised_at)

    def test_excluded_company_stays(self):
        """D-ANO-21: an excluded company is left out of every automatic cleaning."""
        company = self._company(self.association_a)
        self._age(company)
        self._as(self.eraser, company).action_drk_exclude_cleaning()
        self._clean()
        self.assertFalse(company.drk_anonymised_at)

    def test_only_the_right_releases(self):
        company = self._company(self.association_a)
        with self.assertRaises(AccessError):
            self._as(self.clerk, company).action_drk_release_cleaning()

    def test_marks_of_an_erasure_are_not_written_by_hand(self):
        """What frees, hides or keeps a person is set by the steps that ask for the right."""
        company = self._company(self.association_a)
        marks = {
            "drk_cleaning_release": "released",
            "drk_is_restricted": True,
            "drk_restricted_until": "2030-01-01",
            "drk_anonymised_at": "2001-01-01 00:00:00",
        }
        people = self._as(self.clerk, self.people)
        for name, value in marks.items():
            with self.assertRaises(AccessError):
                self._as(self.clerk, company).write({name: value})
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                people.create({"lastname": "Neu", "company_id": self.association_a.id, name: value})
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                default = people.with_context(**{f"default_{name}": value})
                default.create({"lastname": "Neu", "company_id": self.association_a.id})

    def test_count_leaves_cleaned_people_out(self):
        """D-ANO-13: cleaned people no longer count for the measurement."""
        before = self.association_a.drk_people_count
        self._clean()
        self.assertEqual(self.association_a.drk_people_count, before - 1)

    def test_clock_says_from_when_on(self):
        due = self.env["drk.retention.due"].search([("person_id", "=", self.anna.id)])
        self.assertEqual((due.last_activity, due.due_on), (date(2010, 5, 1), date(2020, 5, 1)))

    def test_clock_names_the_cleaning_day(self):
        clock = self.env["drk.retention.due"]
        for today, expected in (
            ("2027-01-03", "2027-01-03"),
            ("2027-01-04", "2027-04-04"),
            ("2028-07-10", "2028-10-01"),
        ):
            with freeze_time(today):
                self.env.invalidate_all()
                due = clock.search([("person_id", "=", self.anna.id)])
                self.assertEqual(due.cleaning_on, fields.Date.to_date(expected))
