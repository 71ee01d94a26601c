import re

from markupsafe import escape
from odoo import api, models


class MailRenderMixin(models.AbstractModel):
    """Mails name the variables of the person: ``{{ TNDSE_UA }}`` in a subject, ``<t t-out="TNDSE_UA"/>`` in a body.

    They are put in before core fills in the template, so whoever may write simple templates may name them.
    """

    _inherit = "mail.render.mixin"

    @api.model
    def _render_template_inline_template(self, template_txt, model, res_ids, add_context=None, options=None):
        render, pattern = super()._render_template_inline_template, self._drk_inline_pattern()
        return self._drk_render_each(render, pattern, template_txt, model, res_ids, add_context, options)

    @api.model
    def _render_template_qweb(self, template_src, model, res_ids, add_context=None, options=None):
        render, pattern = super()._render_template_qweb, self._drk_qweb_pattern()
        return self._drk_render_each(render, pattern, template_src, model, res_ids, add_context, options)

    def _drk_render_each(self, render, pattern, source, model, res_ids, add_context, options):
        if not source or not any(name in str(source) for name in self.env["res.partner"]._drk_template_names()):
            return render(source, model, res_ids, add_context=add_context, options=options)
        results = {}
        for record in self.env[model].browse(res_ids):
            values = record._drk_record_variables()
            filled = pattern.sub(lambda match, values=values: _written(match, values), str(source))
            context = {**values, **(add_context or {})}  # for conditions: <t t-if="TNDSE_WA">
            results |= render(filled, model, record.ids, add_context=context, options=options)
        return results

    @api.model
    def _has_unsafe_expression_template_qweb(self, template_src, model, fname=None):
        plain = self._drk_qweb_pattern().sub("", str(template_src)) if template_src else template_src
        return super()._has_unsafe_expression_template_qweb(plain, model, fname)

    @api.model
    def _has_unsafe_expression_template_inline_template(self, template_txt, model, fname=None):
        plain = self._drk_inline_pattern().sub("", str(template_txt)) if template_txt else template_txt
        return super()._has_unsafe_expression_template_inline_template(plain, model, fname)

    def _drk_inline_pattern(self):
        return re.compile(r"\{\{\s*" + self._drk_names_pattern() + r"\s*\}\}")

    def _drk_qweb_pattern(self):
        start = r"<(?P<tag>\w+)\s+t-(?:out|esc)=(?P<quote>['\"])"
        return re.compile(start + self._drk_names_pattern() + r"(?P=quote)\s*(?:/>|>[^<]*</(?P=tag)>)")

    def _drk_names_pattern(self):
        return "(?P<name>" + "|".join(map(re.escape, self.env["res.partner"]._drk_template_names())) + ")"


def _written(match, values):
    parts = match.groupdict()
    tag = parts.get("tag")
    if not tag:
        return re.sub("[{}]", "", values[parts["name"]])  # a value never becomes a placeholder, nor a part of one
    text = str(escape(values[parts["name"]]))
    return text if tag == "t" else f"<{tag}>{text}</{tag}>"
