from babel.messages import pofile
from odoo.tests import TransactionCase, tagged
from odoo.tools import file_open


@tagged("post_install", "-at_install")
class TestTranslation(TransactionCase):
    def test_german_is_complete(self):
        with file_open("drk_gdpr/i18n/de.po", "rb") as german, file_open("drk_gdpr/i18n/drk_gdpr.pot", "rb") as source:
            translated = {message.id: message for message in pofile.read_po(german)}
            needed = [message.id for message in pofile.read_po(source) if message.id]
        self.assertFalse([text for text in needed if text not in translated or not translated[text].string])
        self.assertFalse([text for text, message in translated.items() if text and message.fuzzy])
