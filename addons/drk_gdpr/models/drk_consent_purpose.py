from odoo import api, fields, models
from odoo.exceptions import UserError

PRIVACY = "privacy"
DELIVERED = {PRIVACY, "newsletter", "photo", "health"}  # the system works with these codes


class DrkConsentPurpose(models.Model):
    """What a person consents to: each purpose has its own history."""

    _name = "drk.consent.purpose"
    _description = "Consent Purpose"
    _order = "sequence, id"

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    description = fields.Text(translate=True)
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint("UNIQUE(code)", "Each code stands for one purpose.")

    def write(self, vals):
        if any(purpose[name] != vals[name] for name in ("code", "active") if name in vals for purpose in self):
            self._check_not_delivered()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_delivered(self):
        self._check_not_delivered()

    def _check_not_delivered(self):
        if DELIVERED & set(self.mapped("code")):
            raise UserError(self.env._("The code of a delivered consent purpose is fixed, and it cannot be removed."))

    @api.model
    def _get(self, code):
        """Return the purpose with this code.

        :param code: e.g. ``"newsletter"``
        :return: ``drk.consent.purpose`` singleton, readable by everybody
        :raise UserError: when no purpose has this code
        """
        # The value list holds no data of anybody, and public visitors declare consent.
        purpose = self.sudo().search([("code", "=", code)], limit=1)
        if not purpose:
            raise UserError(self.env._("There is no consent purpose with the code %s.", code))
        return purpose
