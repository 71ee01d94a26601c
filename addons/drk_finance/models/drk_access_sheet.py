from odoo import models


class DrkAccessSheet(models.AbstractModel):
    """The text of an invoice names for whom somebody pays: that is theirs, not the payer's."""

    _inherit = "drk.access.sheet"

    def _other_partners(self, record):
        partners = super()._other_partners(record)
        if record._name in ("account.move", "account.move.line"):
            move = record.move_id if record._name == "account.move.line" else record
            partners |= move.drk_charge_ids.drk_person_id.filtered(self._is_natural_stranger)
        return partners
