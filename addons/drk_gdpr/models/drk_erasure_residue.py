from odoo import api, fields, models, tools
from odoo.exceptions import UserError


class DrkErasureResidue(models.Model):
    """A place where something of an erased person is left: never what it is, only where and why."""

    _name = "drk.erasure.residue"
    _description = "Remains of an Erasure"
    _log_access = False
    _order = "is_exception, table_name, column_name, res_id, id"

    run_id = fields.Many2one("drk.erasure.run", required=True, index=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    table_name = fields.Char("Table", required=True, readonly=True)
    column_name = fields.Char("Column", required=True, readonly=True)
    res_id = fields.Integer("Record", required=True, readonly=True)
    kind = fields.Char(required=True, readonly=True)
    is_exception = fields.Boolean("Has to be kept", readonly=True)
    keep_until = fields.Date(readonly=True, index="btree_not_null")
    reason = fields.Char(readonly=True)
    state = fields.Selection(
        [("open", "There"), ("gone", "Gone")], required=True, default="open", readonly=True, index=True
    )
    proof = fields.Integer(readonly=True, help="Number of the search that found it last.")
    place = fields.Char(compute="_compute_place")
    what = fields.Char("What is left", compute="_compute_what")

    _place_once = models.Constraint("UNIQUE(run_id, table_name, column_name, res_id, kind)", "A place is named once.")

    @api.depends("table_name", "column_name")
    def _compute_place(self):
        for residue in self:
            model = self._model_of(residue.table_name)
            field = model is not None and model._fields.get(residue.column_name)
            if field:
                label = field._description_string(self.env)
                residue.place = f"{self.env['ir.model']._get(model._name).name}: {label}"
            else:
                residue.place = f"{residue.table_name}.{residue.column_name}"

    @api.depends("kind")
    def _compute_what(self):
        labels = {
            "email": self.env._("Mail address"),
            "phone": self.env._("Telephone number"),
            "iban": self.env._("Bank account"),
            "bank": self.env._("Bank account"),
            "name": self.env._("Name"),
            "name_part": self.env._("Part of the name"),
            "address": self.env._("Address"),
            "birth": self.env._("Birth"),
        }
        for residue in self:
            residue.what = labels.get(residue.kind, self.env._("Other identifier"))

    @api.model
    def _model_of(self, table):
        """Return the model that keeps its records in a table, or None."""
        name = self._models_by_table().get(table)
        return self.env[name] if name else None

    @api.model
    @tools.ormcache()
    def _models_by_table(self):
        found = {}
        for name, model in sorted(self.env.items()):
            if not model._abstract and model._auto:
                found.setdefault(model._table, name)
        return found

    def action_open(self):
        """Open the record, so that its reader can clean it."""
        self.ensure_one()
        model = self._model_of(self.table_name)
        if model is None or not self.res_id or not model.browse(self.res_id).exists():
            raise UserError(self.env._("This place is no record that can be opened. Tell your administrator about it."))
        return {
            "type": "ir.actions.act_window",
            "res_model": model._name,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
