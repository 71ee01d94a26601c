from datetime import datetime

from lxml import etree
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import GdprCase

WINDOW_FIELDS = ("at", "by_id", "channel_id")
EARLY, LATE, LATER = datetime(2026, 1, 1, 10), datetime(2026, 2, 1, 10), datetime(2026, 3, 1, 10)


@tagged("post_install", "-at_install")
class TestConsent(GdprCase):
    def _record(self, kind, channel="S", when=None, purpose="privacy", **kwargs):
        return self.erika._drk_record_consent(purpose, kind, channel, occurred_at=when, **kwargs)

    def test_missing(self):
        """Neither signed nor withdrawn is "not yet available"."""
        self.assertEqual(self.erika.drk_consent_state, "missing")

    def test_given(self):
        """Date, time, who and channel of the signature are kept."""
        self._as(self.clerk, self.erika)._drk_record_consent("privacy", "given", "P", occurred_at=EARLY)
        self.assertEqual(self.erika.drk_consent_state, "given")
        self.assertEqual(self.erika.drk_consent_given_at, EARLY)
        self.assertEqual(self.erika.drk_consent_given_by_id, self.clerk)
        self.assertEqual(self.erika.drk_consent_given_channel_id.key, "P")

    def test_withdrawn(self):
        """Date, time, who and channel of the withdrawal are kept; the signature stays visible."""
        self._record("given", when=EARLY)
        self._as(self.clerk, self.erika)._drk_record_consent("privacy", "withdrawn", "E", occurred_at=LATE)
        self.assertEqual(self.erika.drk_consent_state, "withdrawn")
        self.assertEqual(self.erika.drk_consent_given_at, EARLY)
        self.assertEqual(self.erika.drk_consent_withdrawn_at, LATE)
        self.assertEqual(self.erika.drk_consent_withdrawn_by_id, self.clerk)
        self.assertEqual(self.erika.drk_consent_withdrawn_channel_id.key, "E")

    def test_given_again(self):
        self._record("given", when=EARLY)
        self._record("withdrawn", when=LATE)
        self._record("given", when=LATER)
        self.assertEqual(self.erika.drk_consent_state, "given")
        self.assertFalse(self.erika.drk_consent_withdrawn_at)

    def test_the_time_of_declaration_counts_not_of_capture(self):
        self._record("withdrawn", when=LATE)
        self._record("given", when=EARLY)
        self.assertEqual(self.erika.drk_consent_state, "withdrawn")

    def test_information_is_no_consent(self):
        self._record("informed")
        self.assertEqual(self.erika.drk_consent_state, "informed")
        self.assertFalse(self.erika.drk_consent_given_at)

    def test_defaults_of_the_context_prove_nothing(self):
        """What counts as proven is checked in the values; nothing else may bring values in afterwards."""
        web, signed = (self.env["drk.consent.channel"]._get(key) for key in ("I", "S"))
        earlier = self._record("given", "I", EARLY)
        declarations = self._as(self.clerk, self.env["drk.consent"]).with_context(
            default_confirms_id=earlier.id, default_occurred_at="2099-01-01 10:00:00", default_confirmed=True
        )
        vals = {"partner_id": self.erika.id, "purpose_id": earlier.purpose_id.id, "kind": "given"}
        consent = declarations.create({**vals, "channel_id": web.id})
        self.assertFalse(consent.confirms_id or consent.confirmed)
        self.assertLess(consent.occurred_at, datetime(2090, 1, 1))
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            declarations.with_context(default_channel_id=signed.id).create(vals)

    def test_web_form_is_unconfirmed_until_confirmed(self):
        consent = self._record("given", "I", EARLY)
        self.assertEqual(self.erika.drk_consent_state, "unconfirmed")
        consent._drk_confirm(LATE)
        self.assertEqual(self.erika.drk_consent_state, "given")
        self.assertEqual(self.erika.drk_consent_given_at, LATE)

    def test_strangers_web_form_does_not_revive_a_withdrawn_consent(self):
        self._record("given", when=EARLY)
        self._record("withdrawn", when=LATE)
        self._record("given", "I", LATER)
        self.assertEqual(self.erika.drk_consent_state, "withdrawn")

    def test_web_form_does_not_weaken_a_signature(self):
        self._record("given", when=EARLY)
        self._record("given", "I", LATE)
        self.assertEqual(self.erika.drk_consent_state, "given")

    def test_each_purpose_has_its_own_history(self):
        self._record("given", purpose="newsletter")
        self.assertEqual(self.erika.drk_consent_state, "missing")
        self.assertEqual(self.erika._drk_consent_state_for("newsletter"), "given")
        self.assertEqual(self.erika._drk_consent_state_for("photo"), "missing")

    def test_company_never_declares_for_its_people(self):
        """K-1.3-2: consent of a company leaves its contacts and employees unchanged."""
        company = self._company(self.association_a)
        contact = self.people.create({"name": "Karl Kontakt", "parent_id": company.id})
        self.erika.parent_id = company
        company._drk_record_consent("privacy", "given", "S")
        self.assertEqual(company.drk_consent_state, "given")
        self.assertEqual(contact.drk_consent_state, "missing")
        self.assertEqual(self.erika.drk_consent_state, "missing")
        self.assertFalse((contact | self.erika).drk_consent_ids)

    def test_all_kinds_of_records_can_declare(self):
        """Participant, company, contact, lecturer and other address are people; a user has one."""
        company = self._company(self.association_a)
        contact = self.people.create({"name": "Karl Kontakt", "parent_id": company.id})
        address = self.people.create({"name": "Anna Anschrift", "company_id": self.association_a.id})
        for person in (self.erika, company, contact, address, self.employee.partner_id):
            person._drk_record_consent("privacy", "given", "S")
            self.assertEqual(person.drk_consent_state, "given")
            self.assertTrue(person.drk_consent_given_at)
            person._drk_record_consent("privacy", "withdrawn", "S")
            self.assertTrue(person.drk_consent_withdrawn_at)

    def test_recorder_is_the_user_and_cannot_be_chosen(self):
        """K-2.1-15: "erfasst von" is set by the system."""
        vals = {
            "partner_id": self.erika.id,
            "purpose_id": self.env.ref("drk_gdpr.drk_consent_purpose_privacy").id,
            "channel_id": self.env.ref("drk_gdpr.drk_consent_channel_written").id,
            "kind": "given",
            "recorded_by_id": self.officer.id,
            "automatic": True,
            "company_id": self.association_b.id,
        }
        consent = self._as(self.clerk, self.env["drk.consent"]).create(vals)
        self.assertEqual(consent.recorded_by_id, self.clerk)
        self.assertFalse(consent.automatic)
        self.assertEqual(consent.company_id, self.association_a)

    def test_system_is_named_as_recorder(self):
        self.assertTrue(self._record("given", "I").automatic)

    def test_ledger_cannot_be_changed(self):
        consent = self._record("given")
        for user in (self.clerk, self.officer):
            with self.assertRaises(UserError):
                self._as(user, consent).write({"kind": "withdrawn"})

    def test_ledger_cannot_be_deleted(self):
        consent = self._record("given")
        for user in (self.clerk, self.officer):
            with self.assertRaises(AccessError):
                self._as(user, consent).unlink()

    def test_administrator_and_system_neither_change_nor_delete(self):
        consent = self._record("given")
        admin = self.env.ref("base.user_admin")
        for record in (consent, consent.sudo(), consent.with_user(admin)):
            with self.assertRaises(UserError):
                record.write({"evidence": "x"})
            with self.assertRaises(UserError):
                record.unlink()
            with self.assertRaises(UserError):
                record.copy()
        self.assertEqual(consent.kind, "given")

    def test_person_with_declarations_is_not_deleted_by_the_way(self):
        self._record("given")
        with self.assertRaises(RedirectWarning), self.env.cr.savepoint():
            self.erika.unlink()
        self.assertTrue(self.erika.exists())

    def test_text_of_the_time_is_stored(self):
        purpose = self.env.ref("drk_gdpr.drk_consent_purpose_privacy")
        texts = self.env["drk.consent.text"].create(
            [
                {"purpose_id": purpose.id, "version": str(year), "date_from": f"{year}-01-01", "body": "Text"}
                for year in (2025, 2026, 2090)
            ]
        )
        consent = self._record("given", when=LATE)
        self.assertEqual(consent.text_id, texts[1])
        with self.assertRaises(UserError):
            consent.text_id.body = "Anderer Text"
        with self.assertRaises(UserError):
            consent.text_id.unlink()
        texts[0].body = "Noch frei"

    def test_window_shows_signature_and_withdrawal(self):
        """K-2.1-9 K-2.1-10 K-2.1-11 K-2.1-12 K-2.1-13 K-2.1-14: when, captured by and received via, of both."""
        erika = self._as(self.clerk, self.erika)
        erika._drk_record_consent("privacy", "given", "P", occurred_at=EARLY)
        erika._drk_record_consent("privacy", "withdrawn", "E", occurred_at=LATE)
        window = erika.action_drk_consent_window()
        view = erika.get_view(window["views"][0][0], "form")
        self.assertEqual(view["id"], self.env.ref("drk_gdpr.res_partner_view_form_consent").id)
        shown = etree.fromstring(view["arch"])
        spec = {}
        for name in (f"drk_consent_{kind}_{what}" for kind in ("given", "withdrawn") for what in WINDOW_FIELDS):
            nodes = shown.xpath(f"//group//field[@name='{name}']")
            self.assertEqual([node.get("readonly") for node in nodes], ["1"], name)
            self.assertFalse(nodes[0].get("invisible") or nodes[0].get("column_invisible"), name)
            spec[name] = {"fields": {"display_name": {}}} if name.endswith("_id") else {}
        read = erika.web_read(spec)[0]
        self.assertEqual((read["drk_consent_given_at"], read["drk_consent_withdrawn_at"]), (EARLY, LATE))
        self.assertEqual(read["drk_consent_given_by_id"]["id"], self.clerk.id)
        self.assertEqual(read["drk_consent_withdrawn_by_id"]["id"], self.clerk.id)
        channels = self.env["drk.consent.channel"]
        self.assertEqual(read["drk_consent_given_channel_id"]["id"], channels._get("P").id)
        self.assertEqual(read["drk_consent_withdrawn_channel_id"]["id"], channels._get("E").id)

    def test_symbol_beside_the_button(self):
        """K-2.1-3: the status stands in the button "DSGVO" of the form; a list shows it as well."""
        german = self._as(self.clerk, self.people).with_context(lang="de_DE")
        form = etree.fromstring(german.get_view(self.env.ref("base.view_partner_form").id, "form")["arch"])
        fields = form.xpath("//button[@name='action_drk_consent_window']//field[@name='drk_consent_state']")
        self.assertEqual({field.get("widget") for field in fields}, {"drk_consent_state"})

    def _create(self, user, **vals):
        return self._as(user, self.env["drk.consent"]).create(
            {
                "partner_id": self.erika.id,
                "purpose_id": self.env["drk.consent.purpose"]._get("privacy").id,
                "channel_id": self.env["drk.consent.channel"]._get("S").id,
                "kind": "given",
                **vals,
            }
        )

    def test_future_cannot_be_declared(self):
        with self.assertRaises(UserError):
            self._create(self.clerk, occurred_at="2999-01-01 00:00:00")

    def test_nobody_confirms_by_hand(self):
        """The channel says whether the person is proven, whatever the caller sends."""
        web = self.env["drk.consent.channel"]._get("I")
        first = self._create(self.clerk, channel_id=web.id, confirmed=True)
        second = self._create(self.officer, channel_id=web.id, confirmed=True, confirms_id=first.id)
        self.assertFalse(first.confirmed or second.confirmed or second.confirms_id)
        self.assertEqual(self.erika.drk_consent_state, "unconfirmed")
        self.assertTrue(self._create(self.clerk, confirmed=False).confirmed)

    def test_clerk_confirms_by_the_engine(self):
        consent = self._create(self.clerk, channel_id=self.env["drk.consent.channel"]._get("I").id)
        confirmation = consent._drk_confirm()
        self.assertTrue(confirmation.confirmed)
        self.assertEqual((confirmation.confirms_id, confirmation.recorded_by_id), (consent, self.clerk))
        self.assertFalse(confirmation.automatic or confirmation.env.su)
        self.assertEqual(self.erika.drk_consent_state, "given")

    def test_confirming_needs_the_right(self):
        consent = self._record("given", "I")
        for user in (self.employee, self.clerk_b):
            with self.assertRaises(AccessError):
                self._as(user, consent)._drk_confirm()

    def test_delivered_purposes_are_fixed(self):
        """All state is judged by these codes: another code would make every declaration vanish."""
        admin = self.env.ref("base.user_admin")
        for code in ("privacy", "newsletter", "photo", "health"):
            purpose = self.env["drk.consent.purpose"]._get(code)
            for record in (purpose, purpose.with_user(admin), self._as(self.officer, purpose)):
                for vals in ({"code": "x"}, {"active": False}):
                    with self.assertRaises(UserError):
                        record.write(vals)
                with self.assertRaises(UserError):
                    record.unlink()
            self._as(self.officer, purpose).write({"name": "Anders", "code": code})
        own = self._as(self.officer, self.env["drk.consent.purpose"]).create({"code": "own", "name": "Eigener"})
        own.code = "mine"
        own.active = False

    def test_wizard(self):
        """K-2.1-8: the button opens a window with the fields, in which a declaration is captured."""
        erika = self._as(self.clerk, self.erika)
        window = erika.action_drk_consent_window()
        self.assertEqual((window["target"], window["res_id"]), ("new", self.erika.id))
        action = erika.action_drk_consent_give()
        form = Form(self._as(self.clerk, self.env["drk.consent.wizard"]).with_context(**action["context"]))
        form.channel_id = self.env.ref("drk_gdpr.drk_consent_channel_written")
        form.occurred_at = EARLY
        self.assertEqual(form.recorded_by_id, self.clerk)
        form.save().action_record()
        self.assertEqual(self.erika.drk_consent_state, "given")
        self.assertEqual(self.erika.drk_consent_given_by_id, self.clerk)

    def test_wizard_refuses_the_future(self):
        vals = {"partner_id": self.erika.id, "kind": "given", "occurred_at": "2999-01-01 00:00:00"}
        vals["channel_id"] = self.env.ref("drk_gdpr.drk_consent_channel_written").id
        wizard = self._as(self.clerk, self.env["drk.consent.wizard"]).create(vals)
        with self.assertRaises(UserError):
            wizard.action_record()

    def test_every_consent_field_is_a_filter(self):
        """K-2.1-29: each consent field is a criterion of the selection of people."""
        self._record("given", "P", EARLY)
        arch = self.people.get_view(self.env.ref("base.view_res_partner_filter").id, "search")["arch"]
        self.assertIn("consent_given", arch)
        for name, value in {
            "drk_consent_given_at": EARLY,
            "drk_consent_given_by_id": self.env.uid,
            "drk_consent_given_channel_id": self.env.ref("drk_gdpr.drk_consent_channel_person").id,
            "drk_consent_withdrawn_at": False,
            "drk_consent_withdrawn_by_id": False,
            "drk_consent_withdrawn_channel_id": False,
        }.items():
            self.assertIn(f'name="{name}"', arch)
            self.assertIn(self.erika, self.people.search([(name, "=", value), ("id", "=", self.erika.id)]), name)


