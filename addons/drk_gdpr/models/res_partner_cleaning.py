from odoo import api, fields, models
from odoo.exceptions import AccessError


class ResPartner(models.Model):
    """Companies are cleaned only after somebody looked at them (D-ANO-19)."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    drk_cleaning_release = fields.Selection(
        [("prepared", "Waiting for a look"), ("released", "Released"), ("excluded", "Excluded")],
        string="Automatic cleaning",
        copy=False,
        help="Companies only: the automatic cleaning leaves a company out until it is released; excluded ones stay.",
    )

    @api.model
    def _drk_erasure_marks(self):
        return super()._drk_erasure_marks() | {"drk_cleaning_release"}

    def action_drk_release_cleaning(self):
        """Let the next automatic cleaning take these companies (D-ANO-20)."""
        self._drk_set_cleaning("released")

    def action_drk_exclude_cleaning(self):
        """Leave these companies out of every automatic cleaning (D-ANO-21); by hand they can still be anonymised."""
        self._drk_set_cleaning("excluded")

    def _drk_set_cleaning(self, value):
        if not self.env.su and not self.env.user.has_group("drk_gdpr.group_drk_gdpr_erasure"):
            raise AccessError(self.env._("Only who may anonymise decides what the automatic cleaning takes."))
        self.check_access("read")
        self.env["drk.erasure.grant"]._check_associations(self.company_id)
        # sudo: the right above is the one that counts, anonymising needs no right to edit people
        self.sudo().with_context(tracking_disable=True).write({"drk_cleaning_release": value})
