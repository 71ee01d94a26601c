import io
from datetime import datetime

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from .common import GdprCase


@tagged("post_install", "-at_install")
class TestGdprIncident(GdprCase):
    """A personal data breach and its 72 hours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._user("incident_manager", "drk_base.group_drk_base_manager")

    def _create(self, user=None, **vals):
        incidents = self._as(user or self.officer, self.env["drk.gdpr.incident"])
        return incidents.create({"name": "Laptop verloren", **vals})

    @freeze_time("2031-03-28 22:30:00")
    def test_seventy_two_hours_from_knowledge(self):
        incident = self._create()
        self.assertEqual(incident.deadline, datetime(2031, 3, 31, 22, 30))  # the clocks change in between
        self.assertIn("72", incident.countdown)
        self.assertFalse(incident.is_overdue)

    def test_late_notice_needs_reasons(self):
        with freeze_time("2031-03-03 08:00:00"):
            incident = self._create(risk="risk", risk_reason="Namen und Adressen")
            incident.action_assess()
        with freeze_time("2031-03-06 09:00:00"):
            incident.invalidate_recordset()
            self.assertTrue(incident.is_overdue)
            with self.assertRaises(UserError):
                incident.action_authority_told()
            incident.delay_reason = "Umfang war unklar"
            incident.action_authority_told()
        self.assertEqual(incident.state, "reported")

    def test_end_needs_what_the_law_demands(self):
        incident = self._create(risk="high", risk_reason="Gesundheitsdaten")
        incident.action_assess()
        with self.assertRaises(UserError):
            incident.action_close()
        incident.action_authority_told()
        with self.assertRaises(UserError):
            incident.action_close()
        incident.action_people_told()
        incident.action_close()
        self.assertEqual(incident.state, "closed")
        self.assertFalse(incident.activity_ids)

    def test_no_risk_is_documented_only(self):
        incident = self._create(risk="none", risk_reason="Verschlüsselt")
        incident.action_assess()
        incident.action_close()
        self.assertTrue(incident.kept_until)

    def test_notice_to_the_authority(self):
        incident = self._create(
            risk="risk", measures="Gerät gesperrt", data_kinds="Namen, Anschriften", person_count=12
        )
        content = self.env["ir.actions.report"]._drk_pdf("drk_gdpr.report_gdpr_incident", incident)
        text = PdfFileReader(io.BytesIO(content)).pages[0].extract_text()
        for expected in ("Gerät gesperrt", "Namen, Anschriften", incident.number):
            self.assertIn(expected, text)

    def test_only_officer_and_manager(self):
        incident = self._create(self.manager)
        self.assertTrue(self._as(self.officer, incident).has_access("write"))
        for user in (self.clerk, self.employee):
            with self.assertRaises(AccessError):
                self._as(user, self.env["drk.gdpr.incident"]).search([])
