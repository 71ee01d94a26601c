from odoo import api, fields, models

LINK_CONSENT = "gdpr_consent"
#: A mail is kept for long, and a consent has to be as easy to withdraw as it was given (GDPR Art. 7(3)).
LINK_DAYS = 730


class ResPartner(models.Model):
    """The signed link with which a person sees, withdraws and gives consents without a login."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def _drk_consent_url(self):
        """Return the address of the page of this person, for a mail to them and nobody else."""
        self.ensure_one()
        company_sudo = self.sudo().company_id or self.env.company.sudo()  # the address of a public site
        site_sudo = self.env["website"].sudo().search([("company_id", "=", company_sudo.id)], limit=1)
        base = (site_sudo or self).get_base_url().rstrip("/")
        expires = fields.Datetime.add(fields.Datetime.now(), days=LINK_DAYS)
        return f"{base}/datenschutz/einwilligung/{self.env['drk.link']._sign(LINK_CONSENT, self.id, expires)}"

    def _drk_template_values(self):
        return super()._drk_template_values() | {"DSGVO_LINK": self._drk_consent_url() if self else ""}

    @api.model
    def _drk_template_variables(self):
        return super()._drk_template_variables() | {
            "DSGVO_LINK": self.env._("Link with which the person sees, withdraws and gives consents")
        }
