from odoo import fields, models


class ResCompany(models.Model):
    """An association's authorisation and numbers for certificates."""

    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    drk_ktv_authorisation_number = fields.Char(
        "Authorisation number",
        help="Kennziffer of the authorised body (DGUV Vorschrift 1 § 26(2)), printed on certificates.",
    )

    def _drk_ktv_load_kinds(self):
        result = super()._drk_ktv_load_kinds()
        for company in self.filtered(lambda c: c.drk_is_association and c._drk_has_system("ktv")):
            company._drk_certificate_sequence()  # there before two people issue the first ones at once
        return result

    def _drk_certificate_sequence(self):
        """:return: ``ir.sequence`` (sudo) of the association's certificates"""
        self.ensure_one()
        sequences_sudo = self.env["ir.sequence"].sudo()  # numbering is nothing a clerk may edit
        found = sequences_sudo.search([("code", "=", "drk.certificate"), ("company_id", "=", self.id)], limit=1)
        return found or sequences_sudo.create(self._prepare_drk_certificate_sequence_vals())

    def _prepare_drk_certificate_sequence_vals(self):
        """Hook: how the numbers of certificates look: gapless, anew each year."""
        return {
            "name": f"{self.name}: {self.env._('Certificates')}",
            "code": "drk.certificate",
            "company_id": self.id,
            "prefix": "TB-%(range_year)s-",
            "padding": 5,
            "implementation": "no_gap",
            "use_date_range": True,
        }
