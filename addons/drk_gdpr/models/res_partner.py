from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import email_normalize, parse_contact_from_email

from ..tools import normalize

#: Longest text in a field of a person that is indexed or printed on one line.
TEXT_LENGTH = 200
SHORT_FIELDS = {
    "name", "firstname", "lastname", "company_name", "email", "phone", "street", "street2", "zip", "city", "function",
    "ref", "vat", "drk_birth_name", "drk_birth_place", "drk_title", "drk_letter_salutation", "drk_name_supplement_1",
    "drk_name_supplement_2", "drk_name_supplement_3",
    "drk_block_note", "drk_search_name", "drk_person_number", "drk_matriculation_number", "drk_vip_number",
    "drk_vip_card_number", "drk_cash_reference", "drk_schooling", "drk_training", "drk_occupation", "drk_native_language",
    "drk_health_insurance", "drk_health_insurance_number", "drk_social_security_number", "drk_employment_office_number",
}  # fmt: skip


class ResPartner(models.Model):
    """A person (or company) of exactly one association."""

    _inherit = "res.partner"
    _drk_name_is_guarded = True

    drk_is_person = fields.Boolean(
        string="Person of an association",
        index=True,
        help="Belongs to exactly one association and is hidden from others.",
    )
    drk_salutation = fields.Selection(
        [
            ("herr", "Mr"),
            ("frau", "Ms"),
            ("divers", "Diverse"),
            ("familie", "Family"),
            ("firma", "Company"),
            ("none", "No salutation"),
        ],
        string="Salutation",
        default="none",
    )
    drk_title = fields.Char(string="Academic title")
    drk_letter_salutation = fields.Char(
        string="Letter salutation",
        compute="_compute_drk_letter_salutation",
        store=True,
        readonly=False,
        precompute=True,
    )
    drk_birth_name = fields.Char(string="Birth name")
    drk_birth_place = fields.Char(string="Place of birth")
    drk_nationality_id = fields.Many2one("res.country", string="Nationality", ondelete="restrict")
    drk_name_supplement_1 = fields.Char(string="Supplement 1")
    drk_name_supplement_2 = fields.Char(string="Supplement 2")
    drk_name_supplement_3 = fields.Char(string="Supplement 3")
    drk_name_key = fields.Char(compute="_compute_drk_name_key", store=True, precompute=True)
    drk_email_key = fields.Char(compute="_compute_drk_email_key", store=True, precompute=True)
    drk_phone_key = fields.Char(compute="_compute_drk_phone_key", store=True, precompute=True)
    drk_address_key = fields.Char(compute="_compute_drk_address_key", store=True, precompute=True)
    drk_engagement_count = fields.Integer(string="Engagements", compute="_compute_drk_engagement_count")

    _drk_person_has_association = models.Constraint(
        "CHECK(NOT drk_is_person OR company_id IS NOT NULL)", "A person belongs to an association."
    )
    _drk_name_key_index = models.Index("(company_id, drk_name_key) WHERE drk_name_key IS NOT NULL")
    _drk_email_key_index = models.Index("(company_id, drk_email_key) WHERE drk_email_key IS NOT NULL")
    _drk_phone_key_index = models.Index("(company_id, drk_phone_key) WHERE drk_phone_key IS NOT NULL")
    _drk_address_key_index = models.Index("(company_id, drk_address_key) WHERE drk_address_key IS NOT NULL")

    @api.depends(
        "drk_salutation", "drk_title", "lastname", "firstname", "is_company"
    )  # the language at that time counts
    def _compute_drk_letter_salutation(self):
        for partner in self:
            partner.drk_letter_salutation = partner.with_context(lang=partner.lang)._drk_letter_salutation()

    @api.depends("lastname", "firstname", "is_company")
    def _compute_drk_name_key(self):
        for partner in self:
            names = (partner.lastname, partner.firstname)
            if partner.is_company:  # OCA splits the name of a company that comes from outside of the form
                names = (partner._get_computed_name(*names),)
            partner.drk_name_key = normalize.name_key(*names) or False

    @api.depends("email")
    def _compute_drk_email_key(self):
        for partner in self:
            partner.drk_email_key = normalize.email_key(email_normalize(partner.email, strict=False)) or False

    @api.depends("phone")
    def _compute_drk_phone_key(self):
        for partner in self:
            partner.drk_phone_key = normalize.phone_key(partner.phone) or False

    @api.depends("zip", "street")
    def _compute_drk_address_key(self):
        for partner in self:
            partner.drk_address_key = normalize.address_key(partner.zip, partner.street) or False

    @api.depends("user_ids.share", "user_ids.active")
    def _compute_partner_share(self):
        """A person without an account is no user; core reads a whole user to see it, once for every new person."""
        without_account = self.filtered(lambda partner: partner.drk_is_person and not partner.user_ids)
        without_account.partner_share = True
        others = self - without_account
        return super(ResPartner, others)._compute_partner_share() if others else None

    def _compute_drk_engagement_count(self):
        counts = dict(
            self.env["drk.engagement"]._read_group([("person_id", "in", self.ids)], ["person_id"], ["__count"])
        )
        for partner in self:
            partner.drk_engagement_count = counts.get(partner._origin, 0)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._drk_check_texts(vals)
        return super().create([self._drk_with_association(vals) for vals in vals_list])

    def write(self, vals):
        self._drk_check_texts(vals)
        if vals.get("company_id"):
            self._drk_check_move(vals["company_id"])
        return super().write(vals)

    def _drk_check_move(self, company_id):
        """Refuse to hand a person to another association (the ORM checks rules before a write only)."""
        moved = self.filtered(lambda partner: partner.company_id.id != company_id)
        if moved and not self.env.su and company_id not in self.env.companies.ids:
            raise AccessError(self.env._("You do not work for this association."))
        # sudo: declarations of a person keep them where they were made, whoever may read them
        if moved.filtered("drk_is_person").sudo().drk_consent_ids:
            raise UserError(
                self.env._("A person with declarations stays in their association. Create them anew there.")
            )

    @api.model
    def _drk_check_texts(self, vals):
        """Refuse what the database cannot store or index, with a message instead of a server error."""
        for name, value in vals.items():
            if not isinstance(value, str):
                continue
            if "\0" in value:
                raise ValidationError(
                    self.env._("%s contains a character that is not allowed.", self._drk_field_label(name))
                )
            if name in SHORT_FIELDS and len(value) > TEXT_LENGTH:
                raise ValidationError(
                    self.env._(
                        "%(field)s is too long: at most %(length)s characters.",
                        field=self._drk_field_label(name),
                        length=TEXT_LENGTH,
                    )
                )

    def _drk_field_label(self, name):
        return self._fields[name]._description_string(self.env) if name in self._fields else name

    @api.model
    def _drk_with_association(self, vals):
        if self.env.context.get("drk_no_association"):
            return vals
        company_id = vals.get("company_id") or self.env.context.get("default_company_id")
        company_id = company_id or self._drk_association_of_parent(vals) or self._drk_association().id
        if not company_id or not self.env["res.company"].sudo().browse(company_id).drk_is_association:
            return vals
        is_person = not self.env.context.get("drk_partner_of_user")
        return {"drk_is_person": is_person, **vals, "company_id": company_id}

    @api.model
    def _drk_association_of_parent(self, vals):
        # sudo: a contact of a company that the user may not read is refused later, by the rule
        return self.browse(vals.get("parent_id") or []).sudo().company_id.id

    @api.model
    def _drk_association(self):
        """Return the association that people are looked for and created in, empty outside of one."""
        company_id = self.env.context.get("drk_person_company_id")
        # sudo: whether a company is an association is no secret
        company = self.env["res.company"].sudo().browse(company_id or self.env.company.id)
        return company if company.drk_is_association else company.browse()

    def _drk_belongs_to(self, association):
        """Whether this partner may be taken for somebody of the association.

        :param association: ``res.company``; empty for mail that belongs to no association
        """
        self.ensure_one()
        partner_sudo = self.sudo()
        if partner_sudo.company_id:
            owner = partner_sudo.company_id
            return owner == association if association else not owner.drk_is_association
        if not association:
            return True
        return association in (partner_sudo.user_ids.company_ids | partner_sudo.ref_company_ids)

    @api.model
    def find_or_create(self, email, assert_valid_email=False):
        association = self._drk_association()
        name, email_normalized = parse_contact_from_email(email) if email else ("", "")
        if not association or not email_normalized:
            return super().find_or_create(email, assert_valid_email=assert_valid_email)
        partners = self.search([("email_normalized", "=", email_normalized)], order="id")
        found = partners.filtered(lambda partner: partner._drk_belongs_to(association))[:1]
        return found or self.create({"name": name or email_normalized, "email": email_normalized})

    @api.model
    def _find_or_create_from_emails(self, emails, filter_found=None, additional_values=None, **kwargs):
        association = self._drk_association()

        def belongs(partner):
            is_staff = not association and not partner.partner_share
            return (is_staff or partner._drk_belongs_to(association)) and (not filter_found or filter_found(partner))

        values = {
            email: {name: value for name, value in vals.items() if value or name != "company_id"}
            for email, vals in (additional_values or {}).items()
        }
        return super()._find_or_create_from_emails(emails, filter_found=belongs, additional_values=values, **kwargs)

    def _drk_letter_salutation(self):
        """Hook: return the salutation of a letter to this person."""
        name = " ".join(part for part in (self.drk_title, self.lastname) if part)
        if self.drk_salutation == "herr" and name:
            return self.env._("Dear Mr %s", name)
        if self.drk_salutation == "frau" and name:
            return self.env._("Dear Ms %s", name)
        if self.drk_salutation == "familie" and name:
            return self.env._("Dear family %s", name)
        full_name = " ".join(part for part in (self.drk_title, self.firstname, self.lastname) if part)
        if self.is_company or self.drk_salutation == "firma" or not full_name:
            return self.env._("Dear Sir or Madam")
        return self.env._("Good day %s", full_name)

    def action_drk_engagements(self):
        """Open the engagements of this person."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_gdpr.drk_engagement_action")
        return {**action, "domain": [("person_id", "=", self.id)], "context": {}}
