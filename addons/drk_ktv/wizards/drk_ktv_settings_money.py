from odoo import api, fields, models


class DrkKtvSettings(models.TransientModel):
    """When invoice runs include course fees."""

    _inherit = "drk.ktv.settings"  # pylint: disable=consider-merging-classes-inherited

    drk_ktv_invoice_when = fields.Selection(
        selection=lambda self: self.env["res.company"]._fields["drk_ktv_invoice_when"]._description_selection(self.env),
        string="Invoice runs include course fees",
        required=True,
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if "drk_ktv_invoice_when" in fields_list:
            values["drk_ktv_invoice_when"] = self.env.company.drk_ktv_invoice_when
        return values

    def action_save(self):
        result = super().action_save()
        company_sudo = self.env.company.sudo()  # exactly this field, for managers of courses (access rights)
        company_sudo.drk_ktv_invoice_when = self.drk_ktv_invoice_when
        return result
