import json

from odoo.tests import tagged

from .common import GdprCase
from .planted import Planter

#: Nobody can say whom such a row tells about (Art. 11(2)): visitors without a name, texts of logs, recorded runs.
UNREACHABLE = {"drk.rate.limit", "ir.logging", "ir.profile", "mail.link.preview", "mail.guest", "link.tracker.click"}


@tagged("post_install", "-at_install")
class TestAccessSheetInventory(GdprCase):
    """The sheet says what the inventory says."""

    def test_sheet_equals_inventory(self):
        """K-3.2-4: a value in every field that the inventory puts on the sheet is found on it."""
        user = self._user("planted", "base.group_portal", email="planted@example.org")
        user.partner_id.write({"firstname": "Paula", "lastname": "Planted", "phone": "0211 1234567"})
        self.env.flush_all()
        expected = Planter(self.env, user.partner_id, user).plant()
        sheet = json.loads(self.env["drk.access.sheet"].sudo()._json(user.partner_id)[user.partner_id.id])
        shown = {}
        for section in sheet["sections"]:
            for group in section["groups"]:
                for record in group["records"]:
                    for field in record["fields"]:
                        key = group["model"], field["name"]
                        shown[key] = shown.get(key, "") + "\n" + str(field["value"])
        missing = [
            f"{model}.{name}"
            for (model, name), marker in sorted(expected.items())
            if model not in UNREACHABLE and ((model, name) not in shown or (marker or "") not in shown[model, name])
        ]
        self.assertFalse(missing)
        self.assertGreater(len(expected), 200)
