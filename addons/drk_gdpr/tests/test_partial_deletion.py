from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..tools.partial import OPTIONS, cleared_fields
from .test_deletion import DeletionCase

IBAN = "DE89370400440532013000"


@tagged("post_install", "-at_install")
class TestPartialDeletion(DeletionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.erika.write(
            {
                "phone": "030 1234567",
                "drk_block_note": "Zahlt nicht",
                "drk_occupation": "Bäckerin",
                "comment": "Kommt oft",
                "drk_nationality_id": cls.env.ref("base.de").id,
            }
        )
        cls.bank = cls.env["res.partner.bank"].create({"acc_number": IBAN, "partner_id": cls.erika.id})
        cls.env["drk.contact.way"].create(
            [
                {"partner_id": cls.erika.id, "kind": kind, "value": value}
                for kind, value in (
                    ("office", "030 7654321"),
                    ("fax", "030 7654322"),
                    ("mobile", "0171 1234567"),
                    ("mail", "zweite@example.org"),
                )
            ]
        )

    def _wizard(self, people=None, kind="participant", user=None, **options):
        people = people or self.erika
        wizard = self._as(user or self.eraser, self.env["drk.partial.deletion"])
        return wizard.create({"partner_ids": [fields.Command.set(people.ids)], "person_kind": kind, **options})

    def _delete(self, *options, **kwargs):
        return self._wizard(**kwargs, **dict.fromkeys(options, True)).action_delete()

    def _kinds(self):
        return sorted(self.erika.drk_contact_way_ids.mapped("kind"))

    # ------------------------------------------------------------------ parts
    def test_bank_accounts_go(self):
        """K-2.6.1-7 K-2.6.2-3 K-2.6.3-3: bank accounts go for each kind of person, nothing else does."""
        for kind in OPTIONS:
            bank = (
                self.bank if self.bank.exists() else self.bank.create({"acc_number": IBAN, "partner_id": self.erika.id})
            )
            self._retype(kind)
            self._delete("bank", kind=kind)
            self.assertFalse(bank.exists())
            self.assertEqual(self.erika.phone, "030 1234567")
            self.assertFalse(self._in_messages(IBAN))

    def test_phone_and_fax_numbers_go(self):
        """K-2.6.1-8 K-2.6.2-4 K-2.6.3-4: phone and fax numbers go, mobile numbers stay."""
        for kind in OPTIONS:
            self._retype(kind)
            self.erika.phone = "030 1234567"
            self._delete("phone", kind=kind)
            self.assertFalse(self.erika.phone or self.erika.phone_sanitized or self.erika.drk_phone_key)
            self.assertEqual(self._kinds(), ["mail", "mobile"])

    def test_mobile_numbers_go(self):
        """K-2.6.1-9 K-2.6.2-5 K-2.6.3-5: mobile numbers go, also the one that stands first; other numbers stay."""
        for kind in OPTIONS:
            self._retype(kind)
            self.erika.phone = "0171 1234567"
            self._delete("mobile", kind=kind)
            self.assertFalse(self.erika.phone)
            self.assertEqual(self._kinds(), ["fax", "mail", "office"])
        self.erika.phone = "030 1234567"
        self._delete("mobile", kind=kind)
        self.assertEqual(self.erika.phone, "030 1234567")

    def test_mail_addresses_go(self):
        """K-2.6.1-10 K-2.6.2-6 K-2.6.3-6: all mail addresses go, with their old values in the history."""
        tracked = self.erika.with_context(tracking_disable=False)
        for kind in OPTIONS:
            self._retype(kind)
            tracked.email = "neu@example.org"
            tracked.flush_recordset()
            self.cr.precommit.run()
            self.erika.message_post(body="Schreiben an neu@example.org", message_type="comment")
            self._delete("email", kind=kind)
            self.assertFalse(self.erika.email or self.erika.email_normalized or self.erika.drk_email_key)
            self.assertEqual(self._kinds(), ["fax", "mobile", "office"])
            self.assertFalse(self._in_messages("neu@example.org"))

    def test_blocking_note_is_emptied(self):
        """K-2.6.1-11: the blocking note is emptied, nothing else."""
        self._delete("block_note")
        self.assertFalse(self.erika.drk_block_note)
        self.assertIn("Kommt oft", self.erika.comment)

    def test_customer_login_goes(self):
        """K-2.6.1-12: the login goes, the person stays; core writes no mail about it to anybody."""
        user = self._portal_user(self.erika)
        mails = self.env["mail.mail"].search_count([])
        self._delete("login")
        self.assertFalse(user.exists())
        self.assertTrue(self.erika.active)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_login_of_somebody_who_wrote_stays_closed_and_nameless(self):
        """K-2.6.1-12: whoever wrote something keeps an archived account without a login name that tells who it was."""
        user = self._portal_user(self.erika)
        self.erika.message_post(body="Frage", author_id=self.erika.id)
        self.env.cr.execute(
            "UPDATE mail_message SET create_uid = %s WHERE id = %s", [user.id, self.erika.message_ids[:1].id]
        )
        mails = self.env["mail.mail"].search_count([])
        self._delete("login")
        self.assertFalse(user.active)
        self.assertEqual(user.login, f"geloescht-{user.id}")
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_all_but_address_bank_and_contact(self):
        """K-2.6.1-13 K-2.6.2-8 K-2.6.3-7: everything except name, address, bank and contact data goes."""
        for kind in OPTIONS:
            self._retype(kind)
            self.erika.write({"birthdate_date": "1980-02-29", "drk_occupation": "Bäckerin", "comment": "Kommt oft"})
            note = self.erika.message_post(body="Notiz", message_type="comment")
            self._delete("all_but_contact", kind=kind)
            for name in ("birthdate_date", "drk_occupation", "comment", "drk_nationality_id", "drk_block_note"):
                self.assertFalse(self.erika[name], name)
            self.assertFalse(note.exists())
            self.assertEqual((self.erika.name, self.erika.street), ("Erika Musterfrau", "Hauptstraße 12 a"))
            self.assertEqual((self.erika.phone, self.erika.email), ("030 1234567", "erika@example.org"))
            self.assertEqual(self.erika.bank_ids, self.bank)
            self.assertEqual(self._kinds(), ["fax", "mail", "mobile", "office"])

    def test_all_but_address_credit_and_bamf(self):
        """K-2.6.1-14: everything except name, address, credit and BAMF data with the birth date goes."""
        self.erika.drk_birth_place = "Dresden"
        self._delete("all_but_bamf")
        for name in (
            "phone",
            "email",
            "drk_occupation",
            "comment",
            "drk_block_note",
            "drk_contact_way_ids",
            "bank_ids",
        ):
            self.assertFalse(self.erika[name], name)
        self.assertEqual(str(self.erika.birthdate_date), "1980-02-29")
        self.assertEqual((self.erika.drk_birth_place, self.erika.drk_nationality_id.code), ("Dresden", "DE"))
        self.assertEqual(
            (self.erika.name, self.erika.street, self.erika.zip), ("Erika Musterfrau", "Hauptstraße 12 a", "01067")
        )

    def test_address_and_money_are_never_among_the_cleared_fields(self):
        rows = [("street", "address", "clear"), ("trust", "money", "clear"), ("phone", "communication", "clear")]
        self.assertEqual(cleared_fields("all_but_contact", rows), [])
        self.assertEqual(cleared_fields("all_but_bamf", rows), ["phone"])

    # ------------------------------------------------------------------ dialog
    def test_each_kind_has_its_options(self):
        self.assertNotIn("block_note", OPTIONS["lecturer"])
        self.assertNotIn("login", OPTIONS["address"])
        self.assertNotIn("all_but_bamf", OPTIONS["lecturer"] + OPTIONS["address"])
        self._retype("address")
        self._wizard(kind="address", block_note=True, bank=True).action_delete()
        self.assertEqual(self.erika.drk_block_note, "Zahlt nicht")

    def test_dialog_counts_before_it_deletes(self):
        with Form(
            self._as(self.eraser, self.env["drk.partial.deletion"]).with_context(default_partner_ids=self.erika.ids)
        ) as form:
            self.assertEqual(form.person_kind, "participant")
            self.assertEqual(form.people_text, "Erika Musterfrau")
            form.bank = True
            form.phone = True
            self.assertEqual(form.preview, "Bank accounts: 1 entries\nPhone and fax numbers: 3 entries")
        self.assertTrue(self.bank.exists())

    def test_nothing_chosen_is_refused(self):
        with self.assertRaises(UserError):
            self._delete()

    def test_many_people_of_a_list(self):
        """K-2.6.1-17 K-2.6.2-11 K-2.6.3-10: all chosen people of a list lose the part; others of another kind do not."""
        anna = self._person(self.association_a, firstname="Anna", email="anna@example.org")
        office = self._person(self.association_a, firstname="Amt", email="amt@example.org")
        office.drk_is_other_address = True
        people = self.erika | anna | office
        action = self._as(self.eraser, people).action_drk_partial_deletion()
        self.assertEqual(action["context"]["default_partner_ids"], people.ids)
        self._delete("email", people=people)
        self.assertFalse(self.erika.email or anna.email)
        self.assertEqual(office.email, "amt@example.org")
        self._delete("email", people=people, kind="address")
        self.assertFalse(office.email)

    def test_more_than_200_people_are_a_long_work(self):
        people = self.people.create(
            [
                {"name": f"Person {n}", "email": f"p{n}@example.org", "company_id": self.association_a.id}
                for n in range(201)
            ]
        )
        action = self._delete("email", people=people)
        job = self.env["drk.job"].browse(action["res_id"])
        self.assertEqual((job.total, job.method), (201, "_drk_partial_delete"))
        for chunk in job.chunk_ids:
            self._as(self.eraser, chunk)._run()
        self.assertFalse(any(people.mapped("email")))
        logs = self.env["drk.deletion.log"].search(
            [("option", "=", "email"), ("company_id", "=", self.association_a.id)]
        )
        self.assertEqual((sum(logs.mapped("people")), sum(logs.mapped("items"))), (201, 201))

    def test_buttons_stand_on_the_person_and_in_the_consent_window(self):
        """K-2.1-16 K-2.6.1-16 K-2.6.2-10 K-2.6.3-9: for who has the right, and for nobody else."""
        for view in ("base.view_partner_form", "drk_gdpr.res_partner_view_form_consent"):
            view_id = self.env.ref(view).id
            self.assertIn("action_drk_partial_deletion", self._as(self.eraser, self.people).get_view(view_id)["arch"])
            self.assertNotIn("action_drk_partial_deletion", self._as(self.clerk, self.people).get_view(view_id)["arch"])

    # ------------------------------------------------------------------ rights and log
    def test_log_knows_who_what_and_how_many_but_no_values(self):
        self._delete("email", "bank")
        logs = self.env["drk.deletion.log"].search([("company_id", "=", self.association_a.id)])
        self.assertEqual(sorted(logs.mapped("option")), ["bank", "email"])
        self.assertEqual(sorted(logs.mapped("items")), [1, 2])
        self.assertEqual(logs.user_id, self.eraser)
        with self.assertRaises(UserError):
            logs.sudo().write({"people": 5})
        with self.assertRaises(UserError):
            logs.sudo().unlink()

    def test_without_the_right_nothing_is_deleted(self):
        """K-2.1-26: neither by the dialog nor past it."""
        for user in (self.clerk, self.officer, self.cashier, self.employee):
            with self.assertRaises(AccessError):
                self._delete("email", user=user)
            with self.assertRaises(AccessError):
                self._as(user, self.erika)._drk_partial_delete(["email"], "participant")
        self.assertEqual(self.erika.email, "erika@example.org")

    def test_other_association_deletes_nothing(self):
        with self.assertRaises(AccessError):
            self._delete("email", user=self.eraser_b)
        with self.assertRaises(AccessError):
            self._as(self.eraser_b, self.erika)._drk_partial_delete(["email"], "participant")
        self._delete("email", people=self.foreign, user=self.eraser_b)
        self.assertEqual(self.erika.email, "erika@example.org")
        self.assertFalse(self._as(self.eraser, self.env["drk.deletion.log"]).search([]))

    def test_same_value_of_somebody_else_stays(self):
        anna = self._person(self.association_a, firstname="Anna", email="anna@example.org", phone="030 1234567")
        note = anna.message_post(body="Anruf 030 1234567", message_type="comment")
        self._delete("phone")
        self.assertEqual(anna.phone, "030 1234567")
        self.assertIn("030 1234567", note.body)

    # ------------------------------------------------------------------ helpers
    def _retype(self, kind):
        """Make Erika a person of this kind as far as this add-on knows it; instructors come with the courses."""
        self.erika.drk_is_other_address = kind == "address"
        if kind == "lecturer":
            self.patch(
                self.registry["res.partner"],
                "_drk_partial_kinds",
                lambda people: {one.id: {"lecturer"} for one in people},
            )
        elif kind == "address":
            self.patch(
                self.registry["res.partner"],
                "_drk_partial_kinds",
                lambda people: {one.id: {"address"} for one in people},
            )

    def _in_messages(self, text):
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT 1 FROM mail_message WHERE body ILIKE %(text)s OR email_from ILIKE %(text)s
             UNION ALL SELECT 1 FROM mail_tracking_value WHERE old_value_char ILIKE %(text)s OR new_value_char ILIKE %(text)s
             UNION ALL SELECT 1 FROM mail_mail WHERE body_html ILIKE %(text)s OR email_to ILIKE %(text)s
            """,
            {"text": f"%{text}%"},
        )
        return bool(self.env.cr.fetchall())
