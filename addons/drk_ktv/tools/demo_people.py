"""Demo data: invented people and the companies that they work for."""

import unicodedata
from datetime import date, timedelta

from . import demo_words, filenames

MARK = "DEMO-"


class Population:
    """The people of an association being filled."""

    def _people_domain(self):
        return [("company_id", "=", self.company.id), ("ref", "=like", f"{MARK}{self.data['code']}-%")]

    def _prepare_person(self, number):
        rng = self.rng
        salutation = rng.choice(("frau", "herr"))
        firstname = rng.choice(demo_words.WOMEN if salutation == "frau" else demo_words.MEN)
        lastname = rng.choice(demo_words.SURNAMES)
        postcode, town = rng.choices(self.data["towns"], (6, 3, 2, 1)[: len(self.data["towns"])])[0]
        born = date(date.today().year, 1, 1) - timedelta(
            days=int(365.25 * rng.triangular(15, 72, 24)) + rng.randrange(365)
        )
        return {
            "ref": f"{MARK}{self.data['code']}-{number:06d}",
            "company_id": self.company.id,
            "drk_is_person": True,
            "firstname": firstname,
            "lastname": lastname,
            "drk_salutation": salutation,
            "birthdate_date": born,
            "email": f"{_mailbox(firstname)}.{_mailbox(lastname)}.{number}@{rng.choice(demo_words.MAIL_HOSTS)}",
            "phone": demo_words.PHONE.format(rng.randrange(100, 1000)),
            "street": f"{rng.choice(demo_words.STREETS).replace('_', ' ')} {rng.randrange(1, 120)}",
            "zip": postcode,
            "city": town,
            "country_id": self.company.country_id.id,
            "lang": "en_US" if rng.random() < 0.03 and self._has_english() else "de_DE",
        }

    def _has_english(self):
        return any(code == "en_US" for code, _name in self.env["res.lang"].get_installed())

    def _employers(self):
        employers = self.env["res.partner"].search(
            [("company_id", "=", self.company.id), ("ref", "=like", f"FIRMA-{self.data['code']}-%")], order="ref"
        )
        if employers:
            return employers
        offset = 0 if self.is_first else 4
        return self.env["res.partner"].create(
            [
                self._prepare_employer(number, name)
                for number, name in enumerate(demo_words.COMPANIES[offset : offset + 4], 1)
            ]
        )

    def _prepare_employer(self, number, name):
        postcode, town = self.data["towns"][0]
        return {
            "ref": f"FIRMA-{self.data['code']}-{number}",
            "company_id": self.company.id,
            "drk_is_person": True,
            "is_company": True,
            "name": name,
            "drk_salutation": "firma",
            "email": f"personal.{_mailbox(name.split()[1])}@example.com",
            "phone": demo_words.PHONE.format(10 + number),
            "street": f"Gewerbering {number}",
            "zip": postcode,
            "city": town,
            "country_id": self.company.country_id.id,
            "lang": "de_DE",
        }


def _mailbox(name):
    return filenames.plain(unicodedata.normalize("NFC", name).replace("ı", "i")).lower().replace("-", "")
