import base64
import io

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from openpyxl import Workbook

from ..exceptions import CourseFull
from .common import KtvCase

HEADER = "Kursnummer;Vorname;Nachname;Geburtsdatum;E-Mail;PLZ;Ort;Firma;Firma PLZ"


@tagged("post_install", "-at_install")
class TestWizards(KtvCase):
    """The office books, cancels and imports: all through the door."""

    def _register(self, course, *people, **vals):
        lines = [Command.create(person) for person in people]
        wizards = self.env["drk.ktv.register"].with_user(self.clerk)
        return wizards.create({"event_id": course.id, "line_ids": lines, **vals})

    def test_clerk_books_one_person(self):
        course = self._create_course()
        action = self._register(course, self._person(1)).action_book()
        registration = self.env["event.registration"].browse(action["res_id"])
        self.assertEqual((registration.name, registration.state), ("Vera1 Beispiel1", "open"))

    def test_clerk_books_a_company_group(self):
        course = self._create_course(seats=3)
        people = [self._person(number) for number in (1, 2, 3)]
        wizard = self._register(course, *people, payer_kind="company", payer_name="Muster AG", payer_zip="44135")
        wizard.action_book()
        self.assertEqual(course.drk_taken, 3)
        self.assertEqual(course.registration_ids.drk_payer_id.name, "Muster AG")

    def test_wizard_offers_the_waiting_list(self):
        course = self._create_course(seats=1)
        self._book(course, 1)
        wizard = self._register(course, self._person(2))
        self.assertTrue(wizard.needs_waiting)
        with self.assertRaises(CourseFull):
            wizard.action_book()
        wizard.to_waiting_list = True
        wizard.action_book()
        self.assertEqual(course.drk_waiting_count, 1)

    def test_wizard_says_who_is_known(self):
        course = self._create_course(seats=5)
        self._book(course, 1)
        wizard = self._register(course, self._person(1), self._person(2))
        self.assertIn("Vera1 Beispiel1", wizard.line_ids[0].hint)
        self.assertNotIn("Vera2", wizard.line_ids[1].hint)

    def test_wizard_takes_a_known_person(self):
        person = self._book(self._create_course(), 1).drk_participant_id
        course = self._create_course(days=40)
        with Form(self.env["drk.ktv.register"].with_user(self.clerk)) as form:
            form.event_id = course
            with form.line_ids.new() as line:
                line.partner_id = person
                self.assertEqual(line.lastname, "Beispiel1")
        form.record.action_book()
        self.assertEqual(course.registration_ids.drk_participant_id, person)

    def test_privacy_information_is_recorded(self):
        channel = self.env["drk.consent.channel"].search([("key", "!=", "I")], limit=1)
        course = self._create_course()
        self._register(course, self._person(1), privacy_channel_id=channel.id).action_book()
        consent = course.registration_ids.drk_participant_id.drk_consent_ids
        self.assertEqual((consent.kind, consent.channel_id), ("informed", channel))

    def test_clerk_cancels_by_the_button(self):
        course = self._create_course(seats=1)
        seated, waiting = self._book(course, 1), self._book(course, 2, on_full="waiting")
        action = seated.with_user(self.clerk).action_cancel()
        wizard = self.env["drk.ktv.cancel"].with_user(self.clerk).with_context(**action["context"])
        wizard.create({"reason": "krank"}).action_cancel()
        self.assertEqual((seated.state, waiting.state), ("cancel", "offered"))

    # ------------------------------------------------------------------ import
    def _import(self, lines, name="liste.csv", **vals):
        content = "\r\n".join([HEADER, *lines]).encode("cp1252") if isinstance(lines, list) else lines
        wizards = self.env["drk.ktv.import"].with_user(self.clerk)
        return wizards.create({"file": base64.b64encode(content), "filename": name, **vals})

    def test_import_books_all_rows(self):
        """Participants from a file are taken over without retyping."""
        course, other = self._create_course(seats=5), self._create_course(seats=5, days=30)
        wizard = self._import(
            [
                f"{course.drk_number};Jürgen;Müller;01.02.1990;jm@example.org;44135;Musterstadt;Bau GmbH;44135",
                f"{other.drk_number};Ann;Other;1991-03-04;;01067;Dresden;;",
            ]
        )
        wizard.action_import()
        self.assertFalse(wizard.errors)
        registration = course.registration_ids
        self.assertEqual((registration.name, registration.drk_channel), ("Jürgen Müller", "import"))
        self.assertEqual((registration.drk_payer_id.name, registration.drk_payer_kind), ("Bau GmbH", "company"))
        self.assertEqual(other.registration_ids.drk_plz_area, "01")

    def test_import_with_one_bad_row_writes_nothing(self):
        course = self._create_course(seats=1)
        row = f"{course.drk_number};Ann;Other;;;;;;"
        for bad, word in (
            ("EH-1999-0001;A;B;;;;;;", "EH-1999-0001"),
            (f"{course.drk_number};A;;;;;;;", "3"),
            (f"{course.drk_number};A;B;31.02.2000;;;;;", "31.02.2000"),
            (f"{course.drk_number};A;B;;;;;;", "3"),  # only one seat
        ):
            wizard = self._import([row, bad])
            wizard.action_import()
            self.assertIn(word, wizard.errors)
            self.assertEqual(len(wizard.errors.splitlines()), 1)
            self.assertFalse(course.registration_ids)
            self.assertFalse(self.env["res.partner"].search([("lastname", "=", "Other")]))

    def test_import_reads_excel(self):
        course = self._create_course()
        book = Workbook()
        book.active.append(["Vorname", "Nachname", "PLZ"])
        book.active.append(["Ann", "Other", 44135])
        stream = io.BytesIO()
        book.save(stream)
        self._import(stream.getvalue(), "liste.xlsx", event_id=course.id).action_import()
        self.assertEqual(course.registration_ids.drk_plz_area, "44")

    def test_import_refuses_what_is_no_table(self):
        for content, name in ((b"\n", "x.csv"), (b"PK no zip", "x.xlsx"), (b"\x00\xff", "x.csv")):
            with self.assertRaises(UserError):
                self._import(content, name).action_import()

    def test_import_does_not_reach_association_b(self):
        course = self._create_course_b()
        wizard = self._import([f"{course.drk_number}X;A;B;;;;;;", f"{course.drk_number};A;B;;;;;;"])
        wizard.action_import()
        self.assertIn(course.drk_number, wizard.errors)
        self.assertFalse(course.registration_ids)

    def test_import_keeps_to_the_chosen_association(self):
        """Numbers repeat between associations: who works for both books at the one that is chosen."""
        both = self.association_a | self.association_b
        self.clerk.company_ids = [Command.set(both.ids)]
        course, other = self._create_course(), self._create_course_b()
        other.drk_number = course.drk_number
        wizard = self._import([f"{course.drk_number};Ann;Other;;;;;;"])
        wizard.with_context(allowed_company_ids=both.ids).action_import()
        self.assertEqual(len(course.registration_ids), 1)
        self.assertFalse(other.registration_ids)
        only_b = self._create_course_b()
        only_b.drk_number = "EH-2099-0001"
        wizard = self._import([f"{only_b.drk_number};Ann;Other;;;;;;"])
        wizard.with_context(allowed_company_ids=both.ids).action_import()
        self.assertIn(only_b.drk_number, wizard.errors)
        self.assertFalse(only_b.registration_ids)
