from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain


class DrkHousehold(models.Model):
    """People who live together: one letter for all of them."""

    _name = "drk.household"
    _description = "Household"
    _inherit = ["drk.association.mixin"]
    _order = "id desc"
    _rec_names_search = ["name", "member_ids.partner_id.complete_name"]
    _drk_name_is_guarded = True

    # Empty as a rule: the names of the members stand with the members only.
    name = fields.Char(string="Other name on letters", help="Empty: the name is made of the names of the adults.")
    member_ids = fields.One2many("drk.household.member", "household_id", string="Members")
    current_member_ids = fields.One2many(
        "drk.household.member", "household_id", string="Current members", domain=[("is_current", "=", True)]
    )
    letter_name = fields.Char(string="Name on letters", compute="_compute_letter")
    letter_salutation = fields.Char(compute="_compute_letter")
    address_partner_id = fields.Many2one("res.partner", string="Address of", compute="_compute_address_partner_id")
    address = fields.Char(compute="_compute_address_partner_id")
    active = fields.Boolean(default=True)

    @api.depends("letter_name")
    def _compute_display_name(self):
        for household in self:
            household.display_name = household.letter_name or self.env._("New household")

    @api.depends(
        "name", "member_ids.is_current", "member_ids.role", "member_ids.sequence", "member_ids.partner_id.lastname"
    )
    def _compute_letter(self):
        for household in self:
            household = household.with_context(lang=household.address_partner_id.lang or self.env.lang)
            household.letter_name = household._letter_name()
            household.letter_salutation = household._letter_salutation()

    @api.depends("member_ids.is_current", "member_ids.role", "member_ids.sequence")
    def _compute_address_partner_id(self):
        for household in self:
            person = household._heads()[:1]
            household.address_partner_id = person
            town = f"{person.zip or ''} {person.city or ''}".strip()
            household.address = ", ".join(filter(None, (person.street, town)))

    def _heads(self):
        """Return the adults who live here now, or whoever does where there is none."""
        current = self.member_ids.filtered("is_current").sorted(lambda m: (m.sequence, m._origin.id or 0))
        return (current.filtered(lambda member: member.role == "adult") or current).partner_id

    def _letter_name(self):
        """Hook: return the name of the household in the address of a letter."""
        if self.name:
            return self.name
        heads = self._heads()
        if len(heads) == 1 and len(self.member_ids.filtered("is_current")) == 1:
            return heads.name
        surnames = self._surnames()
        return self.env._("Family %s", " / ".join(surnames)) if surnames else False

    def _letter_salutation(self):
        """Hook: return the salutation of a letter to the household."""
        heads, surnames = self._heads(), self._surnames()
        if len(heads) == 1 and len(self.member_ids.filtered("is_current")) == 1:
            return heads.drk_letter_salutation
        if not surnames:
            return False
        return self.env._("Dear family %s", self.env._(" and ").join(surnames))

    def _surnames(self):
        return list(dict.fromkeys(filter(None, self._heads().mapped("lastname"))))

    def _drk_recipient_lines(self, company):
        """Return the address as it stands in the window of a letter (see ``res.partner``).

        :param company: ``res.company`` that writes
        """
        self.ensure_one()
        person = self.address_partner_id
        lines = person._drk_recipient_lines(company) if person else []
        names = person._drk_recipient_names() if person else []
        return [line for line in (self.letter_name, *lines[len(names) :]) if line]

    @api.autovacuum
    def _gc_empty(self):
        """Nobody lives here any more, e.g. because everybody was erased."""
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self.search(Domain("member_ids", "=", False) & Domain("create_date", "<", yesterday), limit=1000).unlink()
