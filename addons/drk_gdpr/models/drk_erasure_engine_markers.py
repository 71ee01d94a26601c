from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..tools.erasure import PARTNER
from ..tools.replacer import PLACEHOLDER, Replacer
from ..tools.words import split_words
from .drk_erasure_engine import IDENTITY_FIELDS

SYMBOLIC_LOGIN = "geloescht-"
#: Values that others share easily: they are replaced in records of the person only.
WEAK_KINDS = {"name_part"}
#: Keys are found by the values they are made of; secrets are not copied into one more table.
NOT_IDENTIFYING = {
    "lang", "tz", "drk_lang", "drk_name_key", "drk_email_key", "drk_phone_key", "drk_address_key", "drk_title",
    "drk_letter_salutation", "signup_type", "password", "totp_secret",
}  # fmt: skip
MARKER_KINDS = {
    "identity": "identity",
    "birth": "birth",
    "communication": "communication",
    "bank": "bank",
    "address": "address",
    "access": "access",
    "social": "identity",
}
MARKER_ADDRESS = {"street", "street2"}


class DrkErasureEngine(models.AbstractModel):
    """What identifies the people of a chunk: for the proof of the run, and for texts that stay without it."""

    _inherit = "drk.erasure.engine"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _remember(self, work):
        """Note the identifying values of the people for this run's proof, and for texts that stay."""
        rows = defaultdict(set)
        for unit, hits in work.hits.items():
            cells = [cell for cell in unit.cells if self._is_marker(unit.model, cell)]
            if cells:
                self._collect(unit, hits, cells, rows)
        self._collect_old_values(work, rows)
        self._add_combined_names(work, rows)
        self._leave_out_symbolic(work, rows)
        self._prepare_replacers(work, set().union(*rows.values()))
        self.env["drk.erasure.marker"]._insert(work.run, rows)

    @api.model
    def _prepare_replacers(self, work, found):
        strict, words = split_words({value for kind, value in found if kind not in WEAK_KINDS})
        names, more = split_words({value for kind, value in found if kind in WEAK_KINDS})
        work.replace = Replacer(strict, names=names | words | more)
        work.replace_shared = Replacer(strict, names=names, words=words | more)
        work.replace_strictly = Replacer(strict, words=words)

    @api.model
    def _leave_out_symbolic(self, work, rows):
        """What an earlier run wrote in place of a name says nothing about anybody."""
        first, last = work.params["firstname"] or "", work.params["lastname"] or ""
        symbolic = {str(value) for value in work.params.values() if value}
        symbolic |= {f"{first} {last}", f"{last} {first}", f"{last}, {first}", PLACEHOLDER}
        for person, values in rows.items():
            rows[person] = {
                (kind, value)
                for kind, value in values
                if value not in symbolic and not value.startswith(SYMBOLIC_LOGIN)
            }

    @api.model
    def _is_marker(self, model_name, cell):
        if (
            model_name not in self.env["drk.gdpr.forgetter"]._gdpr_marker_models()
            or not cell.is_text
            or cell.name in NOT_IDENTIFYING
        ):
            return False
        if cell.category == "address":
            return cell.name in MARKER_ADDRESS
        return cell.category in MARKER_KINDS

    @api.model
    def _collect(self, unit, hits, cells, rows):
        columns = SQL(", ").join(SQL("%s::text", SQL.identifier(cell.name)) for cell in cells)
        query = SQL("SELECT id, %s FROM %s WHERE id = ANY(%s)", columns, SQL.identifier(unit.table), list(hits))
        for res_id, *values in self.env.execute_query(query):
            for cell, value in zip(cells, values, strict=True):
                if value and len(value.strip()) > 2:
                    kind = "name_part" if cell.name in ("firstname", "lastname") else MARKER_KINDS[cell.category]
                    for person in hits[res_id]:
                        rows[person].add((kind, value.strip()))

    @api.model
    def _collect_old_values(self, work, rows):
        """Names and addresses that the person had before stand in the history of their record."""
        names = [name for name in self.env[PARTNER]._fields if name in IDENTITY_FIELDS | {"email", "phone"}]
        query = SQL(
            """
            SELECT m.res_id, f.name, v.old_value_char, v.new_value_char
              FROM mail_message m
              JOIN mail_tracking_value v ON v.mail_message_id = m.id
              JOIN ir_model_fields f ON f.id = v.field_id
             WHERE m.model = 'res.partner' AND m.res_id = ANY(%s) AND f.name = ANY(%s)
            """,
            work.people,
            names,
        )
        for person, name, *values in self.env.execute_query(query):
            if name in ("zip", "city", "state_id", "country_id", "lang", "drk_salutation", "drk_title"):
                continue
            kind = "name_part" if name in ("firstname", "lastname") else "identity"
            rows[person] |= {(kind, value.strip()) for value in values if value and len(value.strip()) > 2}

    @api.model
    def _add_combined_names(self, work, rows):
        query = SQL(
            "SELECT id, firstname, lastname FROM res_partner WHERE id = ANY(%s) AND firstname > '' AND lastname > ''",
            work.people,
        )
        for person, first, last in self.env.execute_query(query):
            rows[person] |= {("identity", form) for form in (f"{first} {last}", f"{last} {first}", f"{last}, {first}")}
