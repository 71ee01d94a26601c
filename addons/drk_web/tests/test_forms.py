from datetime import date

from odoo.addons.drk_web.tools.forms import Field, parse, prefixed
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestForms(TransactionCase):
    """What a browser sends is read by one function, with German messages."""

    def setUp(self):
        super().setUp()
        self.env = self.env(context={"lang": "de_DE"})

    def _value(self, raw, **vals):
        field = Field("x", "Feld", **vals)
        values, errors = parse([field], {"x": raw}, self.env)
        return errors.get("x") or values["x"]

    def test_dates(self):
        for raw in ("31.12.1990", "1990-12-31", " 31. 12. 1990 ", "31.12. 1990"):
            self.assertEqual(self._value(raw, kind="date"), date(1990, 12, 31), raw)
        self.assertEqual(self._value("1.2.2003", kind="date"), date(2003, 2, 1))

    def test_wrong_dates(self):
        for raw in ("30.02.2020", "31.13.2020", "2021-02-29", "00.01.2020", "01.01.0000"):
            self.assertEqual(
                self._value(raw, kind="date"), "Diesen Tag gibt es nicht. Bitte prüfen Sie das Datum.", raw
            )
        for raw in ("gestern", "12/31/1990", "1.1.90", "'; DROP TABLE res_partner;--", "١.١.٢٠٢٠x"):
            self.assertIn("31.12.1990", self._value(raw, kind="date"), raw)
        self.assertIn("nicht vor dem 01.01.1900", self._value("31.12.1899", kind="date"))
        latest = self._value("02.01.2020", kind="date", max_value=lambda: date(2020, 1, 1))
        self.assertIn("nicht nach dem 01.01.2020", latest)

    def test_control_characters_are_refused(self):
        for raw in ("a\0b", "a\x1bb", "a\nb", "a\tb", "a\u202eb", "a\ufffdb", "a\ud800b"):
            self.assertIn("nicht gespeichert", self._value(raw), repr(raw))
        self.assertEqual(self._value("eins\r\nzwei", kind="textarea"), "eins\nzwei")

    def test_long_text_is_refused(self):
        self.assertEqual(self._value("x" * 10_000), "Das ist zu lang: höchstens 200 Zeichen.")
        self.assertEqual(self._value("x" * 200), "x" * 200)

    def test_html_and_sql_stay_text(self):
        for raw in ("<script>alert(1)</script>", "O'Brien; DROP TABLE x", "{{ 7*7 }}", "%s %(a)s"):
            self.assertEqual(self._value(raw), raw)

    def test_missing(self):
        fields = [
            Field("name", "Name", required=True),
            Field("payer", "Wer zahlt?", kind="choice", choices=(("self", "Ich"),), required=True),
            Field("consent", "Einwilligung", kind="checkbox", required=True),
            Field("phone", "Telefon", kind="phone"),
        ]
        values, errors = parse(fields, {"name": "  "}, self.env)
        self.assertEqual(list(errors), ["name", "payer", "consent"])
        self.assertEqual(errors["name"], "Bitte füllen Sie aus: Name.")
        self.assertEqual(values, {"phone": False})

    def test_choice_takes_only_what_is_offered(self):
        choices = (("self", "Ich"), ("company", "Firma"))
        self.assertEqual(self._value("self", kind="choice", choices=lambda env: choices), "self")
        self.assertIn("Eintrag der Liste", self._value("bg", kind="choice", choices=choices))

    def test_mail_phone_and_number(self):
        self.assertEqual(self._value("Max@Example.ORG", kind="email"), "max@example.org")
        for raw in ("max", "max@", "a@b", "max@example.org, eva@example.org", "x@y.z\n", "a b@example.org"):
            self.assertIsInstance(self._value(raw, kind="email"), str)
            self.assertNotIn("@example.org,", self._value(raw, kind="email"))
        self.assertEqual(self._value("+49 (211) 12-34/5", kind="phone"), "+49 (211) 12-34/5")
        for raw in ("anrufen", "12", "1" * 30, "+49x211"):
            self.assertIn("Telefonnummer", self._value(raw, kind="phone"))
        self.assertEqual(self._value("12", kind="int", max_value=20), 12)
        self.assertIn("höchstens 20", self._value("21", kind="int", max_value=20))
        self.assertIn("ganze Zahl", self._value("1e3", kind="int"))

    def test_checkbox(self):
        self.assertIs(self._value("1", kind="checkbox"), True)
        values, errors = parse([Field("x", "Feld", kind="checkbox")], {}, self.env)
        self.assertEqual((values, errors), ({"x": False}, {}))

    def test_white_space_and_composition(self):
        self.assertEqual(self._value("  Ju\u0308rgen   von  Berg "), "Jürgen von Berg")

    def test_uploads_instead_of_text(self):
        values, errors = parse([Field("x", "Feld")], {"x": object()}, self.env)
        self.assertEqual(values, {"x": False})

    def test_prefixed(self):
        fields = prefixed([Field("name", "Name", required=True)], "p2_")
        self.assertEqual(parse(fields, {"p2_name": "Eva"}, self.env)[0], {"p2_name": "Eva"})

    def test_shown_again(self):
        field = Field("x", "Feld", kind="date")
        self.assertEqual(field.shown({"x": date(2020, 1, 2)}), "02.01.2020")
        self.assertEqual(field.shown({"x": "2.1."}), "2.1.")
        self.assertEqual(field.shown({}), "")
