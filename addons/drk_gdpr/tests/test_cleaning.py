from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from .cleaning_common import CleaningCase
from .erasure_common import MARKER


@tagged("post_install", "-at_install")
class TestAnonymiseByHand(CleaningCase):
    def test_form_counts_then_anonymises(self):
        """D-ANO-22, D-ANO-23: at any time one person is anonymised from the form, without waiting for a quarter."""
        run = self._preview(self.anna)
        self.assertEqual((run.kind, run.state, run.expected_done), ("manual", "draft", 1))
        self._perform(run)
        self.assertTrue(self.anna.drk_anonymised_at)

    def test_selection_is_anonymised(self):
        """D-ANO-24, K-4.8-1: all selected people of a list are anonymised."""
        self._perform(self._preview(self.anna | self.erika))
        self.assertTrue(self.anna.drk_anonymised_at and self.erika.drk_anonymised_at)

    def test_preview_changes_nothing(self):
        before = self._everything()
        run = self._preview(self.anna)
        self.assertEqual(self._everything(), before)
        self.assertEqual(run.line_ids.person_id, self.anna)
        self._perform(run)
        self.assertEqual(run.erased_count, run.expected_done)

    def test_mark_is_set_and_hides(self):
        """K-4.8-2, K-4.8-3: each anonymised person gets the chosen mark, and the mark hides them from the next selection."""
        mark = self.env["drk.mark"].create({"name": "anonymisiert", "company_id": self.association_a.id})
        self._perform(self._preview(self.anna, mark_id=mark.id))
        self.assertEqual(self.anna.drk_mark_ids, mark)
        people = self._as(self.eraser, self.people).with_context(active_test=False)
        self.assertNotIn(self.anna, people.search([("drk_mark_ids", "not in", mark.ids)]))

    def test_symbolic_values_of_the_association(self):
        """K-4.8-4, K-4.8-17: first name, name, street and search term become the values that the association has set."""
        self.association_a.write(
            {
                "drk_symbol_firstname": "Xaver",
                "drk_symbol_lastname": "Ypsilon",
                "drk_symbol_street": "Ohne Straße",
                "drk_symbol_search_name": "gelöscht",
            }
        )
        self.anna.drk_search_name = MARKER
        self._perform(self._preview(self.anna))
        self.assertEqual((self.anna.firstname, self.anna.lastname), ("Xaver", "Ypsilon"))
        self.assertEqual((self.anna.street, self.anna.drk_search_name), ("Ohne Straße", "gelöscht"))

    def test_contact_data_go(self):
        """K-4.8-6, K-4.8-7: phone, mail, birth name, salutation and letter salutation are deleted."""
        self.anna.write({"phone": "030 123456", "drk_birth_name": MARKER, "drk_salutation": "frau"})
        self.env["drk.contact.way"].create({"partner_id": self.anna.id, "kind": "mobile", "value": "0151 1234567"})
        self._perform(self._preview(self.anna))
        self.assertFalse(self.anna.phone or self.anna.email or self.anna.drk_birth_name)
        self.assertFalse(self.anna.drk_salutation not in (False, "none"))
        self.assertNotIn("Zwiebelfrau", self.anna.drk_letter_salutation or "")
        self.assertFalse(self.env["drk.contact.way"].search([("partner_id", "=", self.anna.id)]))

    def test_copy_to_the_info_is_a_pseudonym(self):
        """K-4.8-5: on wish first name, name and street stand in the internal info; the run then says pseudonymised."""
        run = self._preview(self.anna, copy_to_info=True)
        self.assertTrue(run.is_pseudonymous)
        self._perform(run)
        self.assertIn(f"{MARKER} Zwiebelfrau, Quendelweg 7", self.anna.drk_internal_info)

    def test_options_are_preset(self):
        """K-4.8-18: the two options of the dialog are preset by the settings, and off as delivered."""
        self.assertFalse(self._wizard(self.anna).copy_to_info)
        self.association_a.write({"drk_anonymise_copy_to_info": True, "drk_anonymise_unlink_documents": True})
        wizard = self._wizard(self.erika)
        self.assertTrue(wizard.copy_to_info and wizard.unlink_documents)

    def test_help_lists_the_fields(self):
        """K-4.8-19: the dialog lists which fields are anonymised."""
        text = self._wizard(self.anna).with_context(lang="de_DE").fields_help
        for label in ("Geburtsname", "Vorname", "Geburtsdatum"):
            self.assertIn(label, text)

    def test_not_before_it_is_switched_on(self):
        """K-4.8-16: without the central switch nobody is anonymised."""
        self.association_a.drk_anonymisation_active = False
        with self.assertRaises(UserError):
            self._preview(self.anna)
        self.assertFalse(self.anna.drk_anonymised_at)

    def test_not_without_the_booked_system(self):
        """D-ANO-1: the tool is booked per association; without it the dialog refuses."""
        self.association_a.drk_system_ids -= self.env.ref("drk_gdpr.drk_system_ano")
        with self.assertRaises(UserError):
            self._preview(self.anna)

    def test_only_with_the_right(self):
        """D-ANO-2: anonymising is a permission level of its own; clerk and officer have it not by their role."""
        for user in (self.clerk, self.officer, self.employee):
            with self.assertRaises(AccessError):
                self._wizard(self.anna, user)

    def test_not_in_another_association(self):
        with self.assertRaises(AccessError):
            self._wizard(self.anna, self.eraser_b)

    def test_place_of_other_documents_is_shown(self):
        """D-ANO-28: the dialog shows where documents lie outside of the system."""
        self.association_a.drk_document_place = "Ordner im Keller"
        self.assertEqual(self._wizard(self.anna).document_place, "Ordner im Keller")

    def test_excluded_company_goes_by_hand(self):
        """D-ANO-26: a company that is excluded from the automatic cleaning can be anonymised by hand."""
        company = self._company(self.association_a)
        self._as(self.eraser, company).action_drk_exclude_cleaning()
        self._perform(self._preview(company))
        self.assertTrue(company.drk_anonymised_at)

    def test_report_names_both_kinds(self):
        """D-ANO-11, D-ANO-12: automatic and manual cleanings stand in the same report."""
        self._perform(self._preview(self.anna))
        self._age(self.erika)
        self._clean()
        reports = self._as(self.eraser, self.runs).search([])
        self.assertEqual(set(reports.mapped("kind")), {"manual", "automatic"})
        self.assertEqual([report.erased_count for report in reports], [1, 1])


