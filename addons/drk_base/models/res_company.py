from odoo import api, fields, models
from odoo.exceptions import AccessError


class ResCompany(models.Model):
    """An association (Gliederung): its letterhead and the systems it booked."""

    _inherit = "res.company"

    drk_is_association = fields.Boolean("Association", help="A legal body of the suite with its own data.")
    drk_code = fields.Char("Short name", size=12, help="Unique, upper case, e.g. MUS.")
    drk_system_ids = fields.Many2many(
        "drk.system", "drk_system_res_company_rel", "company_id", "system_id", string="Booked systems"
    )
    drk_letterhead_subtitle = fields.Char("Letterhead: second line")
    drk_sender_line = fields.Char("Sender line", help="One line above the address window.")
    drk_register_text = fields.Char("Register", help="Court and number, tax number.")
    drk_board_text = fields.Char("Board", help="Who represents the association.")
    drk_bank_text = fields.Char("Bank details")
    drk_signature_name = fields.Char("Signed by")
    drk_signature_function = fields.Char("Function")
    drk_privacy_contact = fields.Char("Privacy officer", help="How people reach the privacy officer.")

    _drk_code_unique = models.Constraint("UNIQUE(drk_code)", "Another association has this short name.")
    _drk_code_upper = models.Constraint(
        "CHECK(drk_code ~ '^[A-Z0-9ÄÖÜ]+$')", "The short name consists of capital letters and digits."
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        if any("drk_system_ids" in vals for vals in vals_list):
            self.env["drk.system"]._drk_clear_caches()
        return companies

    def write(self, vals):
        if self._drk_writes_own_association(vals):
            self = self.sudo()  # rights and fields are checked just above
        result = super().write(vals)
        if vals.keys() & {"drk_system_ids", "drk_is_association"}:
            self.env["drk.system"]._drk_clear_caches()
        return result

    def _drk_writes_own_association(self, vals):
        """Return whether somebody changes what their role may of the own association; everything else is core's business.

        :raise AccessError: when somebody who is no administrator tries to change more
        """
        user = self.env.user
        if self.env.su or user.has_group("base.group_erp_manager"):
            return False
        self.check_access("write")
        forbidden = vals.keys() - set(self._drk_changeable_fields())
        if forbidden:
            raise AccessError(
                self.env._("Only an administrator may change this of an association: %s", ", ".join(sorted(forbidden)))
            )
        return True

    @api.model
    def _drk_changeable_fields(self):
        """Hook: fields of the own association that the current user may change without being an administrator."""
        return self._drk_manager_fields() if self.env.user.has_group("drk_base.group_drk_base_manager") else []

    @api.model
    def _drk_manager_fields(self):
        """Hook: fields of the association that its manager may change."""
        return [
            *("name", "street", "street2", "zip", "city", "state_id", "phone", "email", "website", "logo"),
            *("drk_letterhead_subtitle", "drk_sender_line", "drk_register_text", "drk_board_text", "drk_bank_text"),
            *("drk_signature_name", "drk_signature_function", "drk_privacy_contact"),
        ]

    def _drk_has_system(self, code):
        """Return whether this association booked the system (or needs no booking for it)."""
        self.ensure_one()
        return code in self._drk_booked_codes()

    def _drk_booked_codes(self):
        core_systems = self.env["drk.system"].sudo().search([("is_core", "=", True)])  # what exists is no secret
        return set((self.sudo().drk_system_ids | core_systems).mapped("code"))

    @api.model
    def _drk_action_own_association(self):
        """Return the settings form of the current association."""
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_base.res_company_action_association")
        return {**action, "res_id": self.env.company.id}
