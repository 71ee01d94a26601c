from odoo import api, fields, models
from odoo.exceptions import ValidationError

STANDARD_PAGES = ("impressum", "datenschutz", "barrierefreiheit")


class DrkWebPage(models.Model):
    """A text page of an association's site: imprint, privacy information, statement on accessibility."""

    _name = "drk.web.page"
    _description = "Text page"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    slug = fields.Char(string="Address", required=True, help="Part of the page's address, e.g. impressum")
    company_id = fields.Many2one(
        "res.company", string="Association", required=True, index=True, default=lambda self: self.env.company
    )
    sequence = fields.Integer(default=10)
    body = fields.Html(
        translate=True,
        sanitize_attributes=True,
        sanitize_form=True,
        help="Empty: the page shows a text made from the data of the association.",
    )
    active = fields.Boolean(default=True)

    _drk_slug_unique = models.UniqueIndex("(company_id, slug)", "The association has a page with this address already.")

    @api.constrains("slug")
    def _check_slug(self):
        for page in self:
            if not page.slug.replace("-", "").isalnum() or page.slug != page.slug.lower() or not page.slug.isascii():
                raise ValidationError(
                    self.env._("The address may hold small letters, digits and hyphens only: %s", page.slug)
                )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    def _ensure_standard(self, company):
        """Create the pages each association must have; what it has stays as it is."""
        all_pages = self.with_context(active_test=False, lang="en_US")
        have = set(all_pages.search([("company_id", "=", company.id)]).mapped("slug"))
        missing = [slug for slug in STANDARD_PAGES if slug not in have]
        pages = all_pages.create(
            [{"slug": slug, "name": all_pages._standard_names()[slug], "company_id": company.id} for slug in missing]
        )
        if self.env["res.lang"]._get_data(code="de_DE"):
            german = pages.with_context(lang="de_DE")
            for page in german:
                page.name = german._standard_names()[page.slug]
        return pages

    def _standard_names(self):
        return {
            "impressum": self.env._("Imprint"),
            "datenschutz": self.env._("Privacy"),
            "barrierefreiheit": self.env._("Accessibility"),
        }
