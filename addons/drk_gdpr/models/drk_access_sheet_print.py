import base64
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

#: Sheets a transaction: each reads the whole inventory.
CHUNK = 10
KEEP = timedelta(days=7)


class DrkAccessSheetPrint(models.Model):
    """Access sheets of many people, made by a long work and kept for a week."""

    _name = "drk.access.sheet.print"
    _description = "Access Sheets of Many People"
    _inherit = ["drk.association.mixin"]
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Started by", required=True, readonly=True, ondelete="cascade", index=True)
    job_id = fields.Many2one("drk.job", "Long work", readonly=True, ondelete="set null", index="btree_not_null")
    job_state = fields.Selection(related="job_id.state")
    job_percent = fields.Integer(related="job_id.percent")
    kind = fields.Char(required=True, readonly=True)
    section_codes = fields.Json("Contents", readonly=True)
    template_id = fields.Many2one("drk.docx.template", "Word template", readonly=True, ondelete="set null")
    file_count = fields.Integer("Files", compute="_compute_file_count")

    def _compute_file_count(self):
        for order in self:
            order.file_count = len(order._parts())

    @api.model
    def _start(self, wizard):
        """Make the sheets that a dialog asks for.

        :param wizard: ``drk.access.sheet.wizard``
        :return: action that shows the progress
        """
        people = wizard.partner_ids
        sections = wizard._sections()
        order_sudo = self.sudo().create(  # the table is read-only for its users
            {
                "name": self.env._("Access sheets of %s people", len(people)),
                "company_id": self.env.company.id,
                "user_id": self.env.uid,
                "kind": wizard.kind,
                "section_codes": sections and sorted(sections),
                "template_id": wizard.docx_template_id.id,
            }
        )
        job = self.env["drk.job"]._start(
            order_sudo.name, people, "_drk_print_access_sheets", chunk_size=CHUNK, print_id=order_sudo.id
        )
        order_sudo.job_id = job
        return order_sudo._open()

    def _open(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_gdpr.drk_access_sheet_print_action")
        return action | {"views": [(False, "form")], "view_mode": "form", "res_id": self.id}

    def _parts(self):
        domain = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        return (
            self.env["ir.attachment"].sudo().search(domain, order="name, id")
        )  # sudo: files of a record that was read

    def _add(self, files):
        self.env["ir.attachment"].create(
            [
                {
                    "name": name,
                    "raw": content,
                    "res_model": self._name,
                    "res_id": self.id,
                    "company_id": self.company_id.id,
                }
                for name, content in files
            ]
        )

    def action_download(self):
        """Pack what is ready into one file."""
        self.ensure_one()
        self.check_access("read")
        parts = self._parts()
        if not parts:
            raise UserError(self.env._("No sheet is ready yet. Please try again in a moment."))
        content = self.env["drk.access.sheet"]._zip([(part.name, part.raw) for part in parts])
        wizard = self.env["drk.access.sheet.wizard"].create(
            {"result": base64.b64encode(content), "result_name": f"{self.name}.zip", "kind": "pdf"}
        )
        return wizard._download()

    @api.autovacuum
    def _gc_old(self):
        """They can be made again at any time."""
        self.search([("create_date", "<", fields.Datetime.now() - KEEP)], limit=1000).unlink()
