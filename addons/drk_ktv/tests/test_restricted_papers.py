from lxml import html
from odoo import fields
from odoo.addons.drk_web.tests.common import DrkHttpCase
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .attendance_common import AttendanceMixin
from .certificate_common import CertificateBuilder
from .restricted_common import NO_NAME, RestrictedCase

CERTIFICATE = ("holder_name", "holder_birthdate", "text", "legal_text")
MAIL = ("email_to", "subject", "body", "failure_reason")


class RestrictedPapersCase(RestrictedCase, CertificateBuilder):
    """A course that is over, one of its two participants is restricted since."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.room = cls.env["drk.room"].search([("company_id", "=", cls.association_a.id)], limit=1)
        cls.kind.action_drk_certificate_standard_texts()
        people = [cls._person(1), cls._person(2)]
        cls.bookings = cls._attended(people, drk_instructor_id=cls.instructor.id).sudo()
        cls.booking, cls.other = cls.bookings
        cls.past_course = cls.booking.event_id
        cls.certificates = cls.bookings.with_user(cls.clerk)._drk_issue_certificates().sudo().sorted("id")
        cls.certificate = cls.certificates.filtered(lambda c: c.registration_id == cls.booking)
        cls._restrict(cls.booking.drk_participant_id)


@tagged("post_install", "-at_install")
class TestRestrictedCertificates(RestrictedPapersCase):
    """The screen does not say for whom a certificate is, the paper does."""

    def test_no_field_tells_for_whom_it_is(self):
        for user in self.shut:
            row = self._as(user, self.certificate).read(CERTIFICATE)[0]
            self.assertEqual([row[name] for name in CERTIFICATE], [NO_NAME, False, False, False], user.login)
        for user in self.open:
            row = self._as(user, self.certificate).read(CERTIFICATE)[0]
            self.assertEqual(row["holder_name"], self.booking.name)
            self.assertTrue(row["holder_birthdate"] and row["text"], user.login)

    def test_every_field_of_the_views(self):
        domain = [("id", "in", self.certificates.ids)]
        for user in self.shut + self.open:
            for kind, name in (("form", "form"), ("list", "list"), ("list", "list_withdrawn")):
                spec = self._spec(user, "drk.certificate", f"drk_ktv.drk_certificate_view_{name}", kind)
                self._clean()
                rows = self._as(user, self.env["drk.certificate"]).web_search_read(domain, spec)["records"]
                self._assert_named(user, rows)
                self.assertIn("Vera2", str(rows))

    def test_a_guessed_name_is_not_confirmed(self):
        domain = [("id", "in", self.certificates.ids), ("holder_name", "ilike", "Vera1")]
        for user in self.shut + self.open:
            found = self._as(user, self.env["drk.certificate"]).search(domain)
            self.assertEqual(found.ids, self.certificate.ids if user in self.open else [], user.login)
        domain[1] = ("holder_name", "ilike", "Vera2")
        self.assertTrue(self._as(self.clerk, self.env["drk.certificate"]).search(domain))

    def test_groups_and_export(self):
        domain, columns = [("id", "in", self.certificates.ids)], ["number", "holder_name", "holder_birthdate"]
        for user in self.clerk + self.open:
            certificates = self._as(user, self.certificates)
            self._assert_named(user, certificates.export_data(columns)["datas"])
            self.assertIn(self.certificate.number, str(certificates.export_data(columns)["datas"]))
            if user in self.open:
                self._assert_named(user, certificates.formatted_read_group(domain, ["holder_name"], ["__count"]))
                continue
            for by in ("holder_name", "holder_birthdate:month"):
                with self.assertRaises(AccessError):
                    certificates.formatted_read_group(domain, [by], ["__count"])
            self.assertEqual(len(certificates.formatted_read_group(domain, ["number"], ["__count"])), 2)

    def test_paper_keeps_the_name(self):
        report = self._as(self.clerk, self.env["ir.actions.report"])
        page, _kind = report._render_qweb_html("drk_ktv.report_certificate", self.certificate.ids)
        self.assertIn(self.booking.name, page.decode())

    def test_list_of_withdrawn_ones(self):
        self.certificates._set_withdrawn("Irrtum")
        for user in self.clerk + self.open:
            self._clean()
            report = self._as(user, self.env["ir.actions.report"])
            page, _kind = report._render_qweb_html("drk_ktv.report_certificate_withdrawn", self.certificates.ids)
            self._assert_named(user, page.decode())

    def test_dialogs(self):
        for user in self.clerk + self.officer:
            self._clean()
            dialog = self._as(user, self.env["drk.certificate.replace"])
            self._assert_named(user, dialog.create({"certificate_id": self.certificate.id}).holder_name)
        correct = {"default_certificate_id": self.certificate.id}
        with self.assertRaises(AccessError):
            Form(self._as(self.clerk, self.env["drk.certificate.correct"]).with_context(**correct))
        with self.assertRaises(AccessError):
            self._as(self.clerk, self.env["drk.certificate.correct"]).create(
                {"certificate_id": self.certificate.id, "lastname": "X"}
            )
        form = Form(self._as(self.officer, self.env["drk.certificate.correct"]).with_context(**correct))
        self.assertEqual(form.lastname, "Beispiel1")

    def test_refused_replacement_names_nobody(self):
        self.booking.drk_attendance_ids.write({"state": "absent"})
        for user in self.clerk + self.officer:
            self._clean()
            with self.assertRaises(UserError) as caught:
                self._as(user, self.certificate)._drk_replace()
            self._assert_named(user, caught.exception)

    def test_other_association_reads_nothing(self):
        with self.assertRaises(AccessError):
            self._as(self.clerk_b, self.certificate).read(["holder_name"])


@tagged("post_install", "-at_install")
class TestRestrictedMails(RestrictedPapersCase):
    """What was written about a course of the past is not shown of a restricted person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mails = (
            cls.env["drk.course.mail"].sudo().create([cls._mail_vals(1, cls.booking), cls._mail_vals(2, cls.other)])
        )
        cls.mail = cls.mails[0]
        cls._clean()

    @classmethod
    def _mail_vals(cls, number, bookings, **vals):
        email = f"vera{number}@example.org"
        return {
            "event_id": cls.past_course.id,
            "company_id": cls.association_a.id,
            "registration_ids": [Command.set(bookings.ids)],
            "booking_key": f"key-{number}",
            "partner_id": bookings[:1].drk_participant_id.id,
            "email_to": email,
            "kind": "cancel",
            "state": "failed",
            "subject": f"Absage für Vera{number}",
            "body": f"<p>Guten Tag Vera{number}</p>",
            "failure_reason": f"{email} is unknown",
            **vals,
        }

    def test_no_field_tells_to_whom_it_went(self):
        row = self._as(self.clerk, self.mail).read(MAIL)[0]
        self.assertEqual([row[name] for name in MAIL], [False] * 4)
        for user in self.open:
            row = self._as(user, self.mail).read(MAIL)[0]
            self.assertTrue(all(row[name] for name in MAIL), user.login)

    def test_a_guessed_address_is_not_confirmed(self):
        for user in self.clerk + self.open:
            mails = self._as(user, self.env["drk.course.mail"])
            self.assertEqual(
                bool(mails.search([("email_to", "=", "vera1@example.org")])), user in self.open, user.login
            )
            self.assertTrue(mails.search([("email_to", "=", "vera2@example.org")]))

    def test_every_field_of_the_views(self):
        domain = [("id", "in", self.mails.ids)]
        for user in self.clerk + self.open:
            for kind in ("form", "list"):
                spec = self._spec(user, "drk.course.mail", f"drk_ktv.drk_course_mail_view_{kind}", kind)
                self._clean()
                rows = self._as(user, self.env["drk.course.mail"]).web_search_read(domain, spec)["records"]
                self._assert_named(user, rows)
                self.assertIn("Vera2", str(rows))

    def test_groups_and_export(self):
        mails = self._as(self.clerk, self.mails)
        self.assertFalse(self._tells(mails.export_data([*MAIL, "partner_id/name"][:4])["datas"]))
        for by in ("email_to", "subject", "failure_reason"):
            with self.assertRaises(AccessError):
                mails.formatted_read_group([], [by], ["__count"])
        self.assertTrue(mails.formatted_read_group([], ["lang"], ["__count"]))

    def test_one_of_many_bookings_is_enough(self):
        mail = self.mail.create(self._mail_vals(1, self.bookings, partner_id=self.other.drk_participant_id.id))
        archived = self.mail.create(self._mail_vals(1, self.booking, partner_id=False))
        self.booking.active = False
        self._clean()
        for message in mail, archived:
            self.assertFalse(self._tells(self._as(self.clerk, message).read(MAIL)))
            self.assertTrue(self._tells(self._as(self.officer, message).read(MAIL)))

    def test_restricted_recipient_without_a_booking(self):
        mail = self.mail.create(self._mail_vals(1, self.other, partner_id=self.booking.drk_participant_id.id))
        self._clean()
        self.assertFalse(self._tells(self._as(self.clerk, mail).read(MAIL)))

    def test_nothing_is_written_by_hand(self):
        vals = {"registration_id": self.booking.id, "kind": "cancel"}
        for user in self.clerk + self.officer:
            self._clean()
            wizard = self._as(user, self.env["drk.course.mail.wizard"])
            if user == self.clerk:
                with self.assertRaises(AccessError):
                    wizard.create(vals)
            else:
                self._assert_named(user, wizard.create(vals).read(["recipient", "subject", "body"]))
        action = self._as(self.officer, self.booking)._drk_mail_wizard_action(
            "cancel", self._as(self.officer, self.mail)
        )
        self._assert_named(self.officer, action)
        with self.assertRaises(AccessError):
            self._as(self.clerk, self.booking)._drk_mail_wizard_action("cancel", self._as(self.clerk, self.mail))

    def test_length_of_a_list_costs_no_query(self):
        few = self.mail
        many = self.mail.create([self._mail_vals(1, self.booking, booking_key=str(n)) for n in range(30)])
        counts = []
        for mails in few, few, many:
            self._clean()
            mails = self._as(self.clerk, mails)
            before = self.env.cr.sql_log_count
            mails.read(MAIL)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1])

    def test_other_association_reads_nothing(self):
        with self.assertRaises(AccessError):
            self._as(self.clerk_b, self.mail).read(["email_to"])


