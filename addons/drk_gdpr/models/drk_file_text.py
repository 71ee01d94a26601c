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
        """Drop the texts whose file is gone.

        :return: how many
        """
        rows = self.env.execute_query(SQL("SELECT id, checksum FROM drk_file_text ORDER BY id"))
        gone = [row_id for row_id, checksum in rows if not self._path(checksum).is_file()]
        for ids in split_every(BATCH, gone):
            self.env.execute_query(SQL("DELETE FROM drk_file_text WHERE id IN %s RETURNING id", tuple(ids)))
        return len(gone)

    @api.model
    def _path(self, checksum):
        return Path(self.env["ir.attachment"]._full_path(f"{checksum[:2]}/{checksum}"))

    @api.model
    def _files(self):
        """Return the paths of all files of the file store, those that no record uses any more included."""
        root = self.env["ir.attachment"]._filestore()
        for folder in sorted(os.scandir(root), key=lambda entry: entry.name) if os.path.isdir(root) else ():
            if folder.is_dir() and folder.name != "checklist":
                yield from sorted(Path(entry.path) for entry in os.scandir(folder.path) if entry.is_file())

    @api.model
    def _read_new(self):
        """Read the texts of the files that were not read yet."""
        for paths in split_every(BATCH, self._files()):
            names = [path.name for path in paths]
            known = {
                checksum
                for (checksum,) in self.env.execute_query(
                    SQL("SELECT checksum FROM drk_file_text WHERE checksum = ANY(%s)", names)
                )
            }
            for path in paths:
                if path.name not in known:
                    self._read_one(path)

    @api.model
    def _read_one(self, path):
        try:
            with path.open("rb") as file:
                head = file.read(HEAD)
                if not extract.needs_extraction(head):
                    return
                data = head + file.read(extract.LARGEST)
        except FileNotFoundError:  # the file store was cleaned meanwhile
            return
        text, is_readable = self._extract(data, path.name)
        self.env.execute_query(
            SQL(
                "INSERT INTO drk_file_text (checksum, text, is_readable) VALUES (%s, %s, %s) RETURNING id",
                path.name,
                text,
                is_readable,
            )
        )

    @api.model
    def _extract(self, data, name):
        try:
            return extract.extract(data), True
        except extract.UnreadableError:
            _logger.info("The text of file %s cannot be read.", name)
            return "", False
