from odoo import api, fields, models


class MailTemplate(models.Model):
    """The list "Verfügbare Variablen" of a mail template."""

    _inherit = "mail.template"

    drk_variable_text = fields.Text(string="Available variables", compute="_compute_drk_variable_text")

    @api.depends("model")
    @api.depends_context("lang")
    def _compute_drk_variable_text(self):
        for template in self:
            template.drk_variable_text = self.env["res.partner"]._drk_template_help(template.model) or False