@tagged("post_install", "-at_install")
class TestRestrictedLists(AttendanceMixin, RestrictedPapersCase, DrkHttpCase):
    """Lists and pages made anew after the course name nobody who is restricted since."""

    def _page(self, user):
        self.env.flush_all()
        self.authenticate(user.login, user.login)
        return self._get(f"/kurse/anwesenheit/{self.past_course.id}").text

    def test_page_of_the_attendance(self):
        for user in self.shut + self.officer:
            page = self._page(user)
            self._assert_named(user, page)
            self.assertEqual("04.05.1961" in page, user == self.officer)
            self.assertIn("04.05.1962", page)
            self.assertIn("Vera2", page)
            people = html.fromstring(page).xpath("//fieldset[contains(@class, 'drk-att-person')]/@data-person")
            self.assertEqual(set(people), {str(booking.id) for booking in self.bookings})

    def test_who_waited(self):
        self.env.cr.execute("UPDATE event_registration SET state = 'waiting' WHERE id = %s", [self.booking.id])
        self._clean()
        self.assertFalse(self._tells(self._page(self.teacher)))

    def test_before_the_end_the_course_needs_the_name(self):
        self.past_course.date_end = fields.Datetime.add(fields.Datetime.now(), hours=1)
        self._clean()
        self.assertTrue(self._tells(self._page(self.teacher)))

    def test_printed_lists(self):
        for user in self.clerk + self.open:
            for name in ("signature", "attendance"):
                self._clean()
                report = self._as(user, self.env["ir.actions.report"])
                page, _kind = report._render_qweb_html(f"drk_ktv.report_course_{name}_list", self.past_course.ids)
                self._assert_named(user, page.decode())
                self.assertIn("Vera2", page.decode())

    def test_what_is_missing_names_nobody(self):
        self.booking.drk_participant_id.birthdate_date = False
        self.booking.drk_typed_birthdate = False
        for user in self.clerk + self.open + self.clerk:
            self._assert_named(user, self._as(user, self.past_course).drk_papers_hint)

    def test_refused_entry_names_nobody(self):
        self.past_course.sudo().drk_papers_state = "complete"
        entry = self._entry(self.booking, self.past_course.drk_session_ids[:1], "absent")
        for user in self.clerk + self.officer:
            self._clean()
            answers = self._as(user, self.past_course).sudo()._drk_record_entries([entry], None)
            self._assert_named(user, answers)
