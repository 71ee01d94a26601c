from datetime import timedelta
from urllib.parse import quote

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import age
from .drk_contact_way import FIRST_FIELDS, PHONE_KINDS

BANK = "drk_gdpr.group_drk_gdpr_bank"


class ResPartner(models.Model):
    """The master data page of a person: contact ways, labels, numbers, notes."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    # No copies by core's "Duplicate": whoever may duplicate a contact need not read these.
    drk_contact_way_ids = fields.One2many("drk.contact.way", "partner_id", string="Further contact ways")
    drk_phone_kind = fields.Selection(PHONE_KINDS, string="Kind of telephone")
    drk_mark_ids = fields.Many2many("drk.mark", string="Marks", check_company=True, copy=False)
    drk_subject_area_ids = fields.Many2many("drk.subject.area", string="Subject areas", check_company=True, copy=False)
    drk_branch_ids = fields.Many2many("drk.branch", string="Branches", check_company=True, copy=False)
    drk_block_note = fields.Char(string="Blocking note", help="Shown in red wherever the person is opened.")
    drk_search_name = fields.Char(string="Search term")
    drk_internal_info = fields.Text(string="Internal information")
    drk_person_number = fields.Char(string="Personnel number")
    drk_matriculation_number = fields.Char(string="Matriculation number")
    drk_vip_number = fields.Char(string="Member number (VIP)")
    drk_vip_card_number = fields.Char(string="Card number (VIP)")
    drk_cash_reference = fields.Char(string="Cash reference", groups=BANK)
    drk_gender = fields.Selection(
        [("female", "Female"), ("male", "Male"), ("diverse", "Diverse"), ("none", "No entry")], string="Sex"
    )
    drk_reduction_id = fields.Many2one(
        "drk.reduction", string="Reduction", ondelete="restrict", check_company=True, index="btree_not_null"
    )
    drk_family_reduction = fields.Boolean(string="Family reduction")
    drk_age_class = fields.Selection(
        [
            ("child", "Child (up to 13)"),
            ("youth", "Youth (14 to 17)"),
            ("young_adult", "Young adult (18 to 26)"),
            ("adult", "Adult (27 to 64)"),
            ("senior", "Senior (from 65)"),
        ],
        string="Age class",
        compute="_compute_drk_age_class",
        search="_search_drk_age_class",
    )
    drk_mandate_state = fields.Char(string="Mandate", compute="_compute_drk_mandate_state")

    @api.depends("birthdate_date")
    def _compute_drk_age_class(self):
        today = fields.Date.context_today(self)
        for partner in self:
            partner.drk_age_class = age.age_class(partner.birthdate_date, today)

    def _search_drk_age_class(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        return Domain.OR(self._drk_age_class_domain(code, today) for code in value)

    @api.model
    def _drk_age_class_domain(self, code, day):
        if not code:
            return Domain("birthdate_date", "=", False) | Domain("birthdate_date", ">", day)
        after, until = age.birthdates_of_class(code, day)
        domain = Domain("birthdate_date", "<=", until)
        return domain & Domain("birthdate_date", ">=", after + timedelta(days=1)) if after else domain

    def _compute_drk_mandate_state(self):
        for partner in self:
            partner.drk_mandate_state = partner._drk_mandate_state()

    def _drk_mandate_state(self):
        """Hook: return the state of the direct debit mandate in words."""
        return self.env._("no entry yet")

    def _drk_contact_ways(self, kind=None):
        """Return all ways to reach one person, the first of each kind first.

        :param kind: only this kind of ``drk.contact.way``
        :return: list of tuples of kind and value
        """
        self.ensure_one()
        first = [(self.drk_phone_kind or "phone", self.phone), ("mail", self.email), ("homepage", self.website)]
        further = [(way.kind, way.value) for way in self.drk_contact_way_ids]
        return [pair for pair in first + further if pair[1] and kind in (None, pair[0])]

    @api.model
    def _drk_find_by_way(self, company, kind, value):
        """Find whoever can be reached there, by the first or a further contact way.

        :param company: ``res.company``, the association
        :param kind: kind of ``drk.contact.way``; numbers are found whatever their kind
        :return: ``res.partner``
        """
        key = self.env["drk.contact.way"]._contact_key(kind, value)
        if not key:
            return self.browse()
        further = Domain("drk_contact_way_ids", "any", [("company_id", "=", company.id), ("key", "=", key)])
        first = {"phone": "drk_phone_key", "email": "drk_email_key"}.get(FIRST_FIELDS.get(kind))
        found = further | Domain(first, "=", key) if first else further
        return self.search(Domain("company_id", "=", company.id) & found)

    def _drk_match_rank(self, keys):
        """A further mail address tells who it is just as the first one."""
        rank = super()._drk_match_rank(keys)
        dates_differ = keys["birthdate"] and self.birthdate_date
        if rank in (0, 3) and keys["email"] and not keys["is_company"] and not dates_differ:
            mails = self.drk_contact_way_ids.filtered(lambda way: way.kind == "mail")
            return 2 if keys["email"] in mails.mapped("key") else rank
        return rank

    def action_drk_map(self):
        """Show the address on the map that the association has chosen; only this click tells it to the map."""
        self.ensure_one()
        address = ", ".join(filter(None, (self.street, f"{self.zip or ''} {self.city or ''}".strip())))
        return {
            "type": "ir.actions.act_url",
            "url": (self.company_id.drk_map_url or "").replace("{address}", quote(address)),
            "target": "new",
        }
