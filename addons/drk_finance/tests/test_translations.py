import babel.messages.pofile
from odoo.tests import TransactionCase, tagged
from odoo.tools import file_open


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    def _catalog(self, name):
        with file_open(f"drk_finance/i18n/{name}", "rb") as file:
            return babel.messages.pofile.read_po(file)

    def test_german_is_complete(self):
        german = self._catalog("de.po")
        self.assertFalse([message.id for message in german if message.id and not message.string or message.fuzzy])
        self.assertEqual({m.id for m in self._catalog("drk_finance.pot")} - {m.id for m in german}, set())
