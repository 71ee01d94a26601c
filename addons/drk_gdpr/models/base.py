from odoo import api, models

PARTNER = "res.partner"


class Base(models.AbstractModel):
    """Nobody links a record to a person they may not read: the client would show the name of the linked person."""

    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        self._drk_check_linked_people(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._drk_check_linked_people([vals])
        return super().write(vals)

    @api.model
    def _drk_check_linked_people(self, vals_list):
        if self.env.su:
            return
        ids = {
            value
            for vals in vals_list
            for name, value in vals.items()
            if value and isinstance(value, int) and self._drk_is_partner_link(name)
        }
        if ids:
            self.env[PARTNER].browse(ids).check_access("read")

    @api.model
    def _drk_is_partner_link(self, name):
        field = self._fields.get(name)
        return field is not None and field.type == "many2one" and field.comodel_name == PARTNER

    def _drk_of_own_associations(self):
        """Whether the user works for the association of each of these records."""
        if "company_id" not in self._fields:
            return True
        # sudo: the answer tells nothing about the records
        return self.sudo().company_id <= self.env.user.company_ids
