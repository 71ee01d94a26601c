from odoo import api, fields, models


class DrkSystem(models.Model):
    """A part of the suite (KTV, FMV, …) that an association books or not. Shared by all associations."""

    _name = "drk.system"
    _description = "System"
    _order = "sequence, id"

    code = fields.Char(required=True, help="Lower case short name that rules and programs use, e.g. ktv.")
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    description = fields.Text(translate=True)
    icon = fields.Char(default="fa-cube", help="Font Awesome class, e.g. fa-graduation-cap.")
    help_url = fields.Char(string="Help address", help="Local address of the manual.")
    is_core = fields.Boolean(string="Always on", help="Needs no booking: every association has it.")
    menu_ids = fields.Many2many("ir.ui.menu", string="Root menus", help="Hidden where the system is not booked.")
    company_ids = fields.Many2many(
        "res.company", "drk_system_res_company_rel", "system_id", "company_id", string="Booked by"
    )

    _code_unique = models.Constraint("UNIQUE(code)", "The code of a system must be unique.")

    @api.model_create_multi
    def create(self, vals_list):
        systems = super().create(vals_list)
        self._drk_clear_caches()
        return systems

    def write(self, vals):
        result = super().write(vals)
        self._drk_clear_caches()
        return result

    def unlink(self):
        result = super().unlink()
        self._drk_clear_caches()
        return result

    def _drk_clear_caches(self):
        """Rules and menus depend on who booked what."""
        self.env.flush_all()
        self.env.registry.clear_cache()
