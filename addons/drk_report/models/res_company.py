from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _drk_letterhead(self, unit=None):
        """Collect what stands on the letterhead.

        :param unit: ``drk.unit`` that writes, or None
        :return: dict: name, subtitle, sender_line, logo (base64 or False), columns (lists of lines for the footer)
        """
        self.ensure_one()
        company = self.sudo()  # a letterhead is public, whoever prints it
        unit = unit.sudo() if unit else None
        return {
            "name": company.name,
            "subtitle": (unit and (unit.letterhead_subtitle or unit.name)) or company.drk_letterhead_subtitle or "",
            "sender_line": (unit and unit.sender_line) or company.drk_sender_line or company._drk_default_sender_line(),
            "logo": (unit and unit.logo) or (not company.uses_default_logo and company.logo),
            "columns": company._drk_footer_columns(),
        }

    def _drk_default_sender_line(self):
        place = " ".join(filter(None, (self.zip, self.city)))
        return " · ".join(filter(None, (self.name, self.street, place)))

    def _drk_footer_columns(self):
        """Hook: lines of the footer, column by column.

        :return: list of lists of str; empty columns are left out
        """
        self.ensure_one()
        columns = [
            [self.name, self.street, " ".join(filter(None, (self.zip, self.city)))],
            [self.phone, self.email, self.website],
            self._drk_footer_lines(self.drk_bank_text),
            self._drk_footer_lines(self.drk_board_text) + self._drk_footer_lines(self.drk_register_text),
        ]
        return [lines for column in columns if (lines := [line for line in column if line])]

    @staticmethod
    def _drk_footer_lines(text):
        """Break a text of the letterhead at its commas: a column of the footer is narrow."""
        return [part.strip() for part in (text or "").split(",")]
