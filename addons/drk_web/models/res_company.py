import re
import unicodedata

from odoo import models
from odoo.tools import config

_LEGAL_WORDS = {
    "deutsches", "rotes", "kreuz", "drk", "kreisverband", "ortsverein", "landesverband", "bezirksverband",
    "kv", "ov", "lv", "e", "v", "ev", "ggmbh", "gmbh", "in", "der", "im", "am",
}  # fmt: skip
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        res = super().write(vals)
        self.env.registry.clear_cache()  # header, footer and offers of the sites are cached
        return res

    def _drk_web_slug(self):
        """Return the short name of the association for addresses: "Kreisverband Musterstadt e.V.": musterstadt."""
        self.ensure_one()
        name = (self.name or "").lower().translate(_UMLAUTS)
        name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        words = [word for word in re.split(r"[^a-z0-9]+", name) if word and word not in _LEGAL_WORDS]
        return "-".join(words) or (self.drk_code or "").lower() or f"gliederung-{self.id}"

    def _drk_ensure_website(self, domain=None):
        """Give the association its site, with the pages the law asks for.

        :param domain: e.g. ``https://www.example.org``; without it ``http://<short name>.localhost:<port>``
        :return: the ``website``
        """
        self.ensure_one()
        websites_sudo = self.env["website"].sudo()
        site = websites_sudo.search([("company_id", "=", self.id), ("drk_is_chooser", "=", False)], limit=1)
        if not site:
            site = websites_sudo.create(self._prepare_drk_website_vals())
        if domain:
            site.domain = domain
        elif not site.domain or ".localhost" in site.domain:
            site.domain = f"http://{self._drk_web_slug()}.localhost:{config['http_port']}"
        self.env["drk.web.page"].sudo()._ensure_standard(self)
        return site

    def _prepare_drk_website_vals(self):
        """Hook: extend to set more on the site of a new association."""
        languages = self.env["res.lang"]
        german, english = languages._get_data(code="de_DE"), languages._get_data(code="en_US")
        return {
            "name": self.name,
            "company_id": self.id,
            "default_lang_id": german.id,
            "language_ids": [(6, 0, [lang.id for lang in (german, english) if lang.id])],
            "specific_user_account": True,
            "auth_signup_uninvited": "b2b",
            "auto_redirect_lang": False,  # German, unless the visitor chooses
            "cookies_bar": False,
            "sequence": 20,
        }
