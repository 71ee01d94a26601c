import base64
from io import BytesIO

from odoo.addons.drk_base.tests.common import DrkCase
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from PIL import Image


@tagged("post_install", "-at_install")
class TestRoom(DrkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._user("manager", "drk_base.group_drk_base_manager")
        cls.rooms = cls.env["drk.room"].with_user(cls.manager)

    def _create_room(self, **vals):
        return self.rooms.create({"name": "Lehrsaal 1", **vals})

    def _png(self):
        stream = BytesIO()
        Image.new("RGB", (20, 20)).save(stream, "PNG")
        return base64.b64encode(stream.getvalue())

    def test_address_line(self):
        room = self._create_room(street="Hauptstraße", street_number="5 a", zip="01067", city="Dresden")
        self.assertEqual(room._drk_address_line(), "Hauptstraße 5 a, 01067 Dresden")
        self.assertEqual(self._create_room(city="Dresden")._drk_address_line(), "Dresden")

    def test_room_belongs_to_the_association_and_its_land(self):
        room = self._create_room()
        self.assertEqual(room.company_id, self.association_a)
        self.assertEqual(room.state_id, self.env.ref("base.state_de_nw"))

    def test_sketch_may_be_a_picture_or_pdf(self):
        self.assertTrue(self._create_room(sketch=self._png(), sketch_filename="park.png").sketch)
        self.assertTrue(self._create_room(sketch=base64.b64encode(b"%PDF-1.4\n%...")).sketch)

    def test_other_files_are_refused(self):
        for raw in (b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html><script/></html>", b"MZ program"):
            with self.assertRaises(ValidationError):
                self._create_room(sketch=base64.b64encode(raw), sketch_filename="park.png")

    def test_large_sketch_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "5 MB"):
            self._create_room(sketch=base64.b64encode(b"%PDF-1.4" + b"x" * 5 * 1024 * 1024))

    def test_unit_of_another_association_is_refused(self):
        unit = self.env["drk.unit"].create({"name": "OV", "company_id": self.association_b.id})
        with self.assertRaises(UserError):
            self.env["drk.room"].create({"name": "Saal", "unit_id": unit.id, "company_id": self.association_a.id})

    def test_unit_is_not_part_of_itself(self):
        unit = self.env["drk.unit"].with_user(self.manager).create({"name": "OV"})
        part = unit.create({"name": "Bereitschaft", "parent_id": unit.id})
        with self.assertRaises(UserError):
            unit.parent_id = part
