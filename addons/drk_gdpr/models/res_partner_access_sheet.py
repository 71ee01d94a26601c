from odoo import models


class ResPartner(models.Model):
    """The access sheet of a person, from form and list."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def _drk_access_sheets(self):
        """Return the sheets of these people for their print; the context ``drk_sheet_sections`` chooses the sections."""
        return self.env["drk.access.sheet"]._sheets(self, self.env.context.get("drk_sheet_sections"))

    def _drk_sheet_company(self):
        """Return the association that prints the sheet of this person."""
        return self.sudo().company_id or self.env.company  # sudo: its letterhead is public

    def action_drk_access_sheet(self):
        """Open the dialog that makes the access sheets of these people."""
        self.env["drk.access.sheet"]._check_may_inform(self)
        return self.env["drk.access.sheet.wizard"]._open(self)

    def action_drk_access_sheet_docx(self):
        """Hand the sheet to Word: the only template with "DSGVO" in its title at once, else after a choice."""
        self.env["drk.access.sheet"]._check_may_inform(self)
        return self.env["drk.access.sheet.wizard"]._open_docx(self)

    def action_drk_information(self):
        """Open a mail with the GDPR notice to this person."""
        self.ensure_one()
        return self.env["drk.access.sheet.wizard"]._open_mail(self)

    def action_drk_mass_information(self):
        """Prepare a mass information of the chosen people."""
        return self.env["drk.gdpr.information"]._create_for(self)

    def _drk_print_access_sheets(self, print_id):
        """Make the sheets of one part of a long work."""
        order_sudo = self.env["drk.access.sheet.print"].sudo().browse(print_id)  # read-only for its users
        sections = set(order_sudo.section_codes or ()) or None
        template = order_sudo.template_id.with_env(self.env)
        order_sudo._add(self.env["drk.access.sheet"]._files(self, order_sudo.kind, sections, template))
