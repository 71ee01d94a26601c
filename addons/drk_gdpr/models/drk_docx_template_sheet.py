from odoo import models

WORD = "DSGVO"


class DrkDocxTemplate(models.Model):
    """A Word template for people with "DSGVO" in its title can show the access sheet."""

    _inherit = "drk.docx.template"  # pylint: disable=consider-merging-classes-inherited

    def _prepare_values(self, records):
        values = super()._prepare_values(records)
        if self.model == "res.partner" and WORD in (self.name or "").upper():
            sheets = self.env.context.get("drk_sheets") or self.env["drk.access.sheet"]._sheets(records)
            values["sheet"] = self._sheet_parts(sheets[records[:1].id]) if records else []
        return values

    def _sheet_parts(self, sheet):
        """Return a sheet as lists, which a template can loop over: (title, [(label, value, kind of record)])."""
        parts = []
        for section in sheet["sections"]:
            rows = [("", line, "") for line in section["lines"]]
            for group in section["groups"]:
                for record in group["records"]:
                    title = ": ".join(filter(None, (group["title"], record["title"])))
                    rows += [(field["label"], str(field["value"]), title) for field in record["fields"]]
            parts.append((section["title"], rows))
        return [*parts, ("", [("", sheet["confidential_note"], "")])]
