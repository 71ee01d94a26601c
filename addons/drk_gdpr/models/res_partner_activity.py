from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

COMPARISONS = ("<", "<=", ">", ">=")


class ResPartner(models.Model):
    """When an association last had to do with a person, for selections (K-4.8-15)."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    drk_last_activity = fields.Date(
        string="Last activity",
        compute="_compute_drk_last_activity",
        search="_search_drk_last_activity",
        compute_sudo=True,  # a date, for whoever sees the person; what the engagement is stays behind its own right
        groups="drk_gdpr.group_drk_gdpr_user",
        help="The last booking, entry in a waiting list or other engagement; without any, the day the person was entered.",
    )

    def _compute_drk_last_activity(self):
        clock = self.env["drk.retention.due"]
        lines = clock.search_read([("person_id", "in", self.ids)], ["person_id", "last_activity"], load=None)
        days = {line["person_id"]: line["last_activity"] for line in lines}
        for partner in self:
            partner.drk_last_activity = days.get(partner._origin.id)

    @api.model
    def _search_drk_last_activity(self, operator, value):
        if operator not in COMPARISONS:
            return NotImplemented
        query = SQL(
            "SELECT clock.id FROM (%s) clock WHERE clock.last_activity %s %s",
            self.env["drk.retention.due"]._table_query,
            SQL(operator),
            value,
        )
        return Domain("id", "in", query)
