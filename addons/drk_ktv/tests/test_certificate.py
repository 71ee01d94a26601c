import re
from datetime import timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from odoo import Command, fields
from odoo.addons.mail.tests.common import MockEmail
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ..models import drk_certificate
from ..tools import certificate as tools
from .certificate_common import CertificateCase, pdf_pages


@tagged("post_install", "-at_install")
class TestCertificate(CertificateCase):
    """Issue: who gets one, what it keeps, its number and code."""

    def test_issued_to_who_attended_all_sessions_alone(self):
        registrations = self._attended([self._person(n) for n in (1, 2, 3)], absent=(1,))
        certificates = self._issue(registrations)
        self.assertEqual(certificates.registration_id, registrations[0] | registrations[2])
        self.assertEqual(set(certificates.mapped("state")), {"valid"})

    def test_issuing_twice_gives_the_same(self):
        registrations = self._attended([self._person(1)])
        first = self._issue(registrations)
        self.assertEqual(self._issue(registrations), first)
        self.assertEqual(registrations.drk_certificate_ids, first)

    def test_one_valid_original_is_guarded_by_the_database(self):
        registrations = self._attended([self._person(1)])
        self._issue(registrations)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["drk.certificate"]._issue(registrations)
            self.env.flush_all()

    def test_name_and_birth_date_stay_as_issued(self):
        certificate = self._issue(self._attended([self._person(1)]))
        person = certificate.drk_person_id
        name, born = person.name, person.birthdate_date
        person.write({"lastname": "Anders", "birthdate_date": "2000-01-01"})
        self.env.flush_all()
        self.assertEqual((certificate.holder_name, certificate.holder_birthdate), (name, born))

    def test_numbers_have_no_gap_and_begin_anew_each_year(self):
        with freeze_time("2031-12-30 10:00:00"):
            first = self._issue(self._attended([self._person(1), self._person(2)]))
        with freeze_time("2032-01-10 10:00:00"):
            second = self._issue(self._attended([self._person(3)]))
        self.assertEqual(first.mapped("number"), ["TB-2031-00001", "TB-2031-00002"])
        self.assertEqual(second.number, "TB-2032-00001")

    def test_number_of_a_failed_issue_comes_again(self):
        registrations = self._attended([self._person(1)])
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self._issue(registrations)
            raise ZeroDivisionError
        self.env.invalidate_all()
        certificate = self._issue(registrations)
        self.assertEqual(certificate.number, f"TB-{self.today.year}-00001")

    def test_associations_count_for_themselves(self):
        self._issue(self._attended([self._person(1)]))
        self.assertNotEqual(
            self.association_a._drk_certificate_sequence(), self.association_b._drk_certificate_sequence()
        )

    def test_code_cannot_be_guessed(self):
        codes = {tools.new_code() for _ in range(500)}
        self.assertEqual(len(codes), 500)
        self.assertTrue(all(len(code) == 28 and set(code) <= set(tools.ALPHABET) for code in codes))
        self.assertGreaterEqual(len(tools.ALPHABET) ** tools.CODE_LENGTH, 2**128)

    def test_kept_as_long_as_the_rules_of_the_insurers_say(self):
        certificate = self._issue(self._attended([self._person(1)]))
        self.assertEqual(certificate.drk_keep_until, certificate.drk_last_activity + relativedelta(years=5))
        self.assertIn("4.6", certificate.drk_keep_reason)
        line = self.env["drk.engagement"].search([("res_model", "=", "drk.certificate")])
        self.assertEqual(line.person_id, certificate.drk_person_id)

    def test_course_without_insurers_has_no_legal_period(self):
        self.kind = self._kind("EHK")
        certificate = self._issue(self._attended([self._person(1)], drk_kind_id=self.kind.id))
        self.assertFalse(certificate.drk_keep_until)

    def test_missing_certificates_are_found(self):
        registrations = self._attended([self._person(1), self._person(2)], absent=(1,))
        course = registrations.event_id.with_user(self.clerk)
        missing = [("drk_certificate_state", "=", "missing"), ("event_id", "=", course.id)]
        search = self.env["event.registration"].with_user(self.clerk).search
        self.assertEqual(search(missing), registrations[0])
        self.assertEqual(registrations.mapped("drk_certificate_state"), ["missing", "none"])
        self.assertEqual((course.drk_certificate_count, course.drk_certificate_missing_count), (0, 1))
        self._issue(registrations)
        self.env.invalidate_all()
        self.assertFalse(search(missing))
        self.assertEqual((course.drk_certificate_count, course.drk_certificate_missing_count), (1, 0))
        self.assertEqual(registrations[0].drk_certificate_state, "valid")

    def test_booking_with_a_certificate_is_not_cancelled(self):
        registration = self._attended([self._person(1)])
        self._issue(registration)
        registration.state = "open"
        with self.assertRaises(UserError):
            registration.with_user(self.clerk)._drk_cancel()

    # ------------------------------------------------------------------ texts
    def test_words_in_braces_are_filled_in_and_nothing_is_evaluated(self):
        values = {"name": "<b>Vera</b> {ue}", "units": "9"}
        filled = tools.fill("<p>{Name}: {ue} {object.env} {{name}} ${name} {0} {}</p>", values)
        self.assertEqual(
            filled,
            "<p>&lt;b&gt;Vera&lt;/b&gt; {ue}: 9 {object.env} {&lt;b&gt;Vera&lt;/b&gt; {ue}}"
            " $&lt;b&gt;Vera&lt;/b&gt; {ue} {0} {}</p>",
        )

    def test_unknown_word_in_braces_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "{passwort}"):
            self.kind.with_user(self.manager).certificate_text = "<p>{name} {passwort}</p>"

    def test_hostile_text_stays_text(self):
        self.kind.certificate_text = "<p>{kurs}<script>alert(1)</script><t t-out='1+1'/> {{ 7*7 }}".replace(
            "{{ 7*7 }}", "%(x)s"
        )
        certificate = self._issue(self._attended([self._person(1, lastname="<t t-out='7*7'>{ue}")]))
        self.assertNotIn("<script", certificate.text)
        self.assertNotIn("<t ", certificate.text)
        (page,) = self._pdf_pages(certificate)
        self.assertIn("<t t-out='7*7'>{ue}", page)

    def test_standard_texts_of_the_kinds(self):
        self.env["res.lang"]._activate_lang("en_US")
        german = self.env["drk.course.kind"].with_context(lang="de_DE")
        for code, words in (
            ("EH", "§ 19 der Fahrerlaubnis-Verordnung"),
            ("EHF", "Erste-Hilfe-Fortbildung nach dem DGUV Grundsatz 304-001"),
            ("EHB", "Bildungs- und Betreuungseinrichtungen für Kinder nach dem DGUV Grundsatz"),
            ("EHK", "ersetzt weder"),
        ):
            kind = german.browse(self._kind(code).id)
            kind.action_drk_certificate_standard_texts()
            self.assertIn(words, kind.certificate_legal_text)
            self.assertIn("{ue}", kind.certificate_text)
            self.assertIn("{units}", kind.with_context(lang="en_US").certificate_text)
            self.assertFalse(tools.unknown_placeholders(kind.certificate_text + kind.certificate_legal_text))
        self.assertNotIn("DGUV", german.browse(self._kind("EHK").id).certificate_legal_text)

    def test_kind_without_texts_has_a_plain_certificate(self):
        self.kind.write(dict.fromkeys(("certificate_title", "certificate_text", "certificate_legal_text"), False))
        (page,) = self._pdf_pages(self._issue(self._attended([self._person(1)])))
        self.assertIn("Teilnahmebescheinigung", page)
        self.assertNotIn("DGUV", page)

    # ------------------------------------------------------------------ print
    def test_printed_certificate_says_everything(self):
        """D-KTV-23: a participant who attended gets a printed certificate; the PDF says who, what, when, where."""
        vals = {"drk_instructor_id": self.instructor.id}
        registration = self._attended([self._person(1)], **vals)
        action = registration.event_id.with_user(self.clerk).action_drk_certificates_print()
        self.assertEqual((action["type"], action["report_type"]), ("ir.actions.report", "qweb-pdf"))
        certificate = registration.drk_certificate_ids
        (page,) = self._pdf_pages(certificate)
        day = certificate.drk_last_activity
        for words in (
            "Bescheinigung über die Ausbildung in Erster Hilfe",
            "Vera1 Beispiel1",
            "geboren am 04.05.1961",
            "9 Unterrichtseinheiten zu je 45 Minuten",
            f"{day.day}. ",
            str(day.year),
            "Lehrsaal 1",
            "Ina Lehrend",
            self.association_a.name,
            "Kennziffer 8.1234",
            "DGUV Grundsatz 304-001",
            "§ 19 der Fahrerlaubnis",
            f"Musterstadt, {certificate.issued_on:%d.%m.%Y}",
            f"Bescheinigung Nr. {certificate.number}",
            certificate._grouped_code(),
            registration.event_id.drk_number,
        ):
            self.assertIn(words, page)

    def test_all_sessions_with_their_places_are_named(self):
        second = self.env["drk.room"].create({"name": "Saal Nord", "company_id": self.association_a.id})
        begin = fields.Datetime.now().replace(hour=8, minute=0, second=0, microsecond=0)
        sessions = [
            Command.create(
                {
                    "date_begin": begin + timedelta(days=30 + number),
                    "date_end": begin + timedelta(days=30 + number, hours=4),
                    "room_id": room.id,
                }
            )
            for number, room in enumerate((self.room, second))
        ]
        registration = self._attended([self._person(1)], drk_session_ids=sessions)
        (page,) = self._pdf_pages(self._issue(registration))
        self.assertEqual(len(registration.drk_certificate_ids.sessions), 2)
        self.assertIn("Lehrsaal 1", page)
        self.assertIn("Saal Nord", page)

    def test_all_in_one_file_in_order(self):
        registrations = self._attended([self._person(n, lastname=f"Name{9 - n}") for n in range(1, 5)])
        pages = self._pdf_pages(self._issue(registrations))
        self.assertEqual(len(pages), 4)
        names = [re.search(r"Vera\d (Name\d)", page)[1] for page in pages]
        self.assertEqual(len(set(names)), 4)

    def test_certificate_in_english(self):
        self.association_a.partner_id.lang = "en_US"
        (page,) = self._pdf_pages(self._issue(self._attended([self._person(1)])))
        self.assertIn("Certificate of first aid training", page)
        self.assertIn("took part in all of a first aid training with 9 teaching units of 45 minutes each", page)

    def test_long_names_and_texts_fill_more_pages(self):
        self.kind.certificate_legal_text = "<p>Sehr langer Text.</p>" * 120
        registration = self._attended([self._person(1, lastname="Müller-Lüdenscheidt " * 6)])
        pages = self._pdf_pages(self._issue(registration))
        self.assertGreater(len(pages), 1)
        self.assertIn("Unterschrift und Stempel", " ".join(pages))

    def test_many_are_printed_by_a_long_work(self):
        registrations = self._attended([self._person(n) for n in range(1, 8)])
        certificates = self._issue(registrations)
        target = "odoo.addons.drk_ktv.models"
        with (
            patch.object(drk_certificate, "PRINT_AT_ONCE", 5),
            patch(f"{target}.drk_certificate_print.CHUNK", 3),
            trap_jobs() as trap,
        ):
            action = certificates.action_drk_print()
            trap.assert_jobs_count(3)
            trap.perform_enqueued_jobs()
        job = self.env["drk.job"].browse(action["res_id"]).with_user(self.clerk)
        self.assertEqual((job.state, job.percent), ("done", 100))
        order = job.certificate_print_id
        content = self.env["ir.attachment"].search(
            [("res_model", "=", order._name), ("res_id", "=", order.id), ("res_field", "=", "pdf")]
        )
        self.assertEqual(len(content), 1)
        pages = pdf_pages(content.with_user(self.clerk).raw)
        wanted = certificates._printable().mapped("number")
        self.assertEqual([re.search(r"TB-\d{4}-\d{5}", page)[0] for page in pages], wanted)
        self.assertIn("/pdf", job.action_certificate_download()["url"])
        for user in (self.clerk_b, self.teacher):
            with self.assertRaises(AccessError):
                content.with_user(user).read(["raw"])
        with freeze_time(fields.Datetime.now() + timedelta(days=8)):
            self.env["drk.certificate.print"]._gc_old()
        self.assertFalse(order.exists() or content.exists())

    def test_withdrawn_certificate_is_not_printed(self):
        certificate = self._issue(self._attended([self._person(1)]))
        certificate.with_user(self.manager)._drk_withdraw("Irrtum")
        with self.assertRaises(UserError):
            certificate.with_user(self.clerk).action_drk_print()
        with self.assertRaises(UserError):
            self._pdf_pages(certificate)

    # ------------------------------------------------------------------ replacement
    def test_replacement_in_two_clicks(self):
        certificate = self._issue(self._attended([self._person(1)]))
        certificate.drk_person_id.lastname = "Anders"
        action = certificate.with_user(self.clerk).action_drk_replace()
        wizards = self.env[action["res_model"]].with_user(self.clerk).with_context(**action["context"])
        model = type(self.env["drk.certificate"])
        with (
            patch.object(model, "_drk_replacement_fee", lambda self: 12.5),
            patch.object(model, "_post_drk_replace", autospec=True) as hook,
        ):
            wizard = wizards.create({})
            self.assertEqual((wizard.fee, wizard.number), (12.5, certificate.number))
            self.assertEqual(wizard.action_replace()["type"], "ir.actions.report")
        new = certificate.duplicate_ids
        hook.assert_called_once_with(new)
        self.assertEqual(new.holder_name, "Vera1 Beispiel1")
        self.assertNotEqual((new.number, new.code), (certificate.number, certificate.code))
        (page,) = self._pdf_pages(new)
        self.assertIn(f"Zweitschrift zu Nr. {certificate.number}", page)
        self.assertEqual(certificate.state, "valid")
        self.assertEqual(new.with_user(self.clerk)._drk_replace().original_id, certificate)
        self.assertEqual(self._issue(certificate.registration_id).original_id, certificate)

    def test_fee_is_none_as_long_as_nobody_sets_one(self):
        self.assertEqual(self._issue(self._attended([self._person(1)]))._drk_replacement_fee(), 0.0)

    def test_withdrawn_certificate_is_not_replaced(self):
        certificate = self._issue(self._attended([self._person(1)]))
        certificate.with_user(self.manager)._drk_withdraw("Irrtum")
        with self.assertRaises(UserError):
            certificate.with_user(self.clerk)._drk_replace()

    def test_nobody_gets_another_one_when_attendance_was_corrected(self):
        certificate = self._issue(self._attended([self._person(1)]))
        certificate.registration_id.drk_attendance_ids[:1].state = "absent"
        for again in ("_drk_replace", "_drk_correct"):
            with self.assertRaisesRegex(UserError, "Vera1 Beispiel1"):
                getattr(certificate.with_user(self.clerk), again)(*(["Schreibfehler"] if "correct" in again else []))
        self.assertEqual(certificate.state, "valid")

    # ------------------------------------------------------------------ withdraw, correct
    def test_manager_withdraws_with_a_reason(self):
        certificate = self._issue(self._attended([self._person(1)]))
        copy = certificate.with_user(self.clerk)._drk_replace()
        action = certificate.with_user(self.manager).action_drk_withdraw()
        wizards = self.env[action["res_model"]].with_user(self.manager).with_context(**action["context"])
        wizards.create({"reason": "War früher gegangen"}).action_withdraw()
        self.assertEqual((certificate | copy).mapped("state"), ["withdrawn", "withdrawn"])
        self.assertEqual(certificate.withdrawn_by_id, self.manager)
        self.assertEqual(certificate.withdrawn_on, self.today)
        self.assertEqual(certificate.registration_id.drk_certificate_state, "withdrawn")
        self.assertFalse(self._issue(certificate.registration_id), "not issued again by itself")

    def test_reason_is_needed(self):
        certificate = self._issue(self._attended([self._person(1)]))
        with self.assertRaises(UserError):
            certificate.with_user(self.manager)._drk_withdraw("  ")

    def test_clerk_withdraws_nothing(self):
        certificate = self._issue(self._attended([self._person(1)])).with_user(self.clerk)
        with self.assertRaises(AccessError):
            certificate._drk_withdraw("Irrtum")
        with self.assertRaises(AccessError):
            self.env["drk.certificate.withdraw"].with_user(self.clerk).create(
                {"certificate_ids": [Command.set(certificate.ids)], "reason": "x"}
            )
        certificate.with_user(self.manager)._drk_withdraw("Irrtum")
        with self.assertRaises(AccessError):
            certificate._drk_correct("doch nicht")

    def test_wrong_name_is_corrected_in_one_step(self):
        old = self._issue(self._attended([self._person(1)]))
        action = old.with_user(self.clerk).action_drk_correct()
        wizards = self.env[action["res_model"]].with_user(self.clerk).with_context(**action["context"])
        wizard = wizards.create({"lastname": "Beispielfrau", "reason": "Schreibfehler"})
        self.assertEqual((wizard.holder_name, wizard.firstname), ("Vera1 Beispiel1", "Vera1"))
        self.assertEqual(wizard.action_correct()["type"], "ir.actions.report")
        new = old.successor_id
        self.assertEqual((old.state, new.state, new.holder_name), ("withdrawn", "valid", "Vera1 Beispielfrau"))
        self.assertEqual((old.withdrawn_reason, old.drk_person_id.lastname), ("Schreibfehler", "Beispielfrau"))
        self.assertEqual(self._issue(old.registration_id), new)

    def test_list_of_withdrawn_certificates(self):
        certificates = self._issue(self._attended([self._person(1), self._person(2)]))
        certificates[0].with_user(self.manager)._drk_withdraw("War früher gegangen")
        report = self.env["ir.actions.report"].with_user(self.clerk).with_context(lang="de_DE")
        (page,) = pdf_pages(report._drk_pdf("drk_ktv.report_certificate_withdrawn", certificates))
        for words in ("Liste der zurückgezogenen Bescheinigungen", certificates[0].number, "War früher gegangen"):
            self.assertIn(words, page)
        self.assertNotIn(certificates[1].number, page)
        with self.assertRaises(UserError):
            report._drk_pdf("drk_ktv.report_certificate_withdrawn", certificates[1])

    # ------------------------------------------------------------------ roles
    def test_instructor_reads_those_of_own_courses_alone(self):
        own = self._attended([self._person(1)], drk_instructor_id=self.instructor.id)
        other = self._attended([self._person(2)], days=5)
        mine, theirs = self._issue(own), self._issue(other)
        env = self.env(user=self.teacher.id)
        self.assertEqual(env["drk.certificate"].search([]), mine)
        self.assertEqual(len(self._pdf_pages(mine, user=self.teacher)), 1)
        with self.assertRaises(AccessError):
            theirs.with_env(env).read(["number"])
        with self.assertRaises(AccessError):
            self._pdf_pages(theirs, user=self.teacher)
        for act in (
            lambda: self._issue(own, user=self.teacher),
            lambda: mine.with_env(env)._drk_replace(),
            lambda: mine.with_env(env)._drk_correct("x"),
            lambda: mine.with_env(env)._drk_withdraw("x"),
            lambda: mine.with_env(env).action_drk_mail(),
            lambda: mine.with_env(env).write({"holder_name": "x"}),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_nobody_writes_or_deletes_one_by_hand(self):
        certificate = self._issue(self._attended([self._person(1)]))
        for user in (self.clerk, self.manager):
            with self.assertRaises(AccessError):
                certificate.with_user(user).write({"holder_name": "Anders"})
            with self.assertRaises(AccessError):
                certificate.with_user(user).unlink()
            with self.assertRaises(AccessError):
                certificate.with_user(user).copy()

    def test_other_association_sees_and_does_nothing(self):
        registrations = self._attended([self._person(1)])
        certificate = self._issue(registrations)
        env = self.env(user=self.clerk_b.id, context={"allowed_company_ids": self.association_b.ids})
        self.assertFalse(env["drk.certificate"].search([]))
        for act in (
            lambda: registrations.with_env(env)._drk_issue_certificates(),
            lambda: certificate.with_env(env).action_drk_print(),
            lambda: certificate.with_env(env)._drk_replace(),
            lambda: env["drk.certificate.replace"].create({"certificate_id": certificate.id}),
            lambda: env["drk.certificate.correct"].create({"certificate_id": certificate.id}),
            lambda: env["drk.certificate.correct"].onchange(
                {"certificate_id": certificate.id}, ["certificate_id"], {"holder_name": {}, "lastname": {}}
            ),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_manager_sets_the_authorisation_number(self):
        settings = (
            self.env["drk.ktv.settings"].with_user(self.manager).create({"drk_ktv_authorisation_number": " 8.77 "})
        )
        settings.action_save()
        self.assertEqual(self.association_a.drk_ktv_authorisation_number, "8.77")


@tagged("post_install", "-at_install")
class TestCertificateMail(CertificateCase, MockEmail):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.association_a.email = "kurse@example.org"

    def _send(self, certificates):
        with trap_jobs() as trap, self.mock_mail_gateway():
            certificates.with_user(self.clerk).with_context(drk_no_mail=False).action_drk_mail()
            trap.perform_enqueued_jobs()
            self.env["mail.mail"].process_email_queue()
        self.env.invalidate_all()
        return self._mails

    def test_each_participant_gets_the_own_certificate(self):
        registrations = self._attended([self._person(1), self._person(2)])
        mails = self._send(self._issue(registrations))
        self.assertEqual(
            sorted(mail["email_to"][0] for mail in mails),
            ['"Vera1 Beispiel1" <vera1@example.org>', '"Vera2 Beispiel2" <vera2@example.org>'],
        )
        for mail in mails:
            number = re.search(r"Vera\d", mail["email_to"][0])[0]
            ((name, content, _mimetype),) = mail["attachments"]
            self.assertIn("Bescheinigung-TB-", name)
            (page,) = pdf_pages(content)
            self.assertIn(number, page)
            self.assertIn(number, mail["body"])
            self.assertNotIn("dl1.", mail["body"])

    def test_without_an_address_the_office_reads_why(self):
        registrations = self._attended([self._person(1, email=False)])
        self.assertFalse(self._send(self._issue(registrations)))
        self.assertEqual(registrations.drk_mail_state, "failed")

    def test_withdrawn_meanwhile_is_not_sent(self):
        certificate = self._issue(self._attended([self._person(1)]))
        with trap_jobs() as trap:
            certificate.with_user(self.clerk).with_context(drk_no_mail=False).action_drk_mail()
            certificate.with_user(self.manager)._drk_withdraw("Irrtum")
            trap.perform_enqueued_jobs()
        self.assertEqual(certificate.registration_id.drk_course_mail_ids.state, "replaced")
