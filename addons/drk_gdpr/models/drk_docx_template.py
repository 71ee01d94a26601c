from odoo import api, models
from odoo.exceptions import AccessError


class DrkDocxTemplate(models.Model):
    """Word templates name the variables of the person: ``{{ TNDSE_UA }}``, in lists ``{{ item.TNDSE_UA }}``."""

    _inherit = "drk.docx.template"

    def _prepare_values(self, records):
        values = super()._prepare_values(records)
        if self.scope == "each":
            try:
                values |= self._get_record_variables(records[:1])
            except AccessError:  # a letter that names none of them can be made all the same
                return values
        return values

    @api.model
    def _get_record_variables(self, record):
        return super()._get_record_variables(record) | record._drk_record_variables()

    def _get_placeholders(self):
        variables = self.env["res.partner"]._drk_template_help(
            self.model, "{{ %s }}" if self.scope == "each" else "{{ item.%s }}"
        )
        return [*([variables, ""] if variables else []), *super()._get_placeholders()]
