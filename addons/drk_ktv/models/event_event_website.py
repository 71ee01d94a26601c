from odoo import api, models

NO_COURSES = [("drk_is_course", "=", False)]


class EventEvent(models.Model):
    """Core's event pages and the search of the site show ordinary events; courses have pages of their own."""

    _inherit = "event.event"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _search_get_detail(self, website, order, options):
        detail = super()._search_get_detail(website, order, options)
        for key in ("base_domain", "no_date_domain", "no_country_domain"):
            detail[key] = [*detail[key], NO_COURSES]
        return detail

    @api.depends("name", "drk_number")
    def _compute_website_url(self):
        courses = self.filtered("drk_number")
        for course in courses:
            course.website_url = f"/kurse/{course.drk_number.lower()}"
        return super(EventEvent, self - courses)._compute_website_url()
