import io

from odoo.addons.drk_gdpr.tools import scan
from odoo.tests import BaseCase, tagged

NAME = ("name", "Erika Müller")
MAIL = ("email", "anna@example.org")
PHONE = ("phone", "+493411234567")
IBAN = ("iban", "DE89370400440532013000")


@tagged("post_install", "-at_install")
class TestScan(BaseCase):
    def _found(self, value, text):
        data = text if isinstance(text, bytes) else text.encode()
        return bool(scan.Matcher([value]).find(data))

    def _assert_found(self, value, *texts):
        for text in texts:
            self.assertTrue(self._found(value, text), text)

    def _assert_not_found(self, value, *texts):
        for text in texts:
            self.assertFalse(self._found(value, text), text)

    def test_name_in_any_case_order_and_spelling(self):
        self._assert_found(
            NAME, "Frau Erika Müller.", "MÜLLER, ERIKA", "mueller|erika", "erika-muller.pdf", "Erika  Müller"
        )
        self._assert_found(
            ("name", "Änne von der Heide"), "von der Heide, Änne", "HEIDE, ÄNNE VON DER", "anne_von_der_heide"
        )
        self._assert_found(("lastname", "Großmann"), "GROSSMANN", "GROßMANN", "grossmann")
        self._assert_found(("lastname", "Çelik"), "ÇELIK", "celik", "C\u0327elik")

    def test_part_of_a_longer_word_is_somebody_else(self):
        self._assert_not_found(NAME, "Erika Müllerin", "Frederika Müller", "Erika Mülleröder")
        self._assert_not_found(("lastname", "Beck"), "Becker", "Lübeck", "Beck2")
        self._assert_not_found(MAIL, "hanna@example.org", "julia.anna@example.org", "x-anna@example.org")

    def test_genitive_of_a_name(self):
        self._assert_found(NAME, "Erika Müllers Platz", "ERIKA MÜLLERS", "mueller, erikas")
        self._assert_found(("name_part", "Koch"), "Kochs Platz", "Frau Kochs")
        self._assert_not_found(("name_part", "Koch"), "Kochsalz", "Kochs1")
        self._assert_not_found(("name_part", "Kur"), "Kurs")
        self._assert_not_found(("name_part", "Löw"), "Löws Platz", "LÖWS", "Loews", "L\\u00f6ws")
        self._assert_found(("name_part", "Löwe"), "Löwes Platz", "Loewes")
        self._assert_not_found(("address", "Kochweg"), "Kochwegs")

    def test_escapes(self):
        self._assert_found(
            NAME, "Hallo\\nErika Müller", "Erika M\\u00fcller", "Erika M\\\\\\\\u00FCller", "erika+m%C3%BCller"
        )
        self._assert_found(
            NAME, "Erika M&uuml;ller", "Erika&nbsp;M&#252;ller", "Erika M&#xFC;ller", "Erika M=C3=BCller"
        )
        self._assert_found(NAME, "Erika Müller".encode("cp1252"), "{\\rtf Erika Müller}")
        self._assert_found(
            MAIL, "?to=anna%40example.org", "anna\\u0040example.org", "&lt;anna@example.org&gt;", "\\tanna@example.org"
        )

    def test_phone_by_its_digits(self):
        self._assert_found(
            PHONE, "0341 / 12 34-567", "+49 (0)341 1234567", "tel:004934112345-67", "%2B493411234567", "0341.1234567"
        )
        self._assert_found(("phone", "0341/1234567"), "+49 341 1234567")
        self._assert_found(("phone", "+43 1 5890000"), "0043/1/5890000")
        self._assert_not_found(PHONE, "0341 12345678", "10341 1234567", "3411234567")

    def test_digits_beside_a_number_do_not_hide_it(self):
        self._assert_found(PHONE, "17.03.2020 0341 1234567 12 EUR", "2020\t03411234567\t99", "Nr. 5, 0341 1234567")

    def test_iban_by_its_digits(self):
        self._assert_found(IBAN, "DE89 3704 0044 0532 0130 00", "de89370400440532013000", "DE89-3704-0044-0532-0130-00")
        self._assert_found(("iban", "GB82WEST12345698765432"), "GB82 WEST 1234 5698 7654 32")
        self._assert_not_found(IBAN, "DE893704004405320130001", "DE12370400440532013000")

    def test_too_short_to_tell_anything(self):
        self._assert_not_found(("phone", "110"), "0341 110", "1101")
        self._assert_not_found(("name", ""), "", " ", "x")
        self.assertEqual(scan.Matcher([]).find(b"anything 123456"), set())

    def test_every_value_of_one_text_is_named(self):
        matcher = scan.Matcher([NAME, MAIL, PHONE, IBAN, ("lastname", "Müller")])
        self.assertEqual(matcher.find(b"Erika M\xc3\xbcller anna@example.org 0341-1234567"), {0, 1, 2, 4})

    def test_rows_and_columns(self):
        rows = (
            "1\tx\ty\n2\tErika Müller\tanna@example.org 0341-1234567\n3\t\tErika&#10;M%FCller%0aErika%20M%C3%BCller\n"
        )
        found = set(scan.Matcher([NAME, MAIL, PHONE]).locate(rows.encode()))
        self.assertEqual(found, {(0, 1, 1), (1, 1, 2), (2, 1, 2), (0, 2, 2)})

    def test_file_is_read_in_pieces(self):
        matcher = scan.Matcher([("name", "Erika M\u0171ller")])
        written = b"Erika M\\u0171ller"
        for offset in range(-len(written), 2):
            data = b"." * (scan.CHUNK + offset) + written + b"." * 10
            self.assertEqual(matcher.find_in_file(io.BytesIO(data)), {0}, offset)

    def test_many_values(self):
        values = [("email", f"person{number}@example.org") for number in range(40_000)]
        matcher = scan.Matcher(values)
        self.assertEqual(matcher.find(b"x person39999@example.org y person7@example.org"), {7, 39_999})

    def test_the_same_value_twice(self):
        self.assertEqual(scan.Matcher([MAIL, MAIL]).find(b"anna@example.org"), {0, 1})
