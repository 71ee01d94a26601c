from odoo import models
from odoo.addons.drk_gdpr.tools.blocker import Blocker
from odoo.tools import SQL


class ResPartner(models.Model):
    """Open money waits for nobody's erasure."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def _drk_open_business(self):
        return [*super()._drk_open_business(), *self._drk_blocking_entries(), *self._drk_blocking_charges()]

    def _drk_blocking_entries(self):
        self.env["account.move.line"].flush_model()
        query = """
            SELECT l.partner_id, a.account_type = 'asset_receivable' AND SUM(l.amount_residual) > 0, COUNT(*)
              FROM account_move_line l JOIN account_account a ON a.id = l.account_id
             WHERE l.partner_id = ANY(%s) AND l.parent_state = 'posted' AND l.amount_residual != 0
               AND a.account_type IN ('asset_receivable', 'liability_payable')
             GROUP BY l.partner_id, a.account_type
        """
        owed, credit = self.env._("Unpaid invoices"), self.env._("Credit that is not settled")
        return [
            Blocker(person, "money", owed if is_owed else credit, False, "account.move.line", count)
            for person, is_owed, count in self.env.execute_query(SQL(query, self.ids))
        ]

    def _drk_blocking_charges(self):
        self.env["drk.charge"].flush_model()
        query = """
            SELECT person, COUNT(*)
              FROM (SELECT payer_id AS person FROM drk_charge WHERE state = 'open' AND payer_id = ANY(%(people)s)
                     UNION ALL
                    SELECT drk_person_id FROM drk_charge
                     WHERE state = 'open' AND drk_person_id = ANY(%(people)s) AND drk_person_id != payer_id) charges
             GROUP BY person
        """
        text = self.env._("Fees that are not invoiced yet")
        return [
            Blocker(person, "charge", text, False, "drk.charge", count)
            for person, count in self.env.execute_query(SQL(query, people=self.ids))
        ]
