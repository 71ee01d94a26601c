from odoo.addons.drk_base.tests.common import DrkCase

USER = "drk_gdpr.group_drk_gdpr_user"
OFFICER = "drk_gdpr.group_drk_gdpr_officer"
BANK = "drk_gdpr.group_drk_gdpr_bank"
ERIKA = {
    "firstname": "Erika",
    "lastname": "Musterfrau",
    "birthdate_date": "1980-02-29",
    "email": "erika@example.org",
    "phone": "08631/18599-0",
    "street": "Hauptstraße 12 a",
    "zip": "01067",
    "city": "Dresden",
}


class GdprCase(DrkCase):
    """One user per role in association A, one clerk in B, and invented people in both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env["res.partner"]
        cls.clerk = cls._user("gdpr_clerk", USER)
        cls.clerk_b = cls._user("gdpr_clerk_b", USER, cls.association_b)
        cls.officer = cls._user("gdpr_officer", OFFICER)
        cls.cashier = cls._user("gdpr_bank", BANK)
        cls.employee = cls._user("gdpr_employee", "base.group_user")
        cls.portal = cls._user("gdpr_portal", "base.group_portal")
        cls.erika = cls._person(cls.association_a)
        cls.foreign = cls._person(cls.association_b, lastname="Fremd", email="fremd@example.org")

    @classmethod
    def _person(cls, company, **vals):
        return cls.people._drk_match_or_create_person(company, {**ERIKA, **vals})

    @classmethod
    def _company(cls, company, **vals):
        vals = {"is_company": True, "name": "Muster GmbH", "zip": "01067", "street": "Werkstr. 1", **vals}
        return cls.people._drk_match_or_create_person(company, vals)

    def _as(self, user, records):
        """Return the records as this user sees them, in the user's associations."""
        return records.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
