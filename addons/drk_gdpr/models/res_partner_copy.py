from odoo import models

COPIED = (
    "is_company", "firstname", "lastname", "drk_salutation", "drk_title", "drk_name_supplement_1",
    "drk_name_supplement_2", "drk_name_supplement_3", "street", "street2", "zip", "city", "email", "phone",
    "drk_phone_kind", "website", "lang",
)  # fmt: skip
LINKED = ("company_id", "country_id", "state_id", "parent_id")
LABELS = ("drk_mark_ids", "drk_subject_area_ids", "drk_branch_ids")


class ResPartner(models.Model):
    """Buttons of the master data page: copies, documents, employer."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def action_drk_copy(self):
        """Make a second person of the same address, e.g. for the brother; what is known about the first stays there."""
        return self._drk_copy_person()._get_records_action(views=[(False, "form")])

    def action_drk_copy_address(self):
        """Keep the address a second time as other address, for letters only."""
        copy = self._drk_copy_person(drk_is_other_address=True, drk_is_person=True)
        return copy._get_records_action(views=[(False, "form")])

    def _drk_copy_person(self, **vals):
        self.ensure_one()
        vals |= {name: self[name] for name in COPIED} | {name: self[name].id for name in LINKED}
        vals |= {name: [(6, 0, self[name].ids)] for name in LABELS}
        ways = [
            (0, 0, {"kind": way.kind, "value": way.value, "sequence": way.sequence}) for way in self.drk_contact_way_ids
        ]
        return self.create({**vals, "drk_contact_way_ids": ways})

    def action_drk_documents(self):
        """Show the files of this person."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Documents"),
            "res_model": "ir.attachment",
            "view_mode": "kanban,list,form",
            "domain": [("res_model", "=", self._name), ("res_id", "=", self.id)],
            "context": {"default_res_model": self._name, "default_res_id": self.id},
        }

    def action_drk_employees(self):
        """Show the contact persons of a company, of a contact person the company."""
        self.ensure_one()
        if self.parent_id and not self.is_company:
            return self.parent_id._get_records_action(views=[(False, "form")])
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_gdpr.res_partner_action_people")
        new = {"default_parent_id": self.id, "default_is_company": False}
        return {**action, "domain": [("parent_id", "=", self.id)], "context": new}
