import base64
import io

from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError, UserError
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

    def test_wizards_are_read_and_changed_by_their_owner_alone(self):
        course = self._create_course(seats=5)
        register = self._register(course, self._person(1))
        with trap_jobs():
            booking = self._book(course, 2)
        env = register.env
        content = base64.b64encode(b"Nachname\nOther")
        message = {"registration_id": booking.id, "kind": "confirmation"}
        wizards = [
            (register, {"payer_name": "X"}),
            (register.line_ids, {"lastname": "X"}),
            (env["drk.ktv.cancel"].create({"registration_ids": booking.ids}), {"reason": "X"}),
            (env["drk.ktv.cancel.course"].create({"event_id": course.id, "reason": "krank"}), {"reason": "X"}),
            (env["drk.ktv.import"].create({"file": content}), {"filename": "X"}),
            (env["drk.course.mail.wizard"].create(message), {"subject": "X"}),
            (self.env["drk.ktv.settings"].with_user(self.manager).create({}), {"drk_ktv_sender": "x@example.org"}),
        ]
        groups = "drk_ktv.group_drk_ktv_manager"
        for stranger in (self._user("stranger-a", groups), self._user("stranger-b", groups, self.association_b)):
            for wizard, vals in wizards:
                foreign = wizard.with_user(stranger).with_context(allowed_company_ids=stranger.company_ids.ids)
                with self.subTest(wizard._name, user=stranger.login):
                    self.assertFalse(foreign.search([("id", "in", wizard.ids)]))
                    for act in (foreign.read, lambda: foreign.write(vals), foreign.unlink):  # noqa: B023
                        with self.assertRaises(AccessError):
                            act()
            with self.assertRaises(AccessError):
                env["drk.ktv.register.line"].with_user(stranger).create({"wizard_id": register.id, "lastname": "X"})
            self.env.invalidate_all()
        for wizard, vals in wizards:
            wizard.write(vals)

    def test_wizard_does_not_say_who_is_known_elsewhere(self):
        """A clerk who names a course of another association learns nothing about its people."""
        course = self._create_course_b()
        course.with_user(self.clerk_b)._drk_book([self._person(1)])
        wizards, lines = (
            self.env[model].with_user(self.clerk) for model in ("drk.ktv.register", "drk.ktv.register.line")
        )
        with self.assertRaises(AccessError):
            wizards.create({"event_id": course.id, "line_ids": [Command.create(self._person(1))]})
        with self.assertRaises(AccessError):
            wizards.onchange({"event_id": course.id}, ["event_id"], {"free": {}})
        values = {**self._person(1), "birthdate_date": "1961-05-04", "company_id": self.association_b.id}
        shown = lines.onchange(values, ["lastname"], {"hint": {}})["value"]
        self.assertFalse(shown.get("hint"))
        shown = lines.onchange({**values, "company_id": self.association_a.id}, ["lastname"], {"hint": {}})["value"]
        self.assertTrue(shown["hint"])

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
