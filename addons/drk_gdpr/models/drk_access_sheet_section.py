from odoo import api, fields, models

KINDS = [
    ("participant", "Participants"),
    ("contact", "Contact persons"),
    ("company", "Companies"),
    ("lecturer", "Lecturers"),
    ("address", "Other addresses"),
    ("user", "Users"),
]


class DrkAccessSheetSection(models.Model):
    """One part of the access sheet that can be chosen or left out."""

    _name = "drk.access.sheet.section"
    _description = "Section of the Access Sheet"
    _order = "sequence, id"

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    is_explanation = fields.Boolean(help="Explains the processing, without data of the person.")

    _code_unique = models.Constraint("UNIQUE(code)", "Each section exists once.")


class DrkAccessSheetDefault(models.Model):
    """Which sections a sheet has at first, for one kind of person (Einstellungen / Blätter)."""

    _name = "drk.access.sheet.default"
    _description = "Contents of the Access Sheet"
    _inherit = ["drk.association.mixin"]
    _order = "company_id, person_kind, id"
    _rec_name = "person_kind"

    person_kind = fields.Selection(KINDS, required=True)
    section_ids = fields.Many2many("drk.access.sheet.section", string="Contents", required=True)
    by_clerks = fields.Boolean(
        "People staff may print it", help="Otherwise only the data protection officer may print sheets of this kind."
    )
    purpose = fields.Text("Purposes of the processing", translate=True)
    period = fields.Text("Storage periods", translate=True)
    recipient = fields.Text("Recipients", translate=True)
    origin = fields.Text("Origin of the data", translate=True)
    rights = fields.Text(translate=True)

    _kind_unique = models.Constraint("UNIQUE(company_id, person_kind)", "The contents of this kind are set already.")

    @api.model
    def _of(self, company, kind):
        """Return what an association set for a kind of person, empty where it set nothing."""
        return self.search([("company_id", "=", company.id), ("person_kind", "=", kind)])

    def _section_codes(self):
        """Return the codes of the sections; all where nothing is set."""
        sections = self.section_ids if self else self.env["drk.access.sheet.section"].search([("code", "!=", False)])
        return set(sections.mapped("code"))
