from odoo import models


class DrkBranch(models.Model):
    """Branche: what a company or its people do."""

    _name = "drk.branch"
    _description = "Branch"
    _inherit = ["drk.person.label"]

    _name_unique = models.UniqueIndex("(company_id, lower(name))", "There already is a branch of this name.")
