from odoo import api, fields, models

KINDS = ("participant", "registration", "company", "lecturer", "address", "user")


class DrkInventoryPrint(models.TransientModel):
    """Print which fields hold personal data, for one kind of person or for all."""

    _name = "drk.inventory.print"
    _description = "Print the Inventory"

    person_kind = fields.Selection(
        [
            ("participant", "Participants"),
            ("registration", "Registrations"),
            ("company", "Companies and contact persons"),
            ("lecturer", "Lecturers"),
            ("address", "Other addresses"),
            ("user", "Users"),
        ],
        string="Kind of person",
        help="Empty: a chapter for each kind.",
    )

    def action_print(self):
        self.ensure_one()
        return self.env.ref("drk_gdpr.report_inventory_action").report_action(self)

    def _chapters(self):
        """Return what is printed.

        :return: list of (heading, list of (name of the model, list of ``drk.inventory.field``))
        """
        self.ensure_one()
        names = dict(self._fields["person_kind"]._description_selection(self.env))
        kinds = [self.person_kind] if self.person_kind else KINDS
        return [(names[kind], self._models_of(kind)) for kind in kinds]

    @api.model
    def _models_of(self, kind):
        rows = self.env["drk.inventory.field"].search([("is_personal", "=", True)])
        rows = rows.filtered(lambda row: kind in (row.person_kinds or "").split(",") and row.model in self.env)
        by_model = rows.grouped("model")
        named = [(self.env["ir.model"]._get(name).sudo().name, found) for name, found in by_model.items()]
        first = self.env["ir.model"]._get("res.partner").sudo().name  # sudo: names of models
        return sorted(named, key=lambda pair: (pair[0] != first, pair[0]))
