from odoo import models


class DrkSubjectArea(models.Model):
    """Sachgebiet: what a person has to do with the association for, e.g. first aid, care, youth."""

    _name = "drk.subject.area"
    _description = "Subject Area"
    _inherit = ["drk.person.label"]

    _name_unique = models.UniqueIndex("(company_id, lower(name))", "There already is a subject area of this name.")
