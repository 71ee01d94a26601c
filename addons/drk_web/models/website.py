import re

from odoo import api, fields, models, tools
from odoo.http import request

from ..tools import stamp


def _plain_name(name):
    """German / Deutsch: Deutsch; English (US): English."""
    return re.sub(r"\s*\(.*\)", "", name.split("/")[-1]).strip()


class Website(models.Model):
    _inherit = "website"

    drk_is_chooser = fields.Boolean(
        string="Neutral Site", help="Belongs to no association: shows the list of all sites."
    )

    @api.model
    def _drk_set_up(self):
        """At installation: the first site becomes the neutral one, each association gets its own."""
        first = self.search([], limit=1)
        if first and not self.search_count([("drk_is_chooser", "=", True)]):
            first.write({"drk_is_chooser": True, "sequence": 1, "name": "DRK", "auto_redirect_lang": False})
        english = self.env["res.lang"]._get_data(code="en_US")
        if first and english:
            first.language_ids = [(4, english.id)]
        for xmlid in ("website.contactus_page", "website.contactus_thanks_page"):
            page = self.env.ref(xmlid, raise_if_not_found=False)
            if page and "is_published" in page._fields:
                page.is_published = False  # core's form writes mails past our inbox
        for company in self.env["res.company"].search([("drk_is_association", "=", True)]):
            company._drk_ensure_website()

    # Everything the frame of a page shows. Cached, so that a page costs no query for it.

    def _drk_page(self, private=False):
        """For the layout: note that the page is ours (strict headers) and return what its frame shows.

        :param private: the page acts for a person: no referrer, no search engine, no cache
        """
        request.drk_page = "private" if private else "public"
        return self._drk_site()

    @tools.ormcache("self.id", "self.env.context.get('lang')")
    def _drk_site(self):
        """Return the unchanging data of the frame as a dictionary (never change it)."""
        site_sudo = self.sudo()  # names and addresses of the association, shown to everybody
        company = site_sudo.company_id
        prefix = self._drk_lang_prefix()
        if site_sudo.drk_is_chooser:
            return self._drk_chooser_site(prefix)
        return {
            "chooser": False,
            "name": company.name,
            "company_id": company.id,
            "systems": self._drk_systems(company),
            "prefix": prefix,
            "domain": (site_sudo.domain or "").rstrip("/"),
            "has_logo": bool(company.logo) and not company.uses_default_logo,
            "offers": self._drk_booked(site_sudo._drk_offers(), company),
            "tiles": self._drk_booked(site_sudo._drk_portal_tiles(), company),
            "pages": [(page.name, f"{prefix}/{page.slug}") for page in self._drk_pages(company)],
            "address": [line for line in (company.street, f"{company.zip or ''} {company.city or ''}".strip()) if line],
            "phone": company.phone or "",
            "email": company.email or "",
            "languages": self._drk_languages(),
        }

    def _drk_chooser_site(self, prefix):
        sites = self.sudo().search([("drk_is_chooser", "=", False), ("company_id.drk_is_association", "=", True)])
        associations = [
            {
                "name": site.company_id.name,
                "place": site.company_id.city or "",
                "state": site.company_id.state_id.name or "",
                "url": site.domain or f"/website/force/{site.id}",
            }
            for site in sites.sorted(lambda site: site.company_id.name or "")
        ]
        return {
            "chooser": True,
            "name": self.sudo().name,
            "company_id": False,
            "systems": set(),
            "prefix": prefix,
            "domain": "",
            "has_logo": False,
            "offers": [],
            "tiles": [],
            "pages": [],
            "address": [],
            "phone": "",
            "email": "",
            "languages": self._drk_languages(),
            "associations": associations,
        }

    def _drk_lang_prefix(self):
        lang = self.env["res.lang"]._get_data(code=self.env.context.get("lang") or "de_DE")
        return "" if not lang or lang.id == self._get_cached("default_lang_id") else f"/{lang.url_code}"

    def _drk_languages(self):
        return [
            {"code": lang.code, "short": lang.code[:2], "url_code": lang.url_code, "name": _plain_name(lang.name)}
            for lang in self.sudo().language_ids.sorted(lambda lang: lang.id != self._get_cached("default_lang_id"))
        ]

    @api.model
    def _drk_pages(self, company):
        return self.env["drk.web.page"].sudo().search([("company_id", "=", company.id)])

    @api.model
    def _drk_systems(self, company):
        """Return the codes of the systems that the association has booked."""
        codes = self.env["drk.system"].sudo().search([("code", "!=", False)]).mapped("code")
        return {code for code in codes if company._drk_has_system(code)}

    @api.model
    def _drk_booked(self, entries, company):
        """Return the entries whose system the association has booked, in order."""
        codes = self._drk_systems(company)
        booked = [entry for entry in entries if not entry.get("system") or entry["system"] in codes]
        return sorted(booked, key=lambda entry: entry.get("sequence", 10))

    def _drk_offers(self):
        """Hook: return what an association offers on its site.

        :return: list of dictionaries ``name``, ``text``, ``url``, and optional ``system`` (code: shown only where it
            is booked) and ``sequence``; used for the menu and for the tiles of the home page
        """
        return []

    def _drk_portal_tiles(self):
        """Hook: like ``_drk_offers``, for the start page of the portal."""
        return [
            {
                "name": self.env._("My details"),
                "text": self.env._("Address and contact details"),
                "url": "/my/account",
                "sequence": 80,
            },
            {
                "name": self.env._("My consents"),
                "text": self.env._("What you agreed to; withdraw it or give it again"),
                "url": "/my/datenschutz",
                "sequence": 85,
            },
            {
                "name": self.env._("Password and security"),
                "text": self.env._("Change the password, second factor"),
                "url": "/my/security",
                "sequence": 90,
            },
        ]

    @api.model
    @tools.ormcache()
    def _drk_company_partner_ids(self):
        return frozenset(
            self.env["res.company"].sudo().with_context(active_test=False).search([("id", "!=", False)]).partner_id.ids
        )

    def _drk_other_language_path(self, language):
        """Return the address of this page in another language (with its code in front, so that it is remembered)."""
        path = "/" + request.httprequest.path.lstrip("/")
        query = request.httprequest.query_string.decode("utf-8", "ignore")
        query = f"?{query}" if query and request.httprequest.method == "GET" else ""
        return f"/{language['url_code']}{'' if path == '/' else path}{query}"

    def _drk_form_stamp(self, form):
        """Return the signed time stamp for a form that is shown now."""
        return stamp.make(self.env, form)
