from unittest.mock import patch

from odoo.addons.drk_base.tests.common import DrkCase
from odoo.addons.iap.tools import iap_tools
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestQuietServer(DrkCase):
    def test_nothing_is_reported_to_a_foreign_host(self):
        self.assertFalse(self.env.ref("mail.ir_cron_module_update_notification").active)
        with self.assertNoLogs("odoo.addons.mail.models.update"):
            self.assertTrue(self.env["publisher_warranty.contract"].update_notification())

    def test_mail_layouts_name_no_foreign_host(self):
        company = self.association_a
        for layout in ("mail.mail_notification_layout", "mail.mail_notification_light"):
            values = {
                "company": company,
                "show_footer": True,
                "show_unfollow": True,
                "message": self.env["mail.message"],
            }
            values |= {"subtitles": [], "button_access": {}, "tracking_values": [], "record": company.partner_id}
            html = self.env["ir.qweb"]._render(layout, {**values, "model_description": "", "lang": "de_DE"})
            self.assertNotIn("odoo.com", html)
            self.assertIn("</html>", html)

    def test_outgoing_mail_loses_promotion_of_any_template(self):
        mail = self.env["mail.mail"].create(
            {"body_html": '<p>Guten Tag</p>Powered by <a target="_blank" href="https://www.odoo.com?a=b">Odoo</a>'}
        )
        body = mail._prepare_outgoing_body()
        self.assertIn("Guten Tag", body)
        self.assertNotIn("odoo", body.lower())

    def test_no_service_of_odoo_is_called(self):
        """Partner lookup, letters, SMS: all go through one function, and it asks nobody."""
        with (
            patch("odoo.modules.module.current_test", None),
            patch("requests.sessions.Session.request") as request,
            self.assertRaises(AccessError),
        ):
            iap_tools.iap_jsonrpc("https://example.org/api", params={"name": "Versuch"})
        request.assert_not_called()


@tagged("post_install", "-at_install")
class TestQuietPages(HttpCase):
    def test_login_page_names_no_foreign_host(self):
        html = self.url_open("/web/login").text
        self.assertIn("password", html)
        self.assertNotIn("odoo.com", html)

    def test_web_client_gets_no_support_address(self):
        self.authenticate("admin", "admin")
        html = self.url_open("/odoo").text
        self.assertNotIn("odoo.com/buy", html)
