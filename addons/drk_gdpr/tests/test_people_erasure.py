from odoo import Command
from odoo.tests import tagged

from .erasure_common import ErasureCase
from .test_people import SOCIAL_FIELDS


@tagged("post_install", "-at_install")
class TestErasureOfMasterData(ErasureCase):
    def test_master_data_go(self):
        company = self.anna.company_id
        mark = self.env["drk.mark"].create({"name": "Presse", "company_id": company.id})
        reduction = self.env["drk.reduction"].create({"name": "Sozialpass", "company_id": company.id})
        vals = {
            **SOCIAL_FIELDS,
            "drk_mark_ids": [Command.link(mark.id)],
            "drk_reduction_id": reduction.id,
            "drk_family_reduction": True,
            "drk_block_note": "Hausverbot",
            "drk_internal_info": "Ruft oft an",
            "drk_person_number": "4711",
            "drk_vip_number": "4712",
            "drk_vip_card_number": "4713",
            "drk_matriculation_number": "4714",
            "drk_cash_reference": "4715",
            "drk_gender": "female",
            "drk_search_name": "zwiebelfrau",
        }
        self.anna.write(vals)
        self.env["drk.contact.way"].create({"partner_id": self.anna.id, "kind": "mail", "value": "anna2@example.org"})
        self._erase(self.anna)
        for name in vals.keys() - {"drk_search_name"}:
            self.assertFalse(self.anna[name], name)
        self.assertNotIn("zwiebel", self.anna.drk_search_name)
        self.assertFalse(self.anna.drk_contact_way_ids)
        self.assertTrue(mark.exists() and reduction.exists())

    def test_household_of_the_others_stays_without_the_name(self):
        home = self.env["drk.household"].create(
            {
                "company_id": self.anna.company_id.id,
                "name": "Familie Zwiebelfrau",
                "member_ids": [Command.create({"partner_id": person.id}) for person in (self.anna, self.erika)],
            }
        )
        self._erase(self.anna)
        self.assertEqual(home.member_ids.partner_id, self.erika)
        self.assertFalse(home.name)
        self.assertEqual(home.letter_name, "Erika Musterfrau")

    def test_guardianship_goes_with_either(self):
        rows = self.env["drk.guardianship"]
        own = rows.create({"child_id": self.anna.id, "guardian_id": self.erika.id})
        others = rows.create({"child_id": self.erika.id, "guardian_id": self.anna.id})
        self._erase(self.anna)
        self.assertFalse((own | others).exists())
        self.assertTrue(self.erika.active)