@tagged("post_install", "-at_install")
class TestConsentChannel(GdprCase):
    def test_delivered_entries(self):
        """K-2.1-18 K-2.1-20: a value list "eingegangen via" with S, P, E and I."""
        keys = self.env["drk.consent.channel"].search([]).mapped("key")
        self.assertLessEqual({"S", "P", "E", "I"}, set(keys))
        menu = self.env.ref("drk_gdpr.drk_consent_channel_menu")
        self.assertEqual(menu.action.res_model, "drk.consent.channel")
        self.assertEqual(menu.parent_id, self.env.ref("drk_gdpr.menu_drk_gdpr_privacy"))
        self.assertIn(menu.id, self._as(self.officer, menu)._visible_menu_ids())

    def test_entry_knows_when_and_by_whom(self):
        """K-2.1-19: key, text, created and changed at and by."""
        channels = self._as(self.officer, self.env["drk.consent.channel"])
        channel = channels.create({"key": "T", "name": "Telefon"})
        self.assertEqual((channel.create_uid, channel.write_uid), (self.officer, self.officer))
        self.assertTrue(channel.create_date and channel.write_date)

    def test_officer_extends_the_list(self):
        """K-2.1-23: other entries are added and changed by authorised users."""
        channel = self._as(self.officer, self.env.ref("drk_gdpr.drk_consent_channel_person"))
        channel.name = "persönlich"
        self.assertEqual(channel.name, "persönlich")

    def test_list_is_locked_without_the_right(self):
        """K-2.1-25: a right locks the value list."""
        with self.assertRaises(AccessError):
            self._as(self.clerk, self.env["drk.consent.channel"]).create({"key": "T", "name": "Telefon"})

    def test_internet_is_fixed(self):
        """K-2.1-22: "I" is neither changed nor deleted, also not by administrators."""
        channel = self.env.ref("drk_gdpr.drk_consent_channel_internet")
        admin = self.env.ref("base.user_admin")
        for record in (channel, channel.with_user(admin), self._as(self.officer, channel)):
            for vals in ({"name": "Netz"}, {"key": "X"}, {"active": False}):
                with self.assertRaises(UserError):
                    record.write(vals)
            with self.assertRaises(UserError):
                record.unlink()

    def test_unknown_channel_and_purpose_are_named(self):
        with self.assertRaisesRegex(UserError, "XX"):
            self.erika._drk_record_consent("privacy", "given", "XX")
        with self.assertRaisesRegex(UserError, "nothing"):
            self.erika._drk_record_consent("nothing", "given", "S")
