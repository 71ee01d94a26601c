from odoo import models


class DrkMark(models.Model):
    """Kennzeichen: whatever the office wants to find again, e.g. press, council, blood donor."""

    _name = "drk.mark"
    _description = "Mark"
    _inherit = ["drk.person.label"]

    _name_unique = models.UniqueIndex("(company_id, lower(name))", "There already is a mark of this name.")
