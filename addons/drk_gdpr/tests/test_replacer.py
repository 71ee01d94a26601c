import json

from odoo.tests import BaseCase, tagged

from ..tools.replacer import Replacer
from ..tools.scan import Matcher
from ..tools.words import is_word, split_words
from .word_sentences import NAMED, PLAIN, WORDS

#: The 50 most frequent family names of Germany, and those of them that everybody uses as words, too.
FREQUENT = """Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf
    Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Schmitz Krause Meier Lehmann Schmid
    Schulze Maier Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert"""
FREQUENT_WORDS = "Schneider Fischer Koch Bauer Klein Wolf Schwarz Braun Lange König Fuchs Lang Weiß Jung Hahn"


@tagged("post_install", "-at_install")
class TestReplacer(BaseCase):
    """Values are found whatever their case and however a text writes them, and nothing else is touched."""

    def _clean(self, text, *values):
        return Replacer(values)(text)

    def test_value_in_a_text(self):
        self.assertEqual(self._clean("Herr Otto Ott kommt", "otto ott"), "Herr [gelöscht] kommt")

    def test_longest_value_first(self):
        self.assertEqual(self._clean("Otto Ott", "Otto", "Otto Ott"), "[gelöscht]")

    def test_part_of_a_word_is_no_value(self):
        self.assertEqual(self._clean("Ottokar, Ott!", "Ott"), "Ottokar, [gelöscht]!")

    def test_html_and_json(self):
        self.assertEqual(self._clean("<p>M&amp;S GmbH</p>", "M&S GmbH"), "<p>[gelöscht]</p>")
        self.assertEqual(self._clean('["M\\u00fcller"]', "Müller"), '["[gelöscht]"]')

    def test_mail_and_telephone(self):
        self.assertEqual(self._clean("an a.b@example.org.", "a.b@example.org"), "an [gelöscht].")
        self.assertEqual(self._clean("Tel. +49 8631 18599", "+49 8631 18599"), "Tel. [gelöscht]")

    def test_a_name_alone_begins_with_a_capital(self):
        text = "1 Tag lang, mit Frau LANG und Petra Lang"
        self.assertEqual(
            Replacer(["Petra Lang"], names=["Lang"])(text), "1 Tag lang, mit Frau [gelöscht] und [gelöscht]"
        )
        self.assertEqual(Replacer([], names=["Öztürk"])('["\\u00d6zt\\u00fcrk"]'), '["[gelöscht]"]')

    def test_a_word_is_a_name_where_it_is_addressed(self):
        clean = Replacer(["Erika Koch", "Koch, Erika"], words=["Koch", "Ernst"])
        for text in (
            "Unser Koch bringt das Essen mit",
            "Koch für Samstag bestellen",
            "Koch, bitte um 8 Uhr",
            "Der Ernst der Lage",
            "Herr der Lage und Koch",
            "Essen holen, z. B. Koch fragen",
            "Teilnehmer bringen einen Koch mit",
            "Kochs bringen das Essen mit",
        ):
            self.assertIs(clean(text), text)
        for text, cleaned in (
            ("Frau Koch kommt später", "Frau [gelöscht] kommt später"),
            ("Hr. Dr. Koch", "Hr. Dr. [gelöscht]"),
            ("<p>Familie&nbsp;<b>Koch</b></p>", "<p>Familie&nbsp;<b>[gelöscht]</b></p>"),
            ("Koch (Frau), Tel.", "[gelöscht] (Frau), Tel."),
            ("Erika Koch, Koch, Erika und ein Koch", "[gelöscht], [gelöscht] und ein Koch"),
            ("Lieber Ernst", "Lieber [gelöscht]"),
            ("Frau Kochs Platz, Erika Kochs Platz", "Frau [gelöscht] Platz, [gelöscht] Platz"),
        ):
            self.assertEqual(clean(text), cleaned)

    def test_a_word_is_a_name_behind_an_initial_or_a_role(self):
        clean = Replacer([], words=["Koch"])
        for before in (
            "E. ", "E.", "Frau E. ", "Frau E.-M. ", "TN ", "TN: ", "TN&nbsp;", "Teilnehmer ", "Teilnehmerin ", "Teilnehmer:in ",
            "Kunde ", "Kundin ", "Kunden ", "Kollege ", "Kollegin ", "Ausbilder ", "Ausbilderin ", "Dozent ", "Dozentin ",
            "Mitglied ", "Mitglied Dr. ", "Hr. ", "Hr ", "Fr. ", "Fam. ", "<p>Teilnehmerin <b>",
        ):  # fmt: skip
            self.assertEqual(clean(f"{before}Koch zahlt bar"), f"{before}[gelöscht] zahlt bar")
            self.assertEqual(clean(f"{before}Kochs Platz"), f"{before}[gelöscht] Platz")
        self.assertEqual(clean("Koch, E. und Sommer, F."), "[gelöscht], E. und Sommer, F.")

    def test_words_in_plain_text_stay(self):
        clean = Replacer([], words=WORDS)
        for text in PLAIN:
            self.assertIs(clean(text), text)

    def test_words_that_name_somebody_go(self):
        clean = Replacer([], words=WORDS)
        for text, cleaned in NAMED:
            self.assertEqual(clean(text), cleaned)
            self.assertIs(clean(cleaned), cleaned)

    def test_proof_finds_the_genitives_that_are_replaced(self):
        for name, is_found in (
            ("Löw", False),
            ("Böe", False),
            ("L\u006f\u0308w", False),
            ("Löwe", True),
            ("Koch", True),
        ):
            for text in (f"{name}s Platz", json.dumps(f"{name}s Platz"), f"{name} und {name}s"):
                cleaned = Replacer([], names=[name])(text)
                proof = Matcher([("name_part", name)])
                self.assertFalse(proof.find(cleaned.encode()), cleaned)
            self.assertEqual(bool(proof.find(f"{name}s Platz".encode())), is_found)

    def test_genitive(self):
        clean = Replacer(["Vera Schmidt"], names=["Schmidt", "Da"])
        self.assertEqual(clean("Schmidts Platz, Vera Schmidts"), "[gelöscht] Platz, [gelöscht]")
        for text in ("Das fehlt", "Schmidtstraße", "Schmidtsen"):
            self.assertIs(clean(text), text)

    def test_frequent_names_are_words_only_where_everybody_uses_them(self):
        names = FREQUENT.split()
        self.assertEqual(len(set(names)), 50)
        self.assertEqual([name for name in names if is_word(name)], FREQUENT_WORDS.split())

    def test_names_that_are_no_words_of_everyday_use(self):
        names = (
            "Böttcher Grimm Heide Horn Iris Jasmin Lenz Mahler Mark Metzger Mohr Münch Pfeiffer Roth Schlüter Thaler"
        )
        self.assertFalse([name for name in names.split() if is_word(name)])
        words = "Berg Freitag Herbst Jäger Mai März Rose Sommer Sonntag Stein Vogel Winter"
        self.assertTrue(all(map(is_word, words.split())))

    def test_words_and_rare_names(self):
        self.assertEqual(
            split_words(["Koch", " sommer", "Zwiebelfrau", "Koch-Weber"]),
            ({"Zwiebelfrau", "Koch-Weber"}, {"Koch", " sommer"}),
        )

    def test_unchanged_text_is_the_same(self):
        text = "nichts davon"
        self.assertIs(self._clean(text, "Otto"), text)

    def test_nothing_to_look_for(self):
        self.assertFalse(Replacer([None, "", "x"]))
