from odoo import fields, models


class ResCompany(models.Model):
    """What an association puts in the place of erased names."""

    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    drk_shell_years = fields.Integer(
        "Years until the final deletion", default=10, help="Years after which an anonymised record is deleted for good."
    )

    def _drk_symbolic_values(self):
        """Hook: return what stands in the place of the erased: dict of firstname, lastname, street, search_name."""
        self.ensure_one()
        company = self.with_context(lang=self.partner_id.lang or self.env.lang)
        return {
            "firstname": company.env._("Anonymous"),
            "lastname": company.env._("Person"),
            "street": False,
            "search_name": company.env._("Anonymous"),
        }
