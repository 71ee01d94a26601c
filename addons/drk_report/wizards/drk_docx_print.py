import base64
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

#: More than that is a job, not a click.
MAX_RECORDS = 500


class DrkDocxPrint(models.TransientModel):
    """Fill in a Word template with the chosen records."""

    _name = "drk.docx.print"
    _description = "Document from template"

    res_model = fields.Char("Kind of records", required=True, readonly=True)
    res_ids = fields.Char("Chosen records", required=True, readonly=True)
    record_count = fields.Integer("Records", compute="_compute_record_count")
    template_id = fields.Many2one("drk.docx.template")
    result = fields.Binary("Document", readonly=True, attachment=False)
    result_name = fields.Char("File name", readonly=True)

    @api.model
    def default_get(self, fields_list):
        context = self.env.context
        values = {
            "res_model": context.get("active_model"),
            "res_ids": json.dumps(
                context.get("active_ids") or ([context["active_id"]] if context.get("active_id") else [])
            ),
        }
        values = {name: value for name, value in values.items() if name in fields_list} | super().default_get(
            fields_list
        )
        if "template_id" in fields_list and values.get("res_model") and not values.get("template_id"):
            templates = self.env["drk.docx.template"]
            values["template_id"] = templates.search(templates._usable_domain(values["res_model"]), limit=1).id
        return values

    @api.depends("res_ids")
    def _compute_record_count(self):
        for wizard in self:
            wizard.record_count = len(wizard._get_ids())

    def _get_ids(self):
        try:
            ids = json.loads(self.res_ids or "[]")
        except ValueError:
            ids = []
        return [number for number in ids if isinstance(number, int)]

    @api.model
    def _create_for(self, template, records):
        """Open the dialog from code.

        :return: the wizard record
        """
        return self.create({"res_model": records._name, "res_ids": json.dumps(records.ids), "template_id": template.id})

    def action_print(self):
        """Make the document and offer it for download."""
        self.ensure_one()
        ids = self._get_ids()
        if not self.template_id or not ids or self.template_id.model != self.res_model:
            raise UserError(self.env._("Choose a template and at least one record."))
        if len(ids) > MAX_RECORDS:
            raise UserError(self.env._("At most %s records at once.", MAX_RECORDS))
        name, content = self.template_id._render_file(self.env[self.res_model].browse(ids))
        self.write({"result": base64.b64encode(content), "result_name": name})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Document from template"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
