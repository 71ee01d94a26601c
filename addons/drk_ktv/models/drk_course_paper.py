import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import papers


class DrkCoursePaper(models.Model):
    """Unterlage: a scan that belongs to a course, mostly its signed list."""

    _name = "drk.course.paper"
    _description = "Course paper"
    _inherit = ["drk.association.mixin"]
    _order = "id"

    event_id = fields.Many2one("event.event", string="Course", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="event_id.company_id", store=True, precompute=True, default=None)
    name = fields.Char(string="File name")
    file = fields.Binary(required=True, attachment=True)
    checksum = fields.Char(readonly=True)

    _once = models.UniqueIndex("(event_id, checksum)", "This file is there already.")

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create([vals | self._prepare_file_vals(vals) for vals in vals_list])
        records._check_papers_open()
        return records

    def write(self, vals):
        self._check_papers_open()
        if "file" in vals:
            vals = vals | self._prepare_file_vals({"name": self[:1].name, **vals})
        result = super().write(vals)
        self._check_papers_open()
        return result

    def unlink(self):
        self._check_papers_open()
        return super().unlink()

    def _check_papers_open(self):
        closed = self.event_id.filtered(lambda event: event.drk_papers_state == "complete")
        if closed:
            raise UserError(closed[0]._drk_papers_closed_message())

    @api.model
    def _prepare_file_vals(self, vals):
        """Look at a file before it is kept.

        :raise UserError: when it is too big or no scan
        """
        name = vals.get("name") if isinstance(vals.get("name"), str) else ""
        content = self._read_file(vals.get("file"))
        kind = papers.kind_of(content) if content else None
        if len(content) > papers.MAX_BYTES:
            raise UserError(self.env._("%s is larger than 10 MB. Please take a smaller picture.", name))
        if not kind:
            raise UserError(self.env._("%s is neither a PDF file nor a JPG or PNG picture.", name or "?"))
        return {"name": papers.clean_name(name, kind), "checksum": hashlib.sha256(content).hexdigest()}

    @api.model
    def _read_file(self, encoded):
        try:
            return base64.b64decode(encoded or b"", validate=True)
        except (ValueError, TypeError):
            return b""

    @api.model
    def _add(self, course, name, encoded):
        """Keep one file with a course; the same file sent again is kept once."""
        vals = self._prepare_file_vals({"name": name, "file": encoded})
        known = self.search([("event_id", "=", course.id), ("checksum", "=", vals["checksum"])], limit=1)
        return known or self.create({"event_id": course.id, "name": name, "file": encoded})
