import base64
import io
import time
import zipfile
from unittest.mock import patch

from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError
from docxtpl import DocxTemplate
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged, users

from ..tools import docx
from .common import ReportCase

RELATION = (
    b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" '
    b'Target="http://example.org/x" TargetMode="External"/></Relationships>'
)


class DocxCase(ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.german = cls.env(context={**cls.env.context, "lang": "de_DE"})
        cls.templates = cls.german["drk.docx.template"]
        cls.office = cls._user("office", "drk_base.group_drk_base_user", lang="de_DE")
        cls.boss = cls._user("boss", "drk_base.group_drk_base_manager", lang="de_DE")
        cls.office_b = cls._user("office_b", "drk_base.group_drk_base_user", cls.association_b, lang="de_DE")
        cls.unit = cls.german["drk.unit"].create({"name": "Ortsverein Süd & Nord <1>", "code": "S"})
        cls.german["drk.unit"].create([{"name": name, "parent_id": cls.unit.id} for name in ("Teil A", "Teil B")])

    def _create_template(self, *paragraphs, table=None, content=None, **vals):
        return self.templates.create(
            {
                "name": "Schreiben",
                "model": "drk.unit",
                "file": base64.b64encode(content or self._docx(*paragraphs, table=table)),
                "company_id": self.association_a.id,
                **vals,
            }
        )

    def _fill(self, *paragraphs, records=None, **vals):
        template = self._create_template(*paragraphs, **vals)
        return [self._docx_text(content) for _name, content in template._render(records or self.unit)]


@tagged("post_install", "-at_install")
class TestDocx(DocxCase):
    """Word templates are filled in with what the user may read."""

    def test_fields_of_the_record(self):
        self.assertEqual(
            self._fill("Einheit: {{ record.name }} ({{ record.code }})"), ["Einheit: Ortsverein Süd & Nord <1> (S)"]
        )

    def test_fields_of_linked_records(self):
        self.assertEqual(
            self._fill("{{ record.company_id.city }} / {{ company.street }}"), ["Musterstadt / Am Markt 1"]
        )

    def test_loop_over_linked_records(self):
        text = self._fill("{% for part in record.child_ids %}{{ loop.index }}. {{ part.name }}; {% endfor %}")[0]
        self.assertEqual(text.strip(), "1. Teil A; 2. Teil B;")

    def test_loop_over_table_rows(self):
        rows = [["{%tr for part in record.child_ids %}", ""], ["{{ part.name }}", "x"], ["{%tr endfor %}", ""]]
        self.assertEqual(self._fill(table=rows)[0].split("\n")[-4:], ["Teil A", "x", "Teil B", "x"])

    def test_empty_values_leave_no_false(self):
        self.unit.code = False
        self.assertEqual(self._fill("[{{ record.code }}{{ record.parent_id.name }}{{ record.parent_id }}]"), ["[]"])

    def test_values_are_written_in_german(self):
        company = self.association_a
        company.write({"drk_is_association": True})
        text = self._fill(
            "{{ record.drk_is_association }} {{ today }} {% set a = 1234.5 %}{{ a }}",
            model="res.company",
            records=company.with_env(self.german),
        )[0]
        self.assertRegex(text, r"^Ja \d\d\.\d\d\.\d{4} 1\.234,50$")

    def test_conditions_and_sums(self):
        text = "{% if record.code == 'S' %}ja{% endif %} {{ record.child_ids|length }} {{ record.child_ids|join(', ', 'name') }}"
        self.assertEqual(self._fill(text), ["ja 2 Teil A, Teil B"])

    def test_one_document_per_record(self):
        units = self.unit + self.unit.child_ids
        documents = self._create_template("{{ record.name }}")._render(units)
        self.assertEqual([self._docx_text(content) for _name, content in documents], units.mapped("name"))
        self.assertEqual(documents[1][0], "Schreiben - Teil A.docx")

    def test_equal_names_get_different_files(self):
        units = self.german["drk.unit"].create([{"name": "Gleich"}, {"name": "Gleich"}])
        names = [name for name, _content in self._create_template("x")._render(units)]
        self.assertEqual(names, ["Schreiben - Gleich.docx", "Schreiben - Gleich (2).docx"])

    def test_one_document_for_all_records(self):
        text = "{% for item in records %}{{ item.name }};{% endfor %}"
        self.assertEqual(self._fill(text, scope="all", records=self.unit.child_ids), ["Teil A;Teil B;"])

    def test_several_documents_are_packed(self):
        name, content = self._create_template("{{ record.name }}")._render_file(self.unit.child_ids)
        self.assertEqual(name, "Schreiben.zip")
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.assertEqual(sorted(archive.namelist()), ["Schreiben - Teil A.docx", "Schreiben - Teil B.docx"])

    def test_placeholders_are_listed(self):
        self.assertIn("{{ record.name }}", self._create_template("x").placeholder_text)

    def test_action_menu_follows_the_templates(self):
        domain = [("res_model", "=", "drk.docx.print"), ("binding_model_id.model", "=", "drk.unit")]
        actions = self.env["ir.actions.act_window"].search(domain)
        template = self._create_template("x")
        self.assertEqual(len(self.env["ir.actions.act_window"].search(domain)), max(len(actions), 1))
        template.unlink()
        self.assertEqual(self.env["ir.actions.act_window"].search(domain), actions)

    @users("office")
    def test_office_prints_by_the_dialog(self):
        template = self._create_template("{{ record.name }}")
        units = self.unit.child_ids.with_env(self.env)
        wizard_form = Form(self.env["drk.docx.print"].with_context(active_model="drk.unit", active_ids=units.ids))
        self.assertEqual(wizard_form.record_count, 2)
        wizard_form.template_id = template.with_env(self.env)
        wizard = wizard_form.save()
        action = wizard.action_print()
        self.assertEqual(action["res_id"], wizard.id)
        self.assertEqual(wizard.result_name, "Schreiben.zip")
        self.assertTrue(base64.b64decode(wizard.result).startswith(b"PK"))

    @users("office")
    def test_office_must_choose_a_template(self):
        wizards = self.env["drk.docx.print"].with_context(lang="de_DE")
        wizard = wizards.create({"res_model": "drk.unit", "res_ids": "[]"})
        with self.assertRaisesRegex(UserError, "Vorlage"):
            wizard.action_print()

    @users("office")
    def test_office_cannot_change_templates(self):
        template = self._create_template("x").with_env(self.env)
        with self.assertRaises(AccessError):
            template.name = "y"
        with self.assertRaises(AccessError):
            template.create({"name": "z", "model": "drk.unit", "file": template.file})

    @users("boss")
    def test_manager_makes_a_template_in_the_form(self):
        form = Form(self.env["drk.docx.template"])
        form.name, form.model = "Neu", "drk.unit"
        form.file = base64.b64encode(self._docx("{{ record.name }}")).decode()
        template = form.save()
        self.assertEqual(template.company_id, self.association_a)
        self.assertEqual(template.action_preview_fields()["res_model"], "drk.docx.print")

    @users("office_b")
    def test_other_association_sees_no_template_and_no_record(self):
        foreign = self._create_template("{{ record.name }}")
        own = self._create_template("{{ record.name }}", company_id=self.association_b.id)
        env = self.env(context={**self.env.context, "allowed_company_ids": self.association_b.ids})
        found = env["drk.docx.template"].search([("id", "in", (foreign + own).ids)])
        self.assertEqual(found.ids, own.ids)
        for template in (foreign, own):
            with self.assertRaises(AccessError):
                template.with_env(env)._render(self.unit.with_env(env))

    @users("office")
    def test_template_shows_no_field_that_its_reader_may_not_see(self):
        partner = self.partners[0].with_env(self.env)
        template = self._create_template("{{ record.signup_type }}", model="res.partner").with_env(self.env)
        template = template.with_context(lang="de_DE")
        with self.assertRaisesRegex(UserError, "nicht lesen dürfen"):
            template._render(partner)


@tagged("post_install", "-at_install")
class TestDocxFaults(DocxCase):
    """Faulty and hostile templates end in a German sentence, quickly."""

    def _assert_refused(self, content, words):
        with self.assertRaisesRegex(ValidationError, words):
            self._create_template(content=content)

    def _assert_fault(self, text, words):
        template = self._create_template(text)
        with self.subTest(text), self.assertRaisesRegex(UserError, words):
            template._render(self.unit)

    def test_faults_of_authors_are_explained(self):
        for text, words in (
            ("{{ record.name", "falsch geschrieben"),
            ("{{ record.name | nothing }}", "falsch geschrieben"),
            ("{% for part in record.child_ids %}", "falsch geschrieben"),
            ("{{ record.nmae }}", "nmae"),
            ("{{ nothing }}", "nicht gibt"),
            ("{{ nothing.name }}", "nicht gibt"),
            ("{{ record.name.first }}", "Eigenschaft"),
            ("{{ record.name + 1 }}", "nicht rechnen"),
        ):
            self._assert_fault(text, words)

    def test_nothing_is_called(self):
        for text in (
            "{{ record.unlink() }}",
            "{{ record.env.cr.execute('SELECT 1') }}",
            "{{ record.sudo().name }}",
            "{{ record.__class__ }}",
            "{{ ''.__class__.__mro__ }}",
            "{{ record._record }}",
            "{{ record['_record'] }}",
            "{{ record|attr('_record') }}",
            "{{ '{0.__class__}'.format(record) }}",
            "{{ self.__init__.__globals__ }}",
            "{{ loop }}{% for a in records %}{{ loop.__init__ }}{% endfor %}",
            "{% for a in records %}{{ loop.cycle.__globals__ }}{% endfor %}",
            "{{ cycler.__init__.__globals__ }}",
            "{% include '/etc/passwd' %}",
            "{% import 'os' as os %}",
            "{% macro a() %}{% endmacro %}{{ a() }}",
            "{% set a = [[1], [2]] %}",
            "{{ user.password }}{{ user.api_key_ids.key }}",
        ):
            self._assert_fault(text, ".")
        self.assertTrue(self.unit.exists())

    def test_endless_work_is_stopped(self):
        doubling = "{% set a = 'aaaaaaaaaaaaaaaaaaaa' %}" + "{% set a = a ~ a %}" * 60 + "{{ a }}"
        squaring = "{% set a = 99 %}" + "{% set a = a * a %}" * 60 + "{{ a }}"
        adding = "{% set a = 'aa' %}" + "{% set a = a + a %}" * 60 + "{{ a }}"
        loops = "{% for a in 'aaaaaaaaaaaaaaaaaaaa' %}" * 8 + "{% endfor %}" * 8
        for text in (
            *(doubling, squaring, adding, loops),
            "{{ 9 ** 9 ** 9 }}",
            "{{ 'a' * 999999999 }}",
            "{{ '%999999999d' % 1 }}",
            "{% for a in range(999999999) %}{% endfor %}",
            "{{ 'a'|center(999999999) }}",
            "{{ 1|round(-999999999) }}{{ nothing }}",
            "{{ ('(' * 3)|replace('(', 'a') }}",
        ):
            start = time.monotonic()
            self._assert_fault(text, ".")
            self.assertLess(time.monotonic() - start, 5)

    def test_no_word_file(self):
        for content in (b"x", b"PK\x03\x04", b"", self._zip({"a.txt": b"x"})):
            self._assert_refused(content or b" ", "kein Word-Dokument")

    def test_zip_bomb(self):
        bomb = self._zip({"[Content_Types].xml": b"", "word/document.xml": b"", "word/x.bin": bytes(70 * 1024 * 1024)})
        self.assertLess(len(bomb), 100_000)
        self._assert_refused(bomb, "viel zu groß")

    def test_many_parts(self):
        self._assert_refused(self._zip({f"part{number}": b"" for number in range(2001)}), "viel zu groß")

    def test_lying_size_is_no_way_around(self):
        """The size in the directory is less than what is packed: Python stops there and finds the checksum wrong."""
        packed = self._zip({"[Content_Types].xml": b" ", "word/document.xml": b"a" * 1_000_000})
        size = (1_000_000).to_bytes(4, "little")
        self._assert_refused(packed.replace(size, (10).to_bytes(4, "little")), "kein Word-Dokument")

    def test_macros_outside_references_and_entities(self):
        plain = self._docx("x")
        parts = "word/_rels/settings.xml.rels"
        for changes, words in (
            ({"word/vbaProject.bin": b"x"}, "Makros"),
            ({parts: RELATION % b"attachedTemplate"}, "lädt beim Öffnen"),
            ({parts: RELATION % b"image"}, "lädt beim Öffnen"),
            ({"word/x.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}, "Angaben"),
            ({"word/x.xml": "<!DOCTYPE a>".encode("utf-16")}, "Angaben"),
        ):
            self._assert_refused(self._repack(plain, changes), words)

    def test_outside_references_in_any_spelling(self):
        image = RELATION % b"image"
        for relation in (
            image.replace(b"example.org/x", b"example.org/x?a>b"),
            image.replace(b"<Relationship ", b"<r:Relationship ").replace(b" xmlns=", b" xmlns:r="),
            image.replace(b'TargetMode="External"', b"TargetMode = '&#69;xternal'"),
            image.replace(b'Id="rId9"', b'Id="x" Note=\'Type="/hyperlink"\''),
        ):
            with self.assertRaises(docx.TemplateFaultError) as caught:
                docx._check_relations(relation)
            self.assertEqual(caught.exception.code, "outside", relation)
        docx._check_relations(RELATION % b"hyperlink")
        with self.assertRaises(docx.TemplateFaultError):
            docx._check_relations(b"<Relationships")

    def test_faults_of_the_libraries_are_explained(self):
        template = self._create_template("{{ record.name }}")
        for error in (IndexError("x"), AssertionError("x"), OpcError("x"), PythonDocxError("x"), KeyError("x")):
            with (
                patch.object(DocxTemplate, "render", side_effect=error),
                self.assertRaisesRegex(UserError, type(error).__name__),
            ):
                template._render(self.unit)

    def test_hyperlinks_are_welcome(self):
        content = self._repack(self._docx("x"), {"word/_rels/settings.xml.rels": RELATION % b"hyperlink"})
        self.assertTrue(self._create_template(content=content))

    def test_damaged_document(self):
        content = self._repack(self._docx("x"), {"word/document.xml": b"<w:document"})
        with self.assertRaisesRegex(UserError, "beschädigt"):
            self._create_template(content=content)._render(self.unit)

    def test_file_names_are_harmless(self):
        self.assertEqual(docx.file_name("../a/b:c\n*?", set()), "a b c.docx")
        self.assertEqual(docx.file_name("...", set()), "Dokument.docx")
        self.assertLess(len(docx.file_name("x" * 10_000, set())), 130)

    @staticmethod
    def _zip(parts):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        return file.getvalue()
