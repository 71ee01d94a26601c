from datetime import datetime

from freezegun import freeze_time
from odoo.addons.drk_base.tests.common import DrkCase
from odoo.addons.drk_base.tools.links import LinkExpired, LinkInvalid
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestLink(DrkCase):
    def setUp(self):
        super().setUp()
        public = self.env.ref("base.public_user")
        self.links = self.env["drk.link"].with_user(public)
        self.token = self.links._sign("offer", 42, datetime(2027, 1, 2), "seat")

    @freeze_time("2027-01-01")
    def test_link_names_record_expiry_and_extra(self):
        link = self.links._verify("offer", self.token)
        self.assertEqual((link.res_id, link.expires, link.extra), (42, datetime(2027, 1, 2), "seat"))

    def test_link_without_expiry(self):
        self.assertIsNone(self.links._verify("offer", self.links._sign("offer", 7)).expires)

    @freeze_time("2027-01-02 00:00:01")
    def test_expired_link_is_refused(self):
        with self.assertRaises(LinkExpired):
            self.links._verify("offer", self.token)

    @freeze_time("2027-01-01")
    def test_link_for_another_purpose_is_refused(self):
        with self.assertRaises(LinkInvalid):
            self.links._verify("cancel", self.token)

    @freeze_time("2027-01-01")
    def test_each_changed_character_is_noticed(self):
        for position, char in enumerate(self.token[:-1]):  # bits of the last one are padding
            other = "A" if char != "A" else "B"
            with self.assertRaises(LinkInvalid):
                self.links._verify("offer", self.token[:position] + other + self.token[position + 1 :])

    @freeze_time("2027-01-03")
    def test_changed_and_expired_is_invalid(self):
        with self.assertRaises(LinkInvalid):
            self.links._verify("offer", self.token[:-4] + "AAAA")

    def test_rubbish_is_refused(self):
        for token in ("", None, "dl1", "dl1..", "dl1.ä.ö", "x" * 10_000, "dl1." + "A" * 3000, "\x00", b"dl1.a.b", 5):
            with self.assertRaises(LinkInvalid):
                self.links._verify("offer", token)

    def test_token_fits_into_an_address(self):
        self.assertRegex(self.token, r"^[A-Za-z0-9._-]{20,120}$")

    def test_other_secret_makes_other_links(self):
        self.env["ir.config_parameter"].set_param("database.secret", "another")
        with self.assertRaises(LinkInvalid):
            self.links._verify("offer", self.token)