@tagged("post_install", "-at_install")
class TestBrake(CleaningCase):
    def setUp(self):
        super().setUp()
        self.association_a.drk_anonymisation_expected = 1
        self.run = self._preview(self.anna | self.erika)

    def test_large_run_waits(self):
        self._perform(self.run)
        self.assertEqual(self.run.state, "waiting")
        self.assertFalse(self.anna.drk_anonymised_at)
        self.assertIn(self.second, self.run.sudo().activity_ids.user_id)

    def test_who_asks_cannot_release(self):
        self._perform(self.run)
        with self.assertRaises(UserError):
            self.run.action_approve()
        self.assertEqual(self.run.state, "waiting")

    def test_second_person_releases(self):
        self._perform(self.run)
        run = self._as(self.second, self.run)
        self._perform(run, "action_approve")
        self.assertEqual((run.approved_by_id, run.erased_count), (self.second, 2))

    def test_run_of_the_expected_size_needs_nobody(self):
        self.association_a.drk_anonymisation_expected = 2
        self._perform(self.run)
        self.assertEqual(self.run.erased_count, 2)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_nobody_chooses_a_kind_without_brake(self):
        """Only the steps made for it give a run its kind: neither a call from outside nor a default does."""
        runs = self._as(self.eraser, self.runs)
        vals = {"kind": "request", "company_id": self.association_a.id}
        with self.assertRaises(AccessError):
            runs.create(vals)
        with self.assertRaises(AccessError):
            self._as(self.eraser, self.run).write({"kind": "request"})
        for method in ("_create_for", "_start", "_erase", "_run_here", "_replay", "_cron_finish_people"):
            with self.assertRaises(AccessError):
                get_public_method(runs, method)
        wizard = self._wizard(self.anna | self.erika).with_context(default_kind="request", kind="request")
        run = runs.browse(wizard.action_preview()["res_id"])
        self._perform(run.with_context(default_kind="request"))
        self.assertEqual((run.kind, run.state), ("manual", "waiting"))

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_waiting_run_is_not_started_on_another_way(self):
        self._perform(self.run)
        run = self._as(self.eraser, self.run)
        run.action_resume()
        run.action_stop()
        self._perform(run, "action_resume")
        with self.assertRaises(AccessError):
            run.write({"approved_by_id": self.second.id})
        with self.assertRaises(UserError):
            self._perform(run)
        self.assertEqual((run.state, self.anna.drk_anonymised_at), ("waiting", False))

    def test_request_is_about_one_person(self):
        people = self._as(self.eraser, self.anna | self.erika)
        with self.assertRaises(ValueError):
            people._drk_erase_what_can_go("request 3")

    def test_deletion_of_many_is_refused(self):
        """Deleting does not get past the brake either."""
        deleter = self._user("gdpr_deleter", "drk_gdpr.group_drk_gdpr_partial")
        people = self._as(deleter, self.anna | self.erika)
        with self.assertRaises(UserError):
            people.unlink()
        self.assertEqual(people.exists(), people)
        self.assertTrue(people[:1].unlink())
