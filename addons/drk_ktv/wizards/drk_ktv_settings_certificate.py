from odoo import api, fields, models


class DrkKtvSettings(models.TransientModel):
    """What certificates need to know about the association."""

    _inherit = "drk.ktv.settings"  # pylint: disable=consider-merging-classes-inherited

    drk_ktv_authorisation_number = fields.Char(
        string="Authorisation number",
        help="Kennziffer of the authorised body (DGUV Vorschrift 1 § 26(2)), printed on certificates.",
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if "drk_ktv_authorisation_number" in fields_list:
            values["drk_ktv_authorisation_number"] = self.env.company.drk_ktv_authorisation_number
        return values

    def action_save(self):
        result = super().action_save()
        company_sudo = self.env.company.sudo()  # exactly this field, for managers of courses (access rights)
        company_sudo.drk_ktv_authorisation_number = (self.drk_ktv_authorisation_number or "").strip()
        return result
