from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import GdprCase


@tagged("post_install", "-at_install")
class TestFieldLog(GdprCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.logs = cls.env["auditlog.log"]
        cls.lines = cls.env["auditlog.log.line.view"]
        cls.second = cls._user("gdpr_officer_2", "drk_gdpr.group_drk_gdpr_officer")

    def setUp(self):
        super().setUp()
        rules = type(self.env["auditlog.rule"])
        # the registry of the tests is patched and put right again here, other processes need not know
        self.startPatcher(patch.object(rules, "_update_registry", lambda rule: None))
        self.addCleanup(lambda: self.env["auditlog.rule"].search([("state", "=", "confirmed")])._revert_methods())

    def _switch(self, company=None, on=True):
        (company or self.association_a).sudo().drk_field_log = on

    def _logged(self, person, *names):
        domain = [("drk_person_id", "=", person.id), *([("field_name", "in", names)] if names else [])]
        self.env.flush_all()
        return self.lines.search(domain, order="id")

    def test_consent_fields_are_logged(self):
        """Stored computed fields reach the log, too."""
        address = self.people.create(
            {"name": "Anna", "drk_is_other_address": True, "company_id": self.association_a.id}
        )
        self._as(self.clerk, self.erika)._drk_record_consent("privacy", "given", "S")
        self.assertFalse(self.logs.search([("drk_person_id", "!=", False)]), "off by default")
        self._switch()
        for person in (self.erika, address):
            self._as(self.clerk, person)._drk_record_consent("privacy", "withdrawn", "E")
            state = self._logged(person, "drk_consent_state")
            self.assertEqual((state.new_value, state.user_id, state.drk_person_id), ("withdrawn", self.clerk, person))
            names = set(self._logged(person).mapped("field_name"))
            self.assertLessEqual({f"drk_consent_withdrawn_{what}" for what in ("at", "by_id", "channel_id")}, names)
        self.assertEqual(self._logged(self.erika, "drk_consent_state").old_value, "given")
        channel = self._logged(self.erika, "drk_consent_withdrawn_channel_id")
        self.assertEqual(channel.new_value_text, self.env["drk.consent.channel"]._get("E").name)
        self.assertEqual(self._logged(self.erika, "drk_consent_state").new_value_text, "Privacy declaration withdrawn")

    def test_changes_of_a_person_are_logged(self):
        self._switch()
        self._as(self.clerk, self.erika).write({"city": "Köln", "phone": "0211 123456"})
        city = self._logged(self.erika, "city")
        self.assertEqual((city.old_value, city.new_value, city.user_id), ("Dresden", "Köln", self.clerk))
        log = self.logs.search([("drk_person_id", "=", self.erika.id)])
        self.assertFalse(log.mapped("name")[0] or log.http_session_id or log.http_request_id)
        self.assertFalse(self._logged(self.erika, "drk_phone_key", "image_1920", "drk_health_note"))

    def test_each_association_decides(self):
        self._switch()
        self._as(self.clerk_b, self.foreign).city = "Köln"
        self._as(self.clerk_b, self.foreign)._drk_record_consent("privacy", "given", "S")
        self.assertFalse(self._logged(self.foreign))
        self._switch(on=False)
        self.erika.city = "Bonn"
        self.assertFalse(self._logged(self.erika))
        self.assertFalse(hasattr(type(self.erika).write, "origin"), "nothing is slowed down any more")

    def test_officer_reads_the_own_log_and_nobody_changes_it(self):
        self._switch()
        self._switch(self.association_b)
        (self.erika | self.foreign).write({"city": "Köln"})
        self.env.flush_all()
        found = self._as(self.officer, self.lines).search([("field_name", "=", "city")])
        self.assertEqual(found.drk_person_id, self.erika)
        with self.assertRaises(AccessError):
            self._as(self.clerk, self.lines).search([])
        for model in ("auditlog.log", "auditlog.log.line", "auditlog.rule"):
            with self.assertRaises(AccessError):
                self._as(self.officer, self.env[model]).search([]).write({})
        menu = self.env.ref("drk_gdpr.menu_drk_field_log")
        self.assertIn(menu.id, self._as(self.officer, menu)._visible_menu_ids())

    def _person_with_log(self):
        self._switch()
        person = self.people.create({"name": "Weg Damit", "company_id": self.association_a.id})
        person.city = "Bonn"
        self.assertTrue(self._logged(person))
        return person

    def test_log_goes_with_the_person(self):
        """K-2.2-13: by default log data are deleted together with the person."""
        self.assertFalse(self.association_a._drk_keeps_log())
        person = self._person_with_log()
        number = person.id
        person.unlink()
        self.env.flush_all()
        self.assertFalse(self.logs.search([("res_id", "=", number), ("model_model", "=", "res.partner")]))
        self.assertFalse(self.env["auditlog.log.line"].search([("new_value", "=", "Bonn")]))

    def _release(self):
        release = self._as(self.officer, self.env["drk.log.release"]).create({"reason": "Rechtsstreit, Az. 12"})
        self._as(self.second, release).action_release()
        return release

    def test_released_switch_keeps_who_and_when(self):
        """K-2.2-12: with the switch on, log data of a deleted person stay; who, what and when, for a limited time (G-6)."""
        self._release()
        person = self._person_with_log()
        number = person.id
        self._as(self.env.ref("base.user_admin"), person).sudo().unlink()
        self.env.flush_all()
        kept = self.logs.search([("res_id", "=", number), ("model_model", "=", "res.partner")])
        self.assertEqual(set(kept.mapped("method")), {"write", "unlink"})
        self.assertFalse(kept.line_ids or any(kept.mapped("name")) or kept.drk_person_id)
        self.assertEqual(set(kept.mapped("drk_keep_until")), {fields.Date.add(fields.Date.today(), years=3)})
        kept.drk_keep_until = "2020-01-01"
        self.logs._gc_drk_kept()
        self.assertFalse(kept.exists())

    def test_switching_on_needs_a_second_person(self):
        """K-2.2-14: keeping needs a release by a second authorised person (G-16); request and release are on record."""
        release = self._as(self.officer, self.env["drk.log.release"]).create(
            {"reason": "Rechtsstreit, Az. 12", "released_by_id": self.second.id, "requested_by_id": self.second.id}
        )
        self.assertEqual((release.requested_by_id, release.state), (self.officer, "requested"))
        self.assertFalse(self.association_a._drk_keeps_log())
        with self.assertRaises(AccessError):
            release.action_release()
        with self.assertRaises(AccessError):
            self._as(self.clerk, release).action_release()
        self._as(self.second, release).action_release()
        self.assertEqual((release.released_by_id, release.state), (self.second, "released"))
        self.assertTrue(release.requested_at and release.released_at)
        self.assertTrue(self.association_a._drk_keeps_log())
        self.assertFalse(self.association_b._drk_keeps_log())
        for change in ({"reason": "x"}, {"released_by_id": self.officer.id}, {"state": "requested"}):
            with self.assertRaises(UserError):
                self._as(self.officer, release).write(change)
        with self.assertRaises(UserError):
            release.sudo().unlink()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env.cr.execute("UPDATE drk_log_release SET released_by_id = requested_by_id")
        self._as(self.officer, release).action_end()
        self.assertFalse(self.association_a._drk_keeps_log())
