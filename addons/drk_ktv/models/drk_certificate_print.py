import io
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

#: Certificates a transaction; so many pages are laid out and kept in memory at a time.
CHUNK = 50
KEEP = timedelta(days=7)


class DrkCertificatePrint(models.Model):
    """Druckauftrag: many certificates in one PDF, made in chunks by a long work; kept for a week."""

    _name = "drk.certificate.print"
    _description = "Print of certificates"
    _inherit = ["drk.association.mixin"]
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Started by", readonly=True, ondelete="set null", index="btree_not_null")
    job_id = fields.Many2one("drk.job", "Long work", readonly=True, ondelete="set null", index="btree_not_null")
    total = fields.Integer("Certificates", readonly=True)
    printed = fields.Integer(readonly=True, default=0)
    record_ids = fields.Json("Order of the pages", readonly=True, groups="base.group_system")
    pdf = fields.Binary("PDF", attachment=True, readonly=True)
    filename = fields.Char(readonly=True)

    @api.model
    def _start(self, certificates):
        """Print certificates by a long work.

        :param certificates: ``drk.certificate`` of one association, in the order of the pages
        :return: action that shows the progress
        """
        company = certificates.company_id
        if len(company) > 1:
            raise UserError(self.env._("Please print the certificates of one association at a time."))
        name = self.env._("Print %s certificates", len(certificates))
        order_sudo = self.sudo().create(  # the table is read-only for its users
            {
                "name": name,
                "company_id": company.id,
                "user_id": self.env.uid,
                "total": len(certificates),
                "filename": certificates._filename(),
                "record_ids": certificates.ids,
            }
        )
        jobs = self.env["drk.job"].with_company(company)
        job = jobs._start(name, certificates, "_print_part", chunk_size=CHUNK, print_id=order_sudo.id)
        order_sudo.job_id = job
        return job._certificate_progress()

    def _add_part(self, certificates):
        """Lay out one part and, when it was the last, put the whole together.

        Two chunks meet on the row of the order: who comes second is told to begin again and then sees the first.

        :param certificates: ``drk.certificate`` of one chunk, with the rights of who started the work
        """
        self.env.cr.execute(
            "UPDATE drk_certificate_print SET printed = printed + %s WHERE id = %s RETURNING printed",
            [len(certificates), self.id],
        )
        (printed,) = self.env.cr.fetchone()
        self.invalidate_recordset(["printed"], flush=False)
        valid = certificates.filtered(lambda certificate: certificate.state == "valid")
        if valid:
            reports = certificates.env["ir.actions.report"].with_context(drk_pdf_part=True)
            content = reports._drk_pdf("drk_ktv.report_certificate", valid)
            self._attach(f"{self.record_ids.index(certificates[0].id):06}", content)
        if printed >= self.total:
            self._finish()

    def _finish(self):
        parts = self.env["ir.attachment"].search([("res_model", "=", self._name), ("res_id", "=", self.id)])
        parts = parts.sorted("name")
        merged = self.env["ir.actions.report"]._merge_pdfs([io.BytesIO(part.raw) for part in parts])
        self._attach(self.filename, merged.getvalue(), res_field="pdf")
        self.invalidate_recordset(["pdf"])
        parts.unlink()

    def _attach(self, name, content, **vals):
        owner = {"res_model": self._name, "res_id": self.id, "company_id": self.company_id.id}
        self.env["ir.attachment"].create({"name": name, "raw": content, "mimetype": "application/pdf", **owner, **vals})

    def action_download(self):
        """Open the PDF."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/pdf?filename_field=filename&download=true",
            "target": "download",
        }

    @api.autovacuum
    def _gc_old(self):
        """The certificates can be printed again at any time: names and birth dates need not lie here."""
        self.search([("create_date", "<", fields.Datetime.now() - KEEP)], limit=1000).unlink()
