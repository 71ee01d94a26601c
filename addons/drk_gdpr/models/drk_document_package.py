import base64
import hashlib
import io
import logging
import os
import secrets
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, config

from ..tools.package import new_passphrase, pack

_logger = logging.getLogger(__name__)

DOWNLOAD_DAYS = 60
REMIND_DAYS_BEFORE = 30
ERASURE_GROUP = "drk_gdpr.group_drk_gdpr_erasure"
#: Field of the run whose files are documents set aside; nobody else attaches files to it.
ASIDE = "package_ids"
#: Folder of the file store for archives that are being written.
DRAFTS = "drk"


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

    # ------------------------------------------------------------------ packing
    @api.model
    def _collect(self, run, attachments):
        """Set documents aside before they are erased: rows on the same contents, taken back with an erasure that fails.

        :param run: ``drk.erasure.run``
        :param attachments: ``ir.attachment``, files of people of the run
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO ir_attachment (name, type, mimetype, store_fname, db_datas, res_model, res_id, res_field)
                SELECT name, type, mimetype, store_fname, db_datas, %s, %s, %s FROM ir_attachment
                 WHERE id = ANY(%s) AND file_size > 0 ORDER BY id
                """,
                run._name,
                run.id,
                ASIDE,
                attachments.ids,
            )
        )

    @api.model
    def _pack(self, run):
        """Make one package of what a chunk of the run set aside, in the chunk's transaction.

        :param run: ``drk.erasure.run``
        :return: ``drk.document.package``, empty without documents
        """
        aside = SQL("res_model = %s AND res_id = %s AND res_field = %s", run._name, run.id, ASIDE)
        documents = self.env.execute_query(
            SQL("SELECT id, name, store_fname FROM ir_attachment WHERE %s ORDER BY id", aside)
        )
        if not documents:
            return self.browse()
        # sudo: the run's clerk packs what the run erases
        package_sudo = self.sudo().create(
            {
                "name": self.env._("Documents of %s", run.display_name),
                "run_id": run.id,
                "company_id": run.company_id.id,
                "user_id": run.user_id.id,
            }
        )
        package_sudo._write_archive(documents)
        self.env["drk.gdpr.forgetter"]._gdpr_delete_files(aside)
        return package_sudo.exists()

    def _write_archive(self, documents):
        """Write the archive beside the files of the store, so that it need not be read into memory to get there."""
        attachments = self.env["ir.attachment"]
        name = f"{DRAFTS}/{secrets.token_hex(20)}"
        draft = Path(attachments._full_path(name))
        draft.parent.mkdir(parents=True, exist_ok=True)
        attachments._mark_for_gc(name)  # what a killed process leaves goes with Odoo's own sweep
        try:
            with draft.open("wb") as stream:
                self.document_count = pack(stream, self._open_documents(documents), self._passphrase(self.company_id))
            self._keep_archive(draft)
        finally:
            draft.unlink(missing_ok=True)

    def _keep_archive(self, draft):
        attachments = self.env["ir.attachment"]
        if not self.document_count:
            self.unlink()
        elif attachments._storage() == "file":
            self._move_to_store(draft)
        else:
            self.content = base64.b64encode(draft.read_bytes())

    def _open_documents(self, documents):
        """Yield name and open file of each document; a file that is missing is missing already.

        :param documents: list of (number of the attachment, name, name in the file store or None)
        """
        for res_id, name, stored in documents:
            try:
                yield name, self._open_document(res_id, stored)
            except OSError:
                _logger.warning("The file of document %s is missing in the file store", res_id)

    def _open_document(self, res_id, stored):
        if stored:
            return Path(self.env["ir.attachment"]._full_path(stored)).open("rb")
        [(content,)] = self.env.execute_query(SQL("SELECT db_datas FROM ir_attachment WHERE id = %s", res_id))
        return io.BytesIO(content)

    def _move_to_store(self, draft):
        """Make a file the content of this package, as Odoo would have stored it."""
        attachments = self.env["ir.attachment"]
        size = draft.stat().st_size
        with draft.open("rb") as stream:
            checksum = hashlib.file_digest(stream, "sha1").hexdigest()
        name = f"{checksum[:2]}/{checksum}"
        attachments._mark_for_gc(name)  # the sweep keeps it only if this transaction ends well
        target = Path(attachments._full_path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.replace(target)
        vals = {"name": "content", "res_model": self._name, "res_id": self.id, "res_field": "content"}
        attachment = attachments.create({**vals, "type": "binary", "mimetype": "application/zip"})
        query = "UPDATE ir_attachment SET store_fname = %s, checksum = %s, file_size = %s WHERE id = %s"
        self.env.cr.execute(SQL(query, name, checksum, size, attachment.id))
        attachment.invalidate_recordset(flush=False)
        self.invalidate_recordset(["content"], flush=False)

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
        if not self.with_context(bin_size=True).content:
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
