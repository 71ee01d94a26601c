from odoo import api, fields, models
from odoo.exceptions import UserError

WEB_CHANNEL = "I"


class DrkConsentChannel(models.Model):
    """How a declaration came in (eingegangen via): a value list of all associations, with the fixed key ``I``."""

    _name = "drk.consent.channel"
    _description = "Consent Channel"
    _order = "sequence, id"

    key = fields.Char(required=True, index=True)
    name = fields.Char(string="Text", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _key_unique = models.Constraint("UNIQUE(key)", "Each key stands for one channel.")

    def write(self, vals):
        self._check_not_fixed()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_fixed(self):
        self._check_not_fixed()

    def _check_not_fixed(self):
        if WEB_CHANNEL in self.mapped("key"):
            raise UserError(self.env._("The channel with the key I (Internet) is fixed."))

    @api.model
    def _get(self, key):
        """Return the channel with this key.

        :param key: e.g. ``"S"``
        :return: ``drk.consent.channel`` singleton, readable by everybody
        :raise UserError: when no channel has this key
        """
        # The value list holds no data of anybody, and public visitors declare consent.
        channel = self.sudo().with_context(active_test=False).search([("key", "=", key)], limit=1)
        if not channel:
            raise UserError(self.env._("There is no consent channel with the key %s.", key))
        return channel
