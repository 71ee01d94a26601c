from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import KtvCase

BANK = "drk_gdpr.group_drk_gdpr_bank"


@tagged("post_install", "-at_install")
class TestPeopleOfCourses(KtvCase):
    def _row(self, model, field):
        return self.env["drk.inventory.field"].search([("model", "=", model), ("field", "=", field)])

    def _payer(self, **vals):
        vals = {
            "is_company": True,
            "name": "Zahler GmbH",
            "street": "Werkstr. 1",
            "zip": "44999",
            "city": "Musterstadt",
        }
        return self.env["res.partner"]._drk_match_or_create_person(self.association_a, vals)

    def test_reason_of_a_reduction(self):
        """K-1.2-1: the reason is stored with the booking, cleared by erasure and on the access sheet."""
        reason = self.env["drk.reduction"].create({"name": "Sozialpass", "company_id": self.association_a.id})
        booking = self._book(self._create_course(), 1)
        booking.drk_reduction_id = reason
        self.assertEqual(booking.drk_reduction_id.name, "Sozialpass")
        row = self._row("event.registration", "drk_reduction_id")
        self.assertEqual((row.is_personal, row.treatment, row.on_sheet), (True, "clear", True))
        foreign = self.env["drk.reduction"].create({"name": "Fremd", "company_id": self.association_b.id})
        with self.assertRaises(ValidationError):
            booking.sudo().drk_reduction_id = foreign

    def test_other_invoice_address(self):
        """K-1.2-2: a booking has an invoice address of its own, that of the payer, who is in the inventory."""
        booking = self._book(self._create_course(), 1)
        self.assertIn("44135 Musterstadt", booking.drk_payer_address)
        booking.drk_payer_id = self._payer()
        self.assertEqual(booking.drk_payer_address, "Zahler GmbH, Werkstr. 1, 44999 Musterstadt")
        row = self._row("event.registration", "drk_payer_id")
        self.assertEqual((row.is_personal, row.treatment, row.on_sheet), (True, "keep_until", True))
        for name in ("street", "zip", "city", "country_id"):
            row = self._row("res.partner", name)
            self.assertIn(row.treatment, ("clear", "symbolic"), name)
            self.assertTrue(row.on_sheet, name)

    def test_account_of_another_payer(self):
        """K-1.2-3: the account of another payer stands with the booking, behind the right to payment data."""
        payer, booking = self._payer(), self._book(self._create_course(), 1)
        accounts = self.env["res.partner.bank"]
        account = accounts.create({"acc_number": "DE89370400440532013000", "partner_id": payer.id})
        booking.drk_payer_id = payer
        booking.sudo().drk_payer_bank_id = account
        cashier = self._user("bank clerk", f"drk_ktv.group_drk_ktv_user,{BANK}")
        self.assertEqual(booking.with_user(cashier).drk_payer_bank_id, account)
        with self.assertRaises(AccessError):
            booking.with_user(self.clerk).read(["drk_payer_bank_id"])
        for model, name, treatment in (
            ("event.registration", "drk_payer_bank_id", "clear"),
            ("res.partner.bank", "acc_number", "delete"),
        ):
            row = self._row(model, name)
            self.assertEqual((row.category, row.treatment, row.on_sheet), ("bank", treatment, True), name)
        other = accounts.create({"acc_number": "DE02120300000000202051", "partner_id": booking.drk_participant_id.id})
        with self.assertRaises(ValidationError):
            booking.sudo().drk_payer_bank_id = other

    def test_partner_and_children_are_persons_of_their_own(self):
        """K-1.2-4: partner and children of a booking are people with households and guardians in the inventory."""
        bookings = self._book(self._create_course(seats=5), 1, 2, 3)
        mother, father, child = (booking.drk_participant_id for booking in bookings)
        lines = [(0, 0, {"partner_id": person.id}) for person in (mother, father)]
        self.env["drk.household"].with_user(self.clerk).create({"member_ids": lines})
        self.env["drk.guardianship"].with_user(self.clerk).create({"child_id": child.id, "guardian_id": mother.id})
        self.env.invalidate_all()
        self.assertEqual([booking.drk_family_ids for booking in bookings], [father | child, mother, mother])
        for model, names in (
            ("drk.household.member", ("partner_id", "household_id", "role")),
            ("drk.guardianship", ("child_id", "guardian_id", "kind")),
        ):
            for name in names:
                row = self._row(model, name)
                self.assertEqual((row.is_personal, row.treatment, row.on_sheet), (True, "delete", True), name)

    def test_kinds_of_people(self):
        teacher = self.instructor.partner_id
        booking = self._book(self._create_course(), 1)
        person = booking.drk_participant_id
        kinds = (teacher | person)._drk_person_kinds()
        self.assertEqual(kinds, {teacher.id: {"lecturer"}, person.id: {"participant"}})
        people = self.env["res.partner"].with_user(self._user("reader", "drk_gdpr.group_drk_gdpr_user"))
        self.assertIn(teacher, people.search([("drk_person_kinds", "in", ["lecturer"])]))
        self.assertNotIn(teacher, people.search([("drk_person_kinds", "in", ["participant"])]))
        self.instructor.active = False
        self.assertEqual(teacher._drk_person_kinds()[teacher.id], {"lecturer"})

    def test_lecturer_who_books_is_both(self):
        teacher = self.instructor.partner_id
        self._create_course().with_user(self.clerk)._drk_book([teacher])
        self.assertEqual(teacher._drk_person_kinds()[teacher.id], {"lecturer", "participant"})

    def test_bookings_are_found_by_the_labels_of_the_participant(self):
        booking = self._book(self._create_course(), 1)
        mark = self.env["drk.mark"].create({"name": "Presse", "company_id": self.association_a.id})
        booking.drk_participant_id.drk_mark_ids = mark
        bookings = self.env["event.registration"].with_user(self.clerk)
        self.assertEqual(bookings.search([("drk_participant_id.drk_mark_ids", "ilike", "Pres")]), booking)

    def test_clerk_books_from_the_person(self):
        person = self._book(self._create_course(), 1).drk_participant_id
        course = self._create_course()
        action = person.with_user(self.clerk).action_drk_book()
        wizards = self.env["drk.ktv.register"].with_user(self.clerk).with_context(**action["context"])
        with Form(wizards) as form:
            form.event_id = course
        form.record.action_book()
        self.assertEqual(course.registration_ids.drk_participant_id, person)
        self.assertEqual(person.drk_registration_count, 2)

    def test_person_becomes_instructor_once(self):
        person = self._book(self._create_course(), 1).drk_participant_id.with_user(self.manager)
        first = person.action_drk_make_instructor()["res_id"]
        self.assertEqual(person.action_drk_make_instructor()["res_id"], first)
        self.assertEqual(self.env["drk.instructor"].browse(first).partner_id, person)
        with self.assertRaises(AccessError):
            self._book(self._create_course(), 2).drk_participant_id.with_user(self.clerk).action_drk_make_instructor()

    def test_record_of_processing_names_courses_and_accounting(self):
        activities = self.env["drk.processing.activity"]
        activities.action_propose()
        found = activities.search([("company_id", "=", self.association_a.id)]).grouped("code")
        self.assertIn("5 ", found["courses"].periods)
        self.assertIn("lecturers", found["courses"].with_context(lang="en_US").people)
        self.assertIn("8 ", found["accounting"].periods)
