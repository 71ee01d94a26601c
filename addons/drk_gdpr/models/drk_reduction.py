from odoo import models


class DrkReduction(models.Model):
    """Why somebody pays less, e.g. pupil, volunteer, social card."""

    _name = "drk.reduction"
    _description = "Reason of a Reduction"
    _inherit = ["drk.person.label"]

    _name_unique = models.UniqueIndex("(company_id, lower(name))", "There already is a reduction of this name.")
