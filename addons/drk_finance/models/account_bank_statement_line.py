from odoo import models


class AccountBankStatementLine(models.Model):
    """Lines of bank statements are found by the person: an erasure asks for them."""

    _inherit = "account.bank.statement.line"

    _drk_partner_index = models.Index("(partner_id) WHERE partner_id IS NOT NULL")
