"""Records as a Word template sees them: fields to read, nothing to call."""

import datetime

from odoo import models
from odoo.exceptions import AccessError
from odoo.tools import format_date, format_datetime, formatLang, html2plaintext

from .docx import TemplateFaultError

PLAIN = (str, int, float, list, tuple, datetime.date, type(None))


class Choice(str):
    """The key of a selection that is written as its label."""

    label = ""


class Amount(float):
    """An amount that is written with its currency."""

    currency = None


class Record:
    """One record (or none) of which a template reads the fields that its user may read."""

    __slots__ = ("_record",)

    def __init__(self, record):
        self._record = record

    def __bool__(self):
        return bool(self._record)

    def __eq__(self, other):
        return isinstance(other, Record) and self._record == other._record

    def __hash__(self):
        return hash(self._record)


def wrap_all(records):
    """Hand records to a template as a list."""
    return [Record(record) for record in records]


class Reader:
    """Reads fields and writes values the way a person expects them in a letter."""

    def __init__(self, env):
        self.env = env

    def get(self, value, name):
        """Read a field of a record, or a property of the loop.

        :raise TemplateFaultError: when there is no such field or the user may not read it
        """
        if isinstance(value, Record):
            return self._read_field(value._record, str(name))
        if not isinstance(value, PLAIN) and type(value).__name__ == "LoopContext":
            return self._read_loop(value, str(name))
        raise TemplateFaultError("attribute", name)

    @staticmethod
    def _read_loop(loop, name):
        if name not in ("index", "index0", "first", "last", "length", "revindex", "depth"):
            raise TemplateFaultError("attribute", name)
        return getattr(loop, name)

    def _read_field(self, record, name):
        field = record._fields.get(name)
        if field is None:
            variables = self._read_variables(record)
            if name in variables:
                return variables[name]
        if field is None or name.startswith("_") or field.type in ("binary", "properties", "properties_definition"):
            raise TemplateFaultError("field", f"{name} ({record._description})")
        try:
            value = record[name]
        except AccessError as error:
            raise TemplateFaultError("access", f"{name} ({record._description})") from error
        return self._convert(record, field, value)

    def _read_variables(self, record):
        try:
            return self.env["drk.docx.template"]._get_record_variables(record)
        except AccessError as error:
            raise TemplateFaultError("access", record._description) from error

    def _convert(self, record, field, value):
        if field.type in ("one2many", "many2many"):
            return wrap_all(value)
        if isinstance(value, models.BaseModel):
            return Record(value)
        if field.type == "boolean":
            return bool(value)
        if value is False or value is None:
            return 0 if field.type in ("integer", "float", "monetary") else ""
        if field.type == "html":
            return html2plaintext(value)
        return self._mark(record, field, value)

    @staticmethod
    def _mark(record, field, value):
        if field.type == "selection":
            choice = Choice(value)
            choice.label = dict(field._description_selection(record.env)).get(value, value)
            return choice
        if field.type == "monetary":
            amount = Amount(value)
            amount.currency = record[field.get_currency_field(record)]
            return amount
        return value

    def show(self, value):
        """Write a value; nothing for no value."""
        for kind, write in (
            (Choice, lambda choice: choice.label),
            (Record, self._show_record),
            (bool, lambda truth: self.env._("Yes") if truth else self.env._("No")),
            (datetime.datetime, lambda moment: format_datetime(self.env, moment, dt_format="short")),
            (datetime.date, lambda day: format_date(self.env, day)),
            (Amount, lambda amount: formatLang(self.env, amount, currency_obj=amount.currency)),
            (float, lambda number: formatLang(self.env, number)),
            (list, lambda values: ", ".join(str(self.show(item)) for item in values)),
            (dict, self._refuse),
            (tuple, self._refuse),
        ):
            if isinstance(value, kind):
                return write(value)
        return "" if value is None else value

    @staticmethod
    def _refuse(value):
        raise TemplateFaultError("attribute", type(value).__name__)

    @staticmethod
    def _show_record(wrapped):
        try:
            return wrapped._record.display_name or ""
        except AccessError as error:
            raise TemplateFaultError("access", wrapped._record._description) from error
