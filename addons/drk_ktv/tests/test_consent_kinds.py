from datetime import datetime
from unittest.mock import patch

from lxml import etree
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import KtvCase

SIGNED, WITHDRAWN = datetime(2026, 1, 1, 10), datetime(2026, 2, 1, 10)
FORMS = ("base.view_partner_form", "drk_ktv.drk_instructor_view_form", "base.view_users_form")
FIELDS = [f"drk_consent_{kind}_{what}" for kind in ("given", "withdrawn") for what in ("at", "by_id", "channel_id")]


@tagged("post_install", "-at_install")
class TestConsentKinds(KtvCase):
    """Declarations of participants, lecturers, addresses, contact persons and users."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env["res.partner"]
        cls.lecturer = cls.instructor.partner_id
        cls.address = cls._create_address("Anna Anschrift", drk_is_other_address=True)
        cls.supplier = cls._create_address("Lieferant GmbH", is_company=True)
        cls.contact = cls._create_address("Karl Kontakt", parent_id=cls.supplier.id)
        cls.channel = cls.env["drk.consent.channel"]._get("P")

    @classmethod
    def _create_address(cls, name, **vals):
        return cls.people.create({"name": name, "company_id": cls.association_a.id, **vals})

    def _six_kinds(self):
        booking = self._book(self._create_course(), 1)
        employer = self._create_address("Firma GmbH", is_company=True)
        at_employer = self._create_address("Petra Personal", parent_id=employer.id)
        participant = booking.drk_participant_id
        return participant | at_employer | self.lecturer | self.address | self.contact | self.teacher.partner_id

    def _switch_on(self, trigger, channel="P"):
        rules = self.env["drk.consent.rule"]._of_association(self.association_a)
        rule = rules.filtered(lambda rule: rule.trigger == trigger)
        rule.write({"is_on": True, "channel_id": self.env["drk.consent.channel"]._get(channel).id})

    def test_six_kinds_of_records_declare(self):
        """K-2.1-1: consent and withdrawal of participant, contact persons of both kinds, lecturer, address and user."""
        people = self._six_kinds()
        self.assertEqual(len(people), 6)
        for person in people.with_user(self.clerk):
            person._drk_record_consent("privacy", "given", "P", occurred_at=SIGNED)
            person._drk_record_consent("privacy", "withdrawn", "P", occurred_at=WITHDRAWN)
            self.assertEqual(
                [person[name] for name in FIELDS],
                [SIGNED, self.clerk, self.channel] + [WITHDRAWN, self.clerk, self.channel],
            )
        lecturer, user = self.instructor.with_user(self.clerk), self.teacher
        for record in (lecturer, user):
            self.assertEqual(record.drk_consent_given_at, SIGNED)
            self.assertEqual(record.drk_consent_withdrawn_at, WITHDRAWN)

    def test_each_form_has_the_button(self):
        """K-2.1-2: bottom right of the first page of person, contact person, lecturer and user stands "DSGVO"."""
        bar = "//div[@name='drk_consent_bar'][contains(@class, 'justify-content-end')]"
        officer = self._user("dpo-a", "drk_gdpr.group_drk_gdpr_officer,drk_ktv.group_drk_ktv_manager")
        for xmlid in FORMS:
            view = self.env.ref(xmlid)
            arch = etree.fromstring(self.env[view.model].with_user(officer).get_view(view.id, "form")["arch"])
            buttons = arch.xpath(f"{bar}/button[@name='action_drk_consent_window']")
            self.assertEqual([button.findtext("span") for button in buttons[:1]], ["DSGVO"], xmlid)
            self.assertEqual(len(arch.xpath(f"//sheet/{bar[2:]}[not(ancestor::notebook)]")), 1, "on the first page")
            if xmlid == "base.view_partner_form":
                self.assertTrue(arch.xpath(f"//field[@name='child_ids']/form{bar}"), "window of a contact person")

    def test_locks_of_the_four_kinds(self):
        """K-2.1-24: a right each locks the button on participants, lecturers, addresses and users."""
        participant, user = self._book(self._create_course(), 1).drk_participant_id, self.teacher.partner_id
        kinds = {"participant": participant, "lecturer": self.lecturer, "address": self.address, "user": user}
        for locked in kinds:
            group = self.env.ref(f"drk_gdpr.group_drk_gdpr_lock_{locked}")
            self.clerk.group_ids += group
            self.env.invalidate_all()
            for kind, person in kinds.items():
                person = person.with_user(self.clerk)
                self.assertEqual(person.drk_consent_locked, kind == locked, f"{kind} with lock of {locked}")
                if kind == locked:
                    with self.assertRaises(AccessError):
                        person.action_drk_consent_window()
                    with self.assertRaises(AccessError):
                        person._drk_record_consent("privacy", "given", "S")
                else:
                    self.assertTrue(person.action_drk_consent_window())
            self.clerk.group_ids -= group
        self.clerk.group_ids += self.env.ref("drk_gdpr.group_drk_gdpr_lock_lecturer")
        self.env.invalidate_all()
        self.assertTrue(self.instructor.with_user(self.clerk).drk_consent_locked)

    def test_new_participant_is_informed(self):
        """K-2.2-2: a switch informs new participants, entered by hand or with a booking of the office."""
        known = self._book(self._create_course(days=30), 2).drk_participant_id
        self._switch_on("create_participant", "E")
        booked = self._book(self._create_course(), 1).drk_participant_id
        for person in (booked, self._create_address("Tina Teilnehmerin")):
            self.assertEqual((person.drk_consent_state, person.drk_consent_ids.channel_id.key), ("informed", "E"))
            self.assertTrue(person.drk_consent_ids.automatic)
        self._book(self._create_course(days=40), 2)
        self.assertEqual((known.drk_consent_state, self.address.drk_consent_state), ("missing", "missing"))

    def test_new_lecturer_is_informed(self):
        """K-2.2-3: a switch informs new lecturers."""
        self._switch_on("create_lecturer")
        entry = self._create_instructor("Lea").partner_id.drk_consent_ids
        self.assertEqual((entry.kind, entry.channel_id.key, entry.automatic), ("informed", "P", True))
        self.assertFalse(self.lecturer.drk_consent_ids)

    def test_next_registration_informs(self):
        """K-2.2-9: a switch with a channel informs a known participant at the next registration."""
        person = self._book(self._create_course(), 1).drk_participant_id
        self.assertEqual(person.drk_consent_state, "missing")
        self._switch_on("registration", "S")
        self._book(self._create_course(days=40), 1)
        self.assertEqual((person.drk_consent_state, person.drk_consent_ids.channel_id.key), ("informed", "S"))
        self._book(self._create_course(days=60), 1)
        self.assertEqual(len(person.drk_consent_ids), 1)

    def test_web_booking_informs_nobody_but_who_fills_in_the_form(self):
        self._switch_on("registration")
        self._switch_on("create_participant")
        people = [self._person(1), self._person(2)]
        booked = self._create_course().sudo()._drk_book(people, channel="web").drk_participant_id
        self.assertEqual(booked.mapped("drk_consent_state"), ["informed", "missing"])

    def test_contract_print_informs(self):
        """Whoever prints contracts calls the hook; the switch and its channel stand in the settings."""
        self.instructor._post_drk_contract_print()
        self.assertEqual(self.lecturer.drk_consent_state, "missing")
        self._switch_on("contract", "S")
        self.instructor._post_drk_contract_print()
        self.assertEqual(self.lecturer.drk_consent_ids.channel_id.key, "S")

    def _declare(self, people):
        for person in people.with_user(self.clerk):
            person._drk_record_consent("privacy", "given", "P", occurred_at=SIGNED)
            person._drk_record_consent("privacy", "withdrawn", "P", occurred_at=WITHDRAWN)

    def _criteria(self):
        values = [SIGNED, self.clerk.id, self.channel.id, WITHDRAWN, self.clerk.id, self.channel.id]
        return dict(zip(FIELDS, values, strict=True))

    def _check_filters(self, record, view):
        arch = etree.fromstring(record.get_view(self.env.ref(view).id, "search")["arch"])
        for name, value in self._criteria().items():
            self.assertTrue(arch.xpath(f"//field[@name='{name}'] | //filter[@date='{name}']"), name)
            self.assertEqual(record.search([(name, "=", value), ("id", "=", record.id)]), record, name)
            self.assertFalse(record.search([(name, "=", False), ("id", "=", record.id)]), name)

    def test_filters_of_lecturers(self):
        """K-2.1-30: each consent field is a criterion of the list of lecturers."""
        self._declare(self.lecturer)
        self._check_filters(self.instructor.with_user(self.manager), "drk_ktv.drk_instructor_view_search")

    def test_filters_of_addresses(self):
        """K-2.1-31: each consent field is a criterion of the selection of addresses and their contact persons."""
        for person in (self.address, self.contact, self.supplier):
            self._declare(person)
            self._check_filters(person.with_user(self.clerk), "base.view_res_partner_filter")

    def test_what_a_filter_finds_is_changed_in_bulk(self):
        """K-2.1-33: lists of participants, lecturers, addresses and contact persons filter, and change what was found."""
        participant = self._book(self._create_course(), 1).drk_participant_id
        everybody = participant | self.lecturer | self.address | self.contact
        self._declare(everybody)
        found = self.people.with_user(self.clerk).search(
            [("drk_consent_withdrawn_channel_id", "=", self.channel.id), ("id", "in", everybody.ids)]
        )
        self.assertEqual(found, everybody)
        for records in (found, self.instructor.with_user(self.clerk)):
            wizards = self.env["drk.consent.bulk"].with_user(self.clerk)
            with Form(wizards.with_context(active_model=records._name, active_ids=records.ids)) as form:
                form.given_at = "2026-03-01 10:00:00"
            form.record.action_apply()
        self.assertEqual(set(everybody.mapped("drk_consent_state")), {"given"})
        models = ("res.partner", "drk.instructor")
        bound = self.env["ir.actions.act_window"].search([("res_model", "=", "drk.consent.bulk")])
        self.assertLessEqual(set(models), set(bound.binding_model_id.mapped("model")))

    def test_field_log_of_the_kinds(self):
        """K-2.1-17: if the field log is active, changes of the fields of participant, lecturer and address are in it."""
        participant = self._book(self._create_course(), 1).drk_participant_id
        people = participant | self.lecturer | self.address
        lines = self.env["auditlog.log.line.view"]
        rules = type(self.env["auditlog.rule"])
        self.startPatcher(patch.object(rules, "_update_registry", lambda rule: None))
        self.addCleanup(lambda: self.env["auditlog.rule"].search([("state", "=", "confirmed")])._revert_methods())
        self._declare(people)
        self.assertFalse(lines.search([("drk_person_id", "in", people.ids)]))
        self.association_a.drk_field_log = True
        for person in people.with_user(self.clerk):
            person._drk_record_consent("privacy", "given", "S", occurred_at=datetime(2026, 3, 1, 10))
            person._drk_record_consent("privacy", "withdrawn", "S", occurred_at=datetime(2026, 4, 1, 10))
            logged = lines.search([("drk_person_id", "=", person.id), ("user_id", "=", self.clerk.id)])
            changed = {name for name in FIELDS if not name.endswith("given_by_id")}
            self.assertLessEqual(changed, set(logged.mapped("field_name")))
