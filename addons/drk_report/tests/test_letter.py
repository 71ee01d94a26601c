from odoo.tests import tagged, users

from .common import LETTER, ReportCase


@tagged("post_install", "-at_install")
class TestLetter(ReportCase):
    """Letters and documents on the association's letterhead, by DIN 5008 form B."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls._create_report(LETTER)
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.german = cls.reports.with_context(lang="de_DE")
        cls.office = cls._user("office", "drk_base.group_drk_base_user", lang="de_DE")

    def _print(self, partners, report=None):
        return self.german._drk_pdf(report or self.report, partners)

    def test_recipient_stands_in_the_window(self):
        page = self._read(self._print(self.partners[1])).pages[0]
        places = self._positions(page)
        left, top = places["Erika Beispiel 001"]
        self.assertTrue(20 <= left <= 30, f"{left} mm from the left")
        self.assertTrue(62 <= top <= 72, f"{top} mm from the top")
        last = next(place for text, place in places.items() if text.startswith("12345 Musterstadt"))
        self.assertLess(last[1], 90)

    def test_sender_line_stands_above_the_recipient(self):
        places = self._positions(self._read(self._print(self.partners[1])).pages[0])
        sender = next(place for text, place in places.items() if text.endswith("Am Markt 1 · 12345 Musterstadt"))
        self.assertTrue(57 <= sender[1] < places["Erika Beispiel 001"][1])

    def test_subject_stands_below_the_window(self):
        places = self._positions(self._read(self._print(self.partners[1])).pages[0])
        self.assertTrue(98 <= places["Ihre Anmeldung"][1] <= 106)

    def test_own_sender_line_wins(self):
        self.association_a.drk_sender_line = "Kreisverband, Postfach 1, 12345 Musterstadt"
        self.assertIn("Postfach 1", self._texts(self._print(self.partners[1]))[0])

    def test_pages_are_counted(self):
        first, second = self._texts(self._print(self.partners[0]))
        self.assertIn("Seite 1 von 2", first)
        self.assertIn("Seite 2 von 2", second)

    def test_footer_stands_on_each_page(self):
        for text in self._texts(self._print(self.partners[0])):
            self.assertIn("IBAN DE02 1203 0000 0000 2020 51", text)

    def test_following_page_names_the_letter(self):
        self.assertIn("Ihre Anmeldung", self._texts(self._print(self.partners[0]))[1])

    def test_umlauts_and_signature_are_text(self):
        text = " ".join(self._texts(self._print(self.partners[1])))
        self.assertIn("Größe, Maß und Öfen kosten 12,50 €", text)
        self.assertIn("Mit freundlichen Grüßen", text)
        self.assertIn("Kreisgeschäftsführung", text)

    def test_fold_and_hole_marks(self):
        """Three short lines at the left edge: 105, 148.5 and 210 mm from the top."""
        page = self._read(self._print(self.partners[1])).pages[0]
        marks = self._left_marks(page)
        for expected in (105, 148.5, 210):
            self.assertTrue(any(abs(mark - expected) < 0.5 for mark in marks), marks)

    def _left_marks(self, page):
        """Find short lines left of 15 mm.

        :return: set of mm from the top of the page
        """
        marks = set()

        def visit(operator, arguments, matrix, _text_matrix):
            if operator != b"re":
                return
            x, y, width, _height = (float(number) for number in arguments)
            left, top = (x * matrix[0] + matrix[4], float(page.mediabox.height) - (y * matrix[3] + matrix[5]))
            if left * 25.4 / 72 < 15 and 0 < width * 25.4 / 96 < 10:
                marks.add(top * 25.4 / 72)

        page.extract_text(visitor_operand_before=visit)
        return marks

    def test_language_title_and_structure(self):
        reader = self._read(self._print(self.partners[1]))
        self.assertEqual(reader.root_object["/Lang"], "de-DE")
        self.assertEqual(reader.metadata.title, "Ihre Anmeldung")
        self.assertIn("/StructTreeRoot", reader.root_object)

    def test_fifty_letters_are_one_file_in_order(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Person {number:02d}", "zip": "12345", "city": "Musterstadt"} for number in range(50)]
        )
        texts = self._texts(self._print(partners[::-1]))
        self.assertEqual(len(texts), 50)
        for text, partner in zip(texts, partners[::-1], strict=True):
            self.assertIn(partner.name, text)
            self.assertIn("Seite 1 von 1", text)

    def test_batch_counts_each_letter_for_itself(self):
        texts = self._texts(self._print(self.partners))
        self.assertEqual([self._page_number(text) for text in texts], ["1 von 2", "2 von 2", "1 von 1", "1 von 1"])

    def _page_number(self, text):
        return text.partition("Seite ")[2][:7]

    def test_letters_are_attached_to_their_records(self):
        self.report.attachment = "'brief-%s.pdf' % object.id"
        pdf = self._print(self.partners)
        found = self.env["ir.attachment"].search([("res_model", "=", "res.partner"), ("name", "like", "brief-")])
        self.assertEqual(sorted(found.mapped("res_id")), sorted(self.partners.ids))
        self.assertEqual(len(self._texts(pdf)), 4)
        for attachment in found:
            name = self.env["res.partner"].browse(attachment.res_id).name
            self.assertIn(name, self._texts(attachment.raw)[0])

    def test_kept_letter_is_not_printed_anew(self):
        self.report.write({"attachment": "'brief-%s.pdf' % object.id", "attachment_use": True})
        self._print(self.partners[:2])
        self.partners[0].name = "Neuer Name"
        text = "".join(self._texts(self._print(self.partners)))
        self.assertNotIn("Neuer Name", text)
        self.assertIn("Erika Beispiel 002", text)

    def test_unit_writes_with_its_own_line(self):
        unit = self.env["drk.unit"].create({"name": "Ortsverein Nord", "sender_line": "Ortsverein Nord · 12345 X"})
        head = self.association_a._drk_letterhead(unit)
        self.assertEqual(head["subtitle"], "Ortsverein Nord")
        self.assertEqual(head["sender_line"], "Ortsverein Nord · 12345 X")

    def test_foreign_country_is_the_last_line(self):
        self.partners[0].country_id = self.env.ref("base.at")
        self.assertEqual(self.partners[0]._drk_recipient_lines(self.association_a)[-1], "ÖSTERREICH")

    @users("office")
    def test_office_prints_a_letter(self):
        pdf = self.env["ir.actions.report"]._drk_pdf(self.report.report_name, self.partners[1].with_env(self.env))
        self.assertTrue(pdf.startswith(b"%PDF"))

    def test_document_with_title_and_letterhead(self):
        report = self._create_report(
            """<t t-name="drk_report.test_document"><t t-foreach="docs" t-as="o">
                <t t-call="drk_report.document">
                    <t t-set="company" t-value="env.company" />
                    <t t-set="title">Teilnehmerliste</t>
                    <table class="drk-table"><tr><td t-out="o.name" /></tr></table>
                </t></t></t>""",
            name="test_document",
        )
        text = self._texts(self._print(self.partners[1], report))[0]
        self.assertIn("Teilnehmerliste", text)
        self.assertIn(self.association_a.name, text)
        self.assertIn("Seite 1 von 1", text)

    def test_form_fields_can_be_filled_in(self):
        report = self._create_report(
            """<t t-name="drk_report.test_form"><t t-foreach="docs" t-as="o">
                <t t-call="drk_report.document">
                    <t t-set="company" t-value="env.company" />
                    <t t-set="title">Anmeldung</t>
                    <form><input name="person" t-att-value="o.name" /><input type="checkbox" name="agreed" /></form>
                </t></t></t>""",
            name="test_form",
            drk_pdf_forms=True,
        )
        fields = self._read(self._print(self.partners[1], report)).get_fields()
        self.assertEqual(fields["person"].value, "Erika Beispiel 001")
        self.assertIn("agreed", fields)
