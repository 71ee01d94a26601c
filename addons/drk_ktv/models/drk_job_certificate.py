from odoo import fields, models


class DrkJob(models.Model):
    """The long work that prints certificates ends with a file."""

    _inherit = "drk.job"

    certificate_print_id = fields.Many2one(
        "drk.certificate.print", "Printed certificates", compute="_compute_certificate_print_id"
    )

    def _compute_certificate_print_id(self):
        orders = self.env["drk.certificate.print"]
        found = orders.search([("job_id", "in", self.ids)]) if orders.has_access("read") else orders
        by_job = {order.job_id.id: order for order in found}
        for job in self:
            job.certificate_print_id = by_job.get(job.id, orders)

    def action_certificate_download(self):
        """Open the printed certificates."""
        self.ensure_one()
        return self.certificate_print_id.action_download()

    def _certificate_progress(self):
        """:return: action with the progress bar of this work"""
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_base.drk_job_action")
        return action | {"views": [(False, "form")], "view_mode": "form", "res_id": self.id, "name": self.name}
