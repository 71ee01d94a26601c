import base64
import io
import zipfile

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools import docx
from ..tools.docx_values import Reader, Record, wrap_all


class DrkDocxTemplate(models.Model):
    """A Word document with placeholders that is filled in from records."""

    _name = "drk.docx.template"
    _description = "Word template"
    _inherit = ["drk.association.mixin"]
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True)
    model = fields.Selection(
        selection="_select_model",
        string="Records",
        required=True,
        index=True,
        help="What kind of records the document is made from.",
    )
    scope = fields.Selection(
        [("each", "One document per record"), ("all", "One document for all records")],
        default="each",
        required=True,
    )
    file = fields.Binary("Word file", required=True, attachment=True)
    filename = fields.Char("File name")
    placeholder_text = fields.Text("Placeholders", compute="_compute_placeholder_text")

    @api.model
    def _select_model(self):
        """List the kinds of records that the user may read; technical ones are left out."""
        # sudo: only managers of the server may read the list of models
        models_sudo = self.env["ir.model"].sudo().search([("transient", "=", False), ("abstract", "=", False)])
        return [
            (model.model, model.name)
            for model in models_sudo.sorted("name")
            if not model.model.startswith(self._get_technical_prefixes())
            and model.model in self.env
            and self.env[model.model].has_access("read")
        ]

    @api.model
    def _get_technical_prefixes(self):
        """Hook: models that are no subject of a letter."""
        return ("ir.", "base.", "bus.", "mail.", "queue.", "drk.docx.", "res.config", "report.", "web_", "web.")

    @api.depends("model", "scope")
    def _compute_placeholder_text(self):
        for template in self:
            template.placeholder_text = "\n".join(template._get_placeholders())

    def _get_placeholders(self):
        """List the fields that the template may name, with their labels."""
        if self.model not in self.env:
            return []
        labels = self.env[self.model].fields_get(attributes=["string", "type"])
        usable = sorted(name for name, info in labels.items() if info["type"] not in ("binary", "properties"))
        variable = "record" if self.scope == "each" else "item"
        return ["{{ %s.%s }}    %s" % (variable, name, labels[name]["string"]) for name in usable]  # noqa: UP031

    @api.constrains("file")
    def _check_file(self):
        for template in self:
            try:
                docx.check_file(template._get_content())
            except docx.TemplateFaultError as fault:
                raise ValidationError(template._get_fault_text(fault)) from fault

    @api.model_create_multi
    def create(self, vals_list):
        templates = super().create(vals_list)
        self._sync_actions(set(templates.mapped("model")))
        return templates

    def write(self, vals):
        before = set(self.mapped("model"))
        result = super().write(vals)
        if vals.keys() & {"model", "active"}:
            self._sync_actions(before | set(self.mapped("model")))
        return result

    def unlink(self):
        before = set(self.mapped("model"))
        result = super().unlink()
        self._sync_actions(before)
        return result

    @api.model
    def _sync_actions(self, model_names):
        """Offer the print dialog in the action menu of each kind of records that has a template."""
        # sudo: the menu entry is the same for all associations; the dialog shows each its own templates
        actions_sudo = self.env["ir.actions.act_window"].sudo()
        origin_sudo = self.env.ref("drk_report.drk_docx_print_action").sudo()
        for name in filter(None, model_names):
            model_id = self.env["ir.model"]._get_id(name)
            found = actions_sudo.search([("res_model", "=", "drk.docx.print"), ("binding_model_id", "=", model_id)])
            wanted = bool(self.sudo().search_count([("model", "=", name)], limit=1))
            if wanted and not found:
                origin_sudo.copy({"binding_model_id": model_id, "binding_view_types": "list,form"})
            elif found and not wanted:
                found.unlink()

    def action_preview_fields(self):
        """Check the template with the newest record of its kind."""
        self.ensure_one()
        record = self.env[self.model].search([], order="id desc", limit=1)
        if not record:
            raise UserError(self.env._("There is no record to try this template with."))
        return self.env["drk.docx.print"]._create_for(self, record).action_print()

    def _render(self, records):
        """Fill in the template.

        :param records: records of the template's model
        :return: list of (file name, bytes): one per record, or one for all
        :raise UserError: when the template is faulty or the user may not read what it names
        """
        self.ensure_one()
        if records._name != self.model:
            raise UserError(self.env._("The template %s does not fit these records.", self.name))
        records.check_access("read")
        content, taken = self._get_content(), set()
        try:
            docx.check_file(content)
            if self.scope == "all":
                return [self._render_one(content, records, self.name, taken)]
            return [
                self._render_one(content, record, f"{self.name} - {record.display_name}", taken) for record in records
            ]
        except docx.TemplateFaultError as fault:
            raise UserError(self._get_fault_text(fault)) from fault

    def _render_one(self, content, records, title, taken):
        reader = Reader(self.env)
        sandbox = docx.Sandbox(reader.get, reader.show)
        return docx.file_name(title, taken), docx.render(content, self._prepare_values(records), sandbox)

    def _prepare_values(self, records):
        """Hook: what a template may name."""
        company = self.company_id
        if self.scope == "each" and "company_id" in records._fields:
            company = records.company_id or company
        return {
            "record": Record(records[:1]),
            "records": wrap_all(records),
            "company": Record(company),
            "user": Record(self.env.user),
            "today": fields.Date.context_today(self),
        }

    @api.model
    def _get_record_variables(self, record):
        """Hook: what a template may name of a record beside its fields.

        :return: dict of name to text
        """
        return {}

    def _render_file(self, records):
        """Fill in the template as one download.

        :return: (file name, bytes): the document, or a ZIP file of several
        """
        documents = self._render(records)
        if len(documents) == 1:
            return documents[0]
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in documents:
                archive.writestr(name, content)
        return docx.file_name(self.name, set(), ".zip"), packed.getvalue()

    def _get_content(self):
        self.ensure_one()
        return base64.b64decode(self.with_context(bin_size=False).file or b"")

    def _get_fault_text(self, fault):
        """Say what is wrong with a template so that its author can mend it."""
        return "\n".join(filter(None, (self._get_fault_texts()[fault.code], fault.detail)))

    def _get_fault_texts(self):
        return {
            "no_docx": self.env._("This file is no Word document (.docx)."),
            "too_big": self.env._("The Word file is too big: at most 10 MB."),
            "bomb": self.env._("This file unpacks to far too much and was refused."),
            "macros": self.env._("The Word file contains macros and was refused."),
            "hostile_xml": self.env._(
                "The Word file contains definitions that no Word document needs. It was refused."
            ),
            "outside": self.env._("The Word file loads something from elsewhere when it is opened. It was refused."),
            "syntax": self.env._("A placeholder of the template is written wrongly:"),
            "unknown": self.env._("The template names something that does not exist:"),
            "field": self.env._("The template names a field that does not exist:"),
            "attribute": self.env._("The template names a property that does not exist:"),
            "access": self.env._("The template names something that you may not read:"),
            "call": self.env._("A template may only show fields, it must not call anything."),
            "operator": self.env._("A template must not calculate with this sign here:"),
            "too_long": self.env._("The document would become too long."),
            "broken": self.env._("The Word file is damaged or a placeholder stands in a wrong place:"),
        }

    @api.model
    def _usable_domain(self, model_name):
        """Hook: the templates that can be printed for records of a model."""
        return Domain("model", "=", model_name) & Domain("company_id", "in", self.env.companies.ids)
