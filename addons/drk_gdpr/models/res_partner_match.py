from odoo import api, fields, models
from odoo.tools import email_normalize

from ..tools import normalize

PERSON_FIELDS = (
    "firstname", "lastname", "birthdate_date", "email", "phone", "street", "zip", "city", "lang",
)  # fmt: skip
#: Core's extras that a new person does not need: subscription of the clerk, a log note, tracking of first values.
QUIET = {"mail_create_nosubscribe": True, "mail_create_nolog": True, "tracking_disable": True}
#: Says that a person is created here and with nothing but PERSON_FIELDS; no caller from outside can name this object.
NEW_PERSON = object()


class ResPartner(models.Model):
    """Find a person again, exactly and inside one association, or create them."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _drk_match_or_create_person(self, company, vals):
        """Return the person these values mean, creating them if nobody matches. A matched person is never changed.

        Run it with the rights that may create people (public routes: after their checks, with sudo).

        :param company: ``res.company``, the association
        :param vals: dict of ``firstname, lastname, birthdate_date, email, phone, street, zip, city, lang``; a company has
            ``is_company`` and ``name`` instead of the names
        :return: ``res.partner`` singleton
        """
        return self._drk_find_person(company, vals) or self._drk_create_person(company, vals)

    @api.model
    def _drk_find_person(self, company, vals):
        """Return the person these values mean, empty when nobody matches; see ``_drk_match_or_create_person``."""
        self._drk_check_texts(vals)
        return self._drk_match_person(company, vals)

    @api.model
    def _drk_create_person(self, company, vals):
        """Create the person these values mean, after ``_drk_find_person`` found nobody."""
        creator = self.with_context(**QUIET, drk_creation=NEW_PERSON)
        return creator.create(self._prepare_drk_person_vals(company, vals)).with_env(self.env)

    def _check_company(self, fnames=None):
        """A person made of PERSON_FIELDS links nothing; core would read the default accounts of each, over all accounts."""
        if self.env.context.get("drk_creation") is NEW_PERSON:
            return None
        return super()._check_company(fnames)

    @api.model
    def _drk_match_person(self, company, vals):
        """Find one person by exact rules: mail and name, name and birth date, name and address.

        A birth date that differs is another person, even at the same mail and address (father and son).

        :param company: ``res.company``, the association; people of others never match
        :param vals: see ``_drk_match_or_create_person``
        :return: ``res.partner``, empty when nobody matches
        """
        keys = self._drk_match_keys(vals)
        if not keys["name"]:
            return self.browse()
        # sudo: a match must not depend on what the caller may see, else duplicates arise
        candidates = self.sudo().search_fetch(
            [
                ("company_id", "=", company.id),
                ("drk_name_key", "=", keys["name"]),
                ("is_company", "=", keys["is_company"]),
                ("type", "=", "contact"),
            ],
            ["drk_email_key", "drk_address_key", "birthdate_date", "zip"],
            order="id",
        )
        ranked = [(candidate._drk_match_rank(keys), candidate.id) for candidate in candidates]
        best = min((pair for pair in ranked if pair[0]), default=(0, False))
        return self.browse(best[1] or [])

    @api.model
    def _drk_match_keys(self, vals):
        is_company = bool(vals.get("is_company"))
        lastname = vals.get("name") or vals.get("lastname") if is_company else vals.get("lastname")
        return {
            "is_company": is_company,
            "name": normalize.name_key(lastname, None if is_company else vals.get("firstname")),
            "email": normalize.email_key(email_normalize(vals.get("email") or "", strict=False)),
            "address": normalize.address_key(vals.get("zip"), vals.get("street")),
            "zip": (vals.get("zip") or "").strip(),
            "birthdate": fields.Date.to_date(vals.get("birthdate_date") or False),
        }

    def _drk_match_rank(self, keys):
        """Return 1 for the best rule that holds, 0 for no match."""
        if keys["is_company"]:
            return int(bool(keys["zip"]) and (self.zip or "").strip() == keys["zip"])
        if keys["birthdate"] and self.birthdate_date:
            # the same name on the same day in the same association is the same person
            return int(keys["birthdate"] == self.birthdate_date)
        if keys["email"] and keys["email"] == self.drk_email_key:
            return 2
        return 3 if keys["address"] and keys["address"] == self.drk_address_key else 0

    @api.model
    def _prepare_drk_person_vals(self, company, vals):
        """Hook: return the values of a new person; only known fields are taken over."""
        person = {name: vals[name] for name in PERSON_FIELDS if vals.get(name)}
        if vals.get("is_company"):
            person = {name: value for name, value in person.items() if name not in ("firstname", "lastname")}
            person |= {"is_company": True, "lastname": vals.get("name") or vals.get("lastname")}
        # sudo: a public visitor speaks the language of the association
        lang = person.get("lang") or company.sudo().partner_id.lang
        return {**person, "lang": lang, "company_id": company.id, "drk_is_person": True}
