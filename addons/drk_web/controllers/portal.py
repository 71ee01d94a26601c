from odoo import http
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.http import request


class DrkPortal(CustomerPortal):
    @http.route()
    def home(self, **kw):
        return request.render("drk_web.portal_home", self._prepare_drk_home_values())

    def _prepare_drk_home_values(self):
        """Hook: extend to show more on the start page of the portal."""
        return {"page_name": "home"}
