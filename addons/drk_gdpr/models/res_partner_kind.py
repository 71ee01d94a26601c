from odoo import api, fields, models
from odoo.fields import Domain

KINDS = [
    ("participant", "Participants"),
    ("company", "Companies"),
    ("contact", "Contact persons"),
    ("lecturer", "Lecturers"),
    ("address", "Other addresses"),
    ("user", "Users"),
]


class ResPartner(models.Model):
    """The kinds a person is of; one person can be of several (a lecturer who has a login)."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    drk_is_other_address = fields.Boolean(
        string="Other address", help="An address that is kept for letters only: authorities, clubs, press."
    )
    drk_person_kinds = fields.Char(
        string="Kinds of person", compute="_compute_drk_person_kinds", search="_search_drk_person_kinds"
    )

    @api.depends("is_company", "parent_id.is_company", "drk_is_other_address", "drk_is_person", "user_ids")
    def _compute_drk_person_kinds(self):
        kinds = self._drk_person_kinds()
        names = self._drk_person_kind_names()
        for partner in self:
            own = kinds.get(partner.id, ())
            partner.drk_person_kinds = ", ".join(names[code] for code, _name in KINDS if code in own)

    def _search_drk_person_kinds(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._drk_person_kind_domain(code) for code in value)

    @api.model
    def _drk_person_kind_names(self):
        """Return the singular of each kind in the language of the user."""
        return {
            "participant": self.env._("Participant"),
            "company": self.env._("Company"),
            "contact": self.env._("Contact person"),
            "lecturer": self.env._("Lecturer"),
            "address": self.env._("Other address"),
            "user": self.env._("User"),
        }

    def _drk_person_kinds(self):
        """Return the kinds of these people: dict of number to set of codes (see ``KINDS``)."""
        partners_sudo = self.sudo()  # what somebody is follows from records that the user may not read
        kinds = {partner.id: set() for partner in self}
        for code, _name in KINDS:
            for partner in partners_sudo.filtered_domain(self._drk_person_kind_domain(code)):
                kinds[partner.id].add(code)
        return kinds

    @api.model
    def _drk_person_kind_domain(self, kind):
        """Hook: who is of one kind; an add-on widens or narrows the domains it knows more about.

        :param kind: code of ``KINDS``
        :return: ``Domain`` on ``res.partner``
        """
        of_company = Domain("is_company", "=", False) & Domain("parent_id.is_company", "=", True)
        domains = {
            "company": Domain("is_company", "=", True),
            "contact": of_company,
            "address": Domain("drk_is_other_address", "=", True),
            "user": Domain("user_ids", "!=", False),
            "participant": Domain("drk_is_person", "=", True)
            & Domain("is_company", "=", False)
            & Domain("drk_is_other_address", "=", False)
            & ~of_company,
        }
        return domains.get(kind, Domain.FALSE)
