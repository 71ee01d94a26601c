from odoo import api, models


class DrkCertificate(models.Model):
    """A certificate says on the screen for whom it was issued as long as the person is not restricted; the paper does."""

    _inherit = "drk.certificate"  # pylint: disable=consider-merging-classes-inherited

    _drk_named_by = "drk_person_id"

    @api.model
    def _drk_telling(self):
        telling = self.env["drk.inventory.field"]._telling_fields(self._name) | {"text", "legal_text"}
        # the number leads to the paper, which who may see the person looks at; those who taught are others
        return telling - {"number", "instructors"}

    def _drk_shown_holder(self):
        """:return: str, for the screen of the user, whatever the rights of this step"""
        self.ensure_one()
        return self._drk_no_name() if self.sudo(False)._drk_nameless() else self.holder_name
