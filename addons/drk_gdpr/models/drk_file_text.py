import logging
import os
from pathlib import Path

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import split_every

from ..tools import extract

_logger = logging.getLogger(__name__)
BATCH = 1000
HEAD = 4096


class DrkFileText(models.Model):
    """The text of a file that hides it (PDF, office document, mail), read once per content.

    It repeats what the file says, so it lives no longer than the file.
    """

    _name = "drk.file.text"
    _description = "Text of a File"
    _rec_name = "checksum"
    _log_access = False

    checksum = fields.Char(required=True, help="Name of the file in the file store.")
    text = fields.Text()
    is_readable = fields.Boolean(default=True, help="Not set for a damaged file and for one with a password.")

    _checksum_unique = models.Constraint("UNIQUE(checksum)", "The text of a file is kept once.")

    @api.autovacuum
    def _drop_gone(self):
        """Drop the texts of files that no record uses any more.

        :return: how many
        """
        query = SQL(
            """
            DELETE FROM drk_file_text t
             WHERE NOT EXISTS (SELECT 1 FROM ir_attachment a
                                WHERE a.store_fname = LEFT(t.checksum, 2) || '/' || t.checksum)
            RETURNING id
            """
        )
        return len(self.env.execute_query(query))

    @api.model
    def _files(self):
        """Return the files of the file store in batches.

        :return: iterator of lists of (path, numbers of the attachments that use it); files that were deleted and only wait
            for the clean-up of the file store are left out
        """
        root = Path(self.env["ir.attachment"]._filestore())
        folders = sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
        for folder in folders:
            if folder.name != "checklist":
                with os.scandir(folder) as entries:
                    paths = sorted(Path(entry.path) for entry in entries if entry.is_file())
                for part in split_every(BATCH, paths, list):
                    yield list(self._with_users(root, part))

    @api.model
    def _with_users(self, root, paths):
        names = [f"{path.parent.name}/{path.name}" for path in paths]
        query = SQL(
            "SELECT store_fname, ARRAY_AGG(id ORDER BY id) FROM ir_attachment WHERE store_fname = ANY(%s) GROUP BY 1",
            names,
        )
        users = dict(self.env.execute_query(query))
        for path, name in zip(paths, names, strict=True):
            if name in users or not (root / "checklist" / name).exists():
                yield path, users.get(name, [])

    @api.model
    def _read_new(self, paths):
        """Read and keep the texts of those files that were not read yet.

        :param paths: files that attachments use
        """
        names = [path.name for path in paths]
        query = SQL("SELECT checksum FROM drk_file_text WHERE checksum = ANY(%s)", names)
        known = {checksum for (checksum,) in self.env.execute_query(query)}
        for path in paths:
            text, is_readable = self._text_of(path) if path.name not in known else (None, True)
            if text is not None:
                query = SQL(
                    "INSERT INTO drk_file_text (checksum, text, is_readable) VALUES %s RETURNING id",
                    (path.name, text, is_readable),
                )
                self.env.execute_query(query)

    @api.model
    def _text_of(self, path):
        """Return the text that a file hides and whether it could be read; no text when its bytes can be searched."""
        try:
            with path.open("rb") as file:
                head = file.read(HEAD)
                if not extract.needs_extraction(head):
                    return None, True
                data = head + file.read(extract.LARGEST)
        except FileNotFoundError:  # the file store was cleaned meanwhile
            return None, True
        return self._extract(data, path.name)

    @api.model
    def _extract(self, data, name):
        try:
            return extract.extract(data), True
        except extract.UnreadableError:
            _logger.info("The text of file %s cannot be read.", name)
            return "", False
