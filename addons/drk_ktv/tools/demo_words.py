"""Words for invented people and places: towns that do not exist, numbers and mail hosts reserved for such use."""

# Mail hosts nobody can own (RFC 2606) and Berlin numbers kept free for film and television (Bundesnetzagentur).
MAIL_HOSTS = ("example.org", "example.com")
PHONE = "+49 30 23125{:03d}"


def _words(text):
    return text.split()


WOMEN = _words("""Amelie Andrea Anja Anna Annika Astrid Ayse Barbara Beate Birgit Carina Christina Claudia Clara Daniela Doris
Elif Elisabeth Elke Emilia Eva Fatma Franziska Gabriele Greta Hannah Heike Helga Ida Ines Ingrid Jana Jasmin Johanna
Julia Karin Katharina Katrin Kerstin Lara Laura Lea Lena Leonie Lisa Luisa Manuela Maria Marie Marlene Martina Mia
Michaela Miriam Monika Nadine Nele Nicole Nina Olga Petra Pia Renate Sabine Sandra Sarah Silke Simone Sofia Sophie
Stefanie Susanne Tanja Theresa Ulrike Ursula Vanessa Vera Verena Yvonne Zeynep""")
MEN = _words("""Achim Adrian Ahmet Alexander Andreas Anton Arne Bastian Ben Bernd Christian Christoph Daniel David Dennis
Dieter Dirk Dominik Elias Emil Erik Fabian Felix Finn Florian Frank Friedrich Georg Gerhard Hans Heiko Heinz Henrik
Holger Ivan Jakob Jan Jens Joachim Jonas Jörg Julian Jürgen Kai Karl Kevin Klaus Lars Leon Levin Louis Lukas Marc
Marcel Marco Martin Mathias Max Mehmet Michael Moritz Niklas Noah Olaf Oliver Oskar Patrick Paul Peter Philipp Ralf
Rainer René Robert Sebastian Simon Stefan Sven Thomas Tim Tobias Tom Torsten Uwe Volker Werner Wolfgang""")
SURNAMES = _words("""Ackermann Albrecht Arndt Bachmann Bauer Baumann Becker Berger Bergmann Böhm Brandt Braun Busch Demir
Dietrich Döring Ebert Engel Ernst Fiedler Fischer Förster Frank Franke Friedrich Fuchs Geiger Graf Groß Günther Haas
Hahn Hartmann Heinrich Herrmann Hoffmann Horn Huber Jäger Jung Kaiser Kaya Keller Koch Köhler König Kowalski Krämer
Kraus Krüger Kühn Kuhn Lang Lange Lehmann Lorenz Ludwig Maier Martens Mayer Meier Möller Müller Neumann Nowak Otto
Peters Petersen Pfeiffer Pohl Richter Roth Sauer Schäfer Scholz Schreiber Schröder Schubert Schulte Schulz Schumacher
Schuster Schwarz Seidel Simon Sommer Stein Thomas Vogel Vogt Voigt Wagner Walter Weber Weiß Werner Winkler Winter Wolf
Wolff Yıldız Ziegler Zimmermann""")
STREETS = _words("""Ahornweg Amselweg Am_Anger Am_Mühlbach Birkenallee Brunnenstraße Buchenweg Eichendorffstraße Erlenweg
Feldstraße Finkenweg Gartenstraße Goethestraße Grüner_Weg Hauptstraße Heideweg Jahnstraße Kastanienallee Kirchgasse
Kornblumenweg Lerchenweg Lindenstraße Marktplatz Mühlenweg Neue_Straße Obere_Gasse Parkstraße Poststraße Ringstraße
Rosenweg Schillerstraße Schulstraße Sonnenhang Talstraße Tulpenweg Uferstraße Waldstraße Wiesengrund
Zum_Sportplatz""")
COMPANIES = (
    "Schreinerei Hobelspan GmbH",
    "Kita Regenbogenland gGmbH",
    "Logistik Musterfracht GmbH",
    "Gartenbau Grünzeug KG",
    "Bäckerei Krustentraum GmbH",
    "Sportverein Beispiel 04 e.V.",
    "Pflegedienst Sonnenblick GmbH",
    "Stadtwerke Probstau GmbH",
)
