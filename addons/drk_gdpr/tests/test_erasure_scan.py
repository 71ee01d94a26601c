import base64
from pathlib import Path

from odoo.tests import tagged

from .common import GdprCase
from .test_extract import archive


@tagged("post_install", "-at_install")
class TestErasureScan(GdprCase):
    def setUp(self):
        super().setUp()
        # A mail of its own: files that other tests made lie in the file store until it is cleaned.
        self.mail = f"{self._testMethodName}@example.org"

    def _scan(self):
        return list(self.env["drk.erasure.scan"]._scan([("key", "email", self.mail)]))

    def _places(self):
        return {(hit.table, hit.column, hit.res_id) for hit in self._scan()}

    def _attach(self, content, **vals):
        return self.env["ir.attachment"].create({"name": "file", "raw": content, **vals})

    def test_nothing_to_find(self):
        self.assertFalse(self._scan())
        self.assertFalse(list(self.env["drk.erasure.scan"]._scan([])))

    def test_columns_of_all_kinds(self):
        self.erika.comment = f"<p>Fragen an &lt;{self.mail}&gt;</p>"
        record = self.env["ir.filters"].create(
            {"name": "f", "model_id": "res.partner", "domain": f"[('email','=','{self.mail}')]"}
        )
        self.env.cr.execute("CREATE TABLE plain (words varchar[], data jsonb, file bytea, day date)")
        self.env.cr.execute(
            "INSERT INTO plain VALUES (%s, %s, %s, now())", [[self.mail], f'{{"a": "{self.mail}"}}', self.mail.encode()]
        )
        expected = {("res_partner", "comment", self.erika.id), ("ir_filters", "domain", record.id)}
        self.assertEqual(self._places(), expected | {("plain", name, 0) for name in ("words", "data", "file")})

    def test_what_is_not_written_yet_is_found(self):
        self.erika.email = self.mail
        names = {column for _table, column, _id in self._places()}
        self.assertEqual(names, {"email", "email_normalized", "drk_email_key"})

    def test_hit_names_no_value(self):
        self.erika.email = self.mail
        hit = self._scan()[0]
        self.assertEqual((hit.res_id, hit.key, hit.kind), (self.erika.id, "key", "email"))
        self.assertNotIn(self.mail, str(hit))

    def test_files(self):
        plain = self._attach(f"Mail an {self.mail}".encode())
        twin = self._attach(f"Mail an {self.mail}".encode(), res_model="res.partner", res_id=self.erika.id)
        hidden = self._attach(archive(content__xml=f"<text:p>{self.mail}</text:p>", mimetype="x"))
        expected = {("ir_attachment", "datas", file.id) for file in (plain, twin, hidden)}
        self.assertEqual({place for place in self._places() if place[1] == "datas"}, expected)

    def test_file_without_a_record(self):
        file = self._attach(f"nur {self.mail}".encode())
        checksum, path = file.checksum, file._full_path(file.store_fname)
        self.assertIn(("ir_attachment", "datas", file.id), self._places())
        file.unlink()
        self.assertFalse(self._places(), "it goes with the next clean-up of the file store")
        Path(file._full_path("checklist"), checksum[:2], checksum).unlink()
        self.addCleanup(Path(path).unlink)
        self.assertEqual(self._places(), {("filestore", checksum, 0)})

    def test_file_in_the_database(self):
        content = base64.b64encode(archive(content__xml=f"<text:p>{self.mail}</text:p>"))
        self.env.cr.execute("UPDATE ir_attachment SET db_datas = %s WHERE id = %s", [content, self._attach(b"x").id])
        self.assertEqual({column for _table, column, _id in self._places()}, {"db_datas"})

    def test_text_is_read_once_and_goes_with_the_file(self):
        file = self._attach(archive(content__xml=f"<text:p>{self.mail}</text:p>"))
        self._scan()
        texts = self.env["drk.file.text"]
        text = texts.search([("checksum", "=", file.checksum)])
        self.assertIn(self.mail, text.text)
        self._scan()
        self.assertEqual(texts.search_count([("checksum", "=", file.checksum)]), 1)
        file.unlink()
        self.assertEqual(texts._drop_gone(), 1)
        self.assertFalse(text.exists())

    def test_unreadable_file_is_noted(self):
        file = self._attach(b"%PDF-1.7 damaged in every way")
        self._scan()
        self.assertFalse(self.env["drk.file.text"].search([("checksum", "=", file.checksum)]).is_readable)
