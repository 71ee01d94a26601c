from odoo import api, fields, models
from odoo.fields import Domain

PERSON_FIELDS = ("firstname", "lastname", "birthdate_date", "email", "phone", "street", "zip", "city")
ANY = [("active", "in", (True, False))]


class ResPartner(models.Model):
    """Who teaches is a lecturer; who books is a participant, whatever else they are."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    drk_registration_count = fields.Integer(string="Number of courses", compute="_compute_drk_registration_count")

    @api.depends("drk_registration_ids")
    def _compute_drk_registration_count(self):
        counts = dict(
            self.env["event.registration"]._read_group(
                [("drk_participant_id", "in", self.ids)], ["drk_participant_id"], ["__count"]
            )
        )
        for partner in self:
            partner.drk_registration_count = counts.get(partner._origin, 0)

    @api.model
    def _drk_person_kind_domain(self, kind):
        domain = super()._drk_person_kind_domain(kind)
        teaches = Domain("drk_instructor_ids", "any", ANY)
        if kind == "lecturer":
            return domain | teaches
        if kind == "participant":
            return Domain("drk_registration_ids", "any", ANY) | domain & ~teaches
        return domain

    def action_drk_book(self):
        """Book these people, all on the same course."""
        people = self.filtered(lambda partner: not partner.is_company)
        lines = [
            (0, 0, {"partner_id": person.id, **{name: person[name] for name in PERSON_FIELDS}}) for person in people
        ]
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_ktv.drk_ktv_register_action")
        return {**action, "context": {"dialog_size": "extra-large", "default_line_ids": lines}}

    def action_drk_registrations(self):
        """Open the courses of this person."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_ktv.event_registration_action")
        return {**action, "domain": [("drk_participant_id", "=", self.id)], "context": {}}

    def action_drk_make_instructor(self):
        """Let this person teach; the lecturer stands beside the person, nothing is typed twice."""
        self.ensure_one()
        instructors = self.env["drk.instructor"].with_context(active_test=False)
        instructor = instructors.search([("partner_id", "=", self.id)], limit=1)
        instructor = instructor or instructors.create({"partner_id": self.id, "company_id": self.company_id.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": "drk.instructor",
            "res_id": instructor.id,
            "view_mode": "form",
        }
