"""What is asked when a course is booked, and how typed values become people, payer and consent."""

import re
from datetime import date

from odoo.addons.drk_web.tools.forms import Field, parse, prefixed

from ..tools.frozen import age_on

MAX_PEOPLE = 10
PERSON = re.compile(r"p(\d{1,2})_(\w{1,20})")


class BookingForm:
    """The form of one course: its fields, what was typed, what was found wrong.

    :param env: environment of the visitor, for the words
    :param post: names and values as the browser sent them; defaults for a new form
    :param prices: list of (payer kind, label, price) one may choose from
    :param age_min: years a participant must be old on the first day, 0 for any age
    :param first_day: date of the course
    """

    def __init__(self, env, post, prices, age_min, first_day):
        self.env = env
        self.typed = only_text(post)
        self.prices = prices
        self.age_min = age_min
        self.first_day = first_day
        self.values, self.errors = {}, {}
        self.count = people_count(self.typed)
        if self.attends == "no":
            self.count = max(self.count, 1)
        self.count = min(self.count, self.max_count)

    @property
    def attends(self):
        """Whether who books takes part: ``yes`` unless they said otherwise."""
        return "no" if self.typed.get("attends") == "no" else "yes"

    @property
    def payer(self):
        return "company" if self.typed.get("payer") == "company" else "self"

    @property
    def max_count(self):
        return MAX_PEOPLE if self.attends == "no" else MAX_PEOPLE - 1

    @property
    def people(self):
        """:return: the numbers of the further people"""
        return range(1, self.count + 1)

    # ---- fields ---------------------------------------------------------------

    def booker_fields(self):
        return [
            Field("firstname", self.env._("First name"), required=True, max_length=100, autocomplete="given-name"),
            Field("lastname", self.env._("Last name"), required=True, max_length=100, autocomplete="family-name"),
            Field("email", self.env._("Email"), kind="email", required=True, autocomplete="email"),
            Field("phone", self.env._("Phone"), kind="phone", max_length=40, autocomplete="tel"),
            Field("street", self.env._("Street and house number"), max_length=150, autocomplete="street-address"),
            Field("zip", self.env._("Postcode"), max_length=10, autocomplete="postal-code"),
            Field("city", self.env._("City"), max_length=100, autocomplete="address-level2"),
        ]

    def attends_field(self):
        labels = {"yes": self.env._("I take part myself"), "no": self.env._("I only register other people")}
        return Field(
            "attends",
            self.env._("Do you take part yourself?"),
            kind="choice",
            required=True,
            choices=tuple(labels.items()),
        )

    def birthdate_field(self):
        label = self.env._("Date of birth")
        return Field("birthdate", label, kind="date", required=True, max_value=date.today, autocomplete="bday")

    def person_fields(self, number):
        fields = [
            Field("firstname", self.env._("First name"), required=True, max_length=100),
            Field("lastname", self.env._("Last name"), required=True, max_length=100),
            Field("birthdate", self.env._("Date of birth"), kind="date", required=True, max_value=date.today),
            Field("zip", self.env._("Postcode"), max_length=10),
            Field("email", self.env._("Email"), kind="email"),
        ]
        return prefixed(fields, f"p{number}_")

    def payer_field(self):
        choices = tuple((kind, self._payer_label(kind)) for kind in ("self", "company"))
        return Field("payer", self.env._("Who pays?"), kind="choice", required=True, choices=choices)

    def _payer_label(self, kind):
        label = self.env._("A company or organisation pays") if kind == "company" else self.env._("I pay myself")
        price = next((price for key, _label, price in self.prices if key == kind), None)
        return self.env._("%(payer)s: %(price)s per person", payer=label, price=price) if price else label

    def company_fields(self):
        fields = [
            Field(
                "name", self.env._("Name of the company"), required=True, max_length=200, autocomplete="organization"
            ),
            Field("street", self.env._("Street and house number"), required=True, max_length=150),
            Field("zip", self.env._("Postcode"), required=True, max_length=10),
            Field("city", self.env._("City"), required=True, max_length=100),
            Field("email", self.env._("Email for the invoice"), kind="email"),
        ]
        return prefixed(fields, "company_")

    def consent_field(self):
        label = self.env._(
            "I consent to the processing of my data as the privacy declaration describes it."
            " This is voluntary; I can withdraw it at any time."
        )
        return Field("consent", label, kind="checkbox")

    def asked_fields(self):
        """:return: the fields that count, in the order of the page"""
        fields = [*self.booker_fields(), self.attends_field()]
        if self.attends == "yes":
            fields.append(self.birthdate_field())
        for number in self.people:
            fields += self.person_fields(number)
        fields.append(self.payer_field())
        if self.payer == "company":
            fields += self.company_fields()
        return [*fields, self.consent_field()]

    # ---- buttons that only change the page ----------------------------------------

    def add_person(self):
        if self.count < self.max_count:
            self.count += 1

    def remove_person(self, number):
        self.typed = without_person(self.typed, number)
        self.count = people_count(self.typed)
        if self.attends == "no":
            self.count = max(self.count, 1)

    # ---- reading ------------------------------------------------------------------

    def parse(self):
        """Read the fields that count.

        :return: whether all is right; else ``errors`` says by field what is wrong
        """
        fields = self.asked_fields()
        self.values, errors = parse(fields, self.typed, self.env)
        self._check_ages(errors)
        self._check_twice(errors)
        self.errors = {field.name: errors[field.name] for field in fields if field.name in errors}
        return not self.errors

    def _check_ages(self, errors):
        for name in self._birthdate_names():
            born = self.values.get(name)
            if self.age_min and born and age_on(born, self.first_day) < self.age_min:
                errors[name] = self.env._("Participants must be at least %s years old on the first day.", self.age_min)

    def _birthdate_names(self):
        return (["birthdate"] if self.attends == "yes" else []) + [f"p{number}_birthdate" for number in self.people]

    def _check_twice(self, errors):
        seen = set()
        for name in self._birthdate_names():
            prefix = name.removesuffix("birthdate")
            key = tuple(
                str(self.values.get(prefix + part)).casefold() for part in ("firstname", "lastname", "birthdate")
            )
            if key in seen and not any(prefix + part in errors for part in ("firstname", "lastname", "birthdate")):
                errors[prefix + "firstname"] = self.env._("This person stands in the form twice.")
            seen.add(key)

    # ---- results, as the door to a seat wants them ------------------------------------

    def booker(self):
        names = ("firstname", "lastname", "email", "phone", "street", "zip", "city")
        values = {name: self.values[name] for name in names if self.values.get(name)}
        if self.attends == "yes":
            values["birthdate_date"] = self.values["birthdate"]
        return values | {"lang": self.env.lang}

    def participants(self):
        others = [self._participant(f"p{number}_") for number in self.people]
        return ([self.booker()] if self.attends == "yes" else []) + others

    def _participant(self, prefix):
        values = {name: self.values.get(prefix + name) for name in ("firstname", "lastname", "email", "zip")}
        values["birthdate_date"] = self.values[prefix + "birthdate"]
        return {name: value for name, value in values.items() if value} | {"lang": self.env.lang}

    def payer_values(self):
        """:return: the company that pays, or None when who books pays"""
        if self.payer != "company":
            return None
        names = ("name", "street", "zip", "city", "email")
        values = {name: self.values.get(f"company_{name}") for name in names}
        return {name: value for name, value in values.items() if value} | {"is_company": True}


def only_text(post):
    """What was typed; our forms upload nothing, so files that somebody sends under a field's name are left out."""
    return {name: value for name, value in post.items() if isinstance(value, str)}


def people_count(typed):
    """How many further people the page showed, whatever somebody sent."""
    raw = str(typed.get("people") or "0")
    return min(int(raw), MAX_PEOPLE) if re.fullmatch(r"[0-9]{1,3}", raw) else 0


def without_person(typed, number):
    """What was typed without further person ``number``; the ones behind move up."""
    moved = {}
    for name, value in typed.items():
        match = PERSON.fullmatch(name)
        position = int(match[1]) if match else 0
        if not match or position < number:
            moved[name] = value
        elif position > number:
            moved[f"p{position - 1}_{match[2]}"] = value
    moved["people"] = str(max(people_count(typed) - 1, 0))
    return moved
