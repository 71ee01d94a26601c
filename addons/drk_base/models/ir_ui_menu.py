from odoo import api, models
from odoo.http import request


class IrUiMenu(models.Model):
    """Root menus of systems that none of the active associations booked are not shown."""

    _inherit = "ir.ui.menu"

    @api.model
    def load_menus(self, debug):
        menus = super().load_menus(debug)  # cached and shared by the companies of a user: never change it
        hidden = self._drk_hidden_root_ids()
        if not hidden.intersection(menus):
            return menus
        kept = {key: menu for key, menu in menus.items() if menu.get("app_id") not in hidden}
        children = [child for child in menus["root"]["children"] if child not in hidden]
        return {**kept, "root": {**menus["root"], "children": children}}

    @api.model
    def load_menus_root(self):
        root = super().load_menus_root()
        hidden = self._drk_hidden_root_ids()
        return {
            **root,
            "children": [menu for menu in root["children"] if menu["id"] not in hidden],
            "all_menu_ids": [menu_id for menu_id in root["all_menu_ids"] if menu_id not in hidden],
        }

    @api.model
    def _drk_hidden_root_ids(self):
        """Return the ids of root menus whose systems no active association booked."""
        booked = {code for company in self._drk_active_companies() for code in company._drk_booked_codes()}
        systems = self.env["drk.system"].sudo().search([("menu_ids", "!=", False)])  # what exists is no secret
        shown = systems.filtered(lambda system: system.code in booked)
        return frozenset((systems - shown).menu_ids.ids) - frozenset(shown.menu_ids.ids)

    @api.model
    def _drk_active_companies(self):
        """Return the companies chosen in the web client; menus are asked for without that context."""
        if "allowed_company_ids" in self.env.context or not request:
            return self.env.companies.sudo()
        own = self.env.user.sudo().company_ids
        chosen = {int(part) for part in request.cookies.get("cids", "").split("-") if part.isdecimal()}
        return own.filtered(lambda company: company.id in chosen) or own
