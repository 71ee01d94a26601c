import base64
import os
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import config

from ..tools.package import new_passphrase, pack

DOWNLOAD_DAYS = 60
REMIND_DAYS_BEFORE = 30
ERASURE_GROUP = "drk_gdpr.group_drk_gdpr_erasure"


class DrkDocumentPackage(models.Model):
    """The documents of people who were anonymised, encrypted, for sixty days (D-ANO-7 to D-ANO-10, G-19).

    Documents only, no copy of the data; none for an erasure at the person's own request. The passphrase lies in a file beside
    the database, so that neither the database nor a dump of it opens a package.
    """

    _name = "drk.document.package"
    _description = "Documents of anonymised people"
    _inherit = ["drk.association.mixin"]
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    run_id = fields.Many2one("drk.erasure.run", readonly=True, ondelete="cascade", index=True)
    user_id = fields.Many2one("res.users", string="Clerk", readonly=True, help="Is reminded before the documents go.")
    content = fields.Binary(string="Encrypted archive", attachment=True, readonly=True)
    document_count = fields.Integer(string="Documents", readonly=True)
    made_on = fields.Date(readonly=True, default=fields.Date.context_today)
    expires_on = fields.Date(string="Download until", compute="_compute_expires_on", store=True, index=True)
    reminded_on = fields.Date(readonly=True)

    @api.depends("made_on")
    def _compute_expires_on(self):
        for package in self:
            package.expires_on = package.made_on and package.made_on + timedelta(days=DOWNLOAD_DAYS)

    @api.model
    def _make(self, run, attachments):
        """Pack documents before they are erased.

        :param run: ``drk.erasure.run``
        :param attachments: ``ir.attachment``, files of people of the run
        :return: ``drk.document.package``, empty without documents
        """
        documents = [(attachment.name, attachment.raw) for attachment in attachments if attachment.raw]
        if not documents:
            return self.browse()
        # sudo: the run's clerk packs what the run erases
        return self.sudo().create(
            {
                "name": self.env._("Documents of %s", run.display_name),
                "run_id": run.id,
                "company_id": run.company_id.id,
                "user_id": run.user_id.id,
                "document_count": len(documents),
                "content": self._encrypt(run.company_id, documents),
            }
        )

    def _encrypt(self, company, documents):
        return base64.b64encode(pack(documents, self._passphrase(company)))

    # ------------------------------------------------------------------ key
    @api.model
    def _key_file(self, company):
        return Path(config["data_dir"], "drk_keys", self.env.cr.dbname, f"{company.id}.key")

    @api.model
    def _passphrase(self, company):
        """The passphrase of an association's packages, made at the first use.

        :param company: ``res.company``
        :return: str
        """
        file = self._key_file(company)
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, draft = tempfile.mkstemp(dir=file.parent)  # readable by the server alone
            with os.fdopen(descriptor, "w") as stream:
                stream.write(new_passphrase())
            with suppress(FileExistsError):  # made by another process at this moment; nobody reads half a passphrase
                os.link(draft, file)
            os.unlink(draft)
        return file.read_text()

    def action_show_passphrase(self):
        """Show the passphrase to whoever may anonymise."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group(ERASURE_GROUP):
            raise AccessError(self.env._("Only who may anonymise sees the passphrase."))
        self.env["drk.erasure.grant"]._check_associations(self.company_id)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "sticky": True,
                "title": self.env._("Passphrase of the documents"),
                "message": self._passphrase(self.company_id),
            },
        }

    def action_download(self):
        """Download the encrypted archive."""
        self.ensure_one()
        if not self.content:
            raise UserError(self.env._("The time for the download is over: these documents are gone."))
        return {
            "type": "ir.actions.act_url",
            "target": "download",
            "url": f"/web/content/{self._name}/{self.id}/content?download=true&filename=Dokumente-{self.id}.zip",
        }

    # ------------------------------------------------------------------ clock
    @api.model
    def _cron_expire(self):
        """Remind the clerks thirty days before, and remove what is older than sixty days."""
        today = fields.Date.context_today(self)
        self.search([("expires_on", "<", today)]).unlink()
        due = self.search(
            [("expires_on", "<=", today + timedelta(days=REMIND_DAYS_BEFORE)), ("reminded_on", "=", False)]
        )
        for package in due:
            package._remind()
            package.reminded_on = today

    def _remind(self):
        self.ensure_one()
        template = self.env.ref("drk_gdpr.mail_template_document_package")
        template.send_mail(self.id, email_layout_xmlid="mail.mail_notification_light")
