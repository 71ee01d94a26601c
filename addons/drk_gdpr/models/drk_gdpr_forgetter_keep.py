from odoo import api, models
from odoo.tools import SQL

#: A person's own request leaves no package (G-19); after a restore the package of the first run is enough.
KINDS_WITH_PACKAGE = ("manual", "automatic", "final")


class DrkGdprForgetter(models.AbstractModel):
    """What is kept of people on purpose before they are forgotten: their documents for a while, their objection for good."""

    _inherit = "drk.gdpr.forgetter"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _gdpr_forget(self, run, people):
        entries = self.env["drk.block.entry"].sudo()
        entries._add(people.filtered("drk_no_advertising"))
        entries._add(people.filtered("is_blacklisted"), kinds=("email",))  # the list itself loses the address
        if run.kind in KINDS_WITH_PACKAGE and not self.env.context.get("drk_erasure_preview"):
            self.env["drk.document.package"]._collect(run, self._gdpr_documents(people))
        return super()._gdpr_forget(run, people)

    @api.model
    def _gdpr_documents(self, people):
        """The documents of people: files at their record, at their engagements and at their entries.

        :param people: ``res.partner``
        :return: ``ir.attachment`` (sudo)
        """
        owners = [SQL("(%s, %s)", "res.partner", person) for person in people.ids]
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT res_model, res_id FROM (%s) engagement WHERE person_id = ANY(%s)",
                self.env["drk.engagement"]._table_query,
                people.ids,
            )
        )
        owners += [SQL("(%s, %s)", model, res_id) for model, res_id in [*rows, *self._gdpr_document_owners(people)]]
        if not owners:
            return self.env["ir.attachment"]
        query = SQL(
            "SELECT id FROM ir_attachment WHERE (res_model, res_id) IN (%s) AND res_field IS NULL",
            SQL(", ").join(owners),
        )
        return self.env["ir.attachment"].sudo().browse(row[0] for row in self.env.execute_query(query))

    @api.model
    def _gdpr_document_owners(self, people):
        """Hook: further records whose files are documents of people, as pairs of model and number."""
        return []
