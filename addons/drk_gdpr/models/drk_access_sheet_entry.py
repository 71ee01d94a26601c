from odoo import api, models
from odoo.tools import format_date

from ..tools.sheet import Mask, name_forms
from .drk_access_sheet_reach import BANK, DOCUMENT, PARTNER, USER

#: What a record may tell a person who is only linked to it: that it exists, when and about what.
NEUTRAL = {"engagement", "log"}
#: Whoever gets a message has read it.
RECIPIENT_WAYS = {"partner_ids", "notified_partner_ids", "recipient_ids"}
MODEL_SECTIONS = {PARTNER: "master", BANK: "bank", "drk.consent": "consent", "ir.attachment": "file"}
PREFIX_SECTIONS = (
    (("res.users", "res.device", "auth", "ir.", "web", "resource."), "account"),
    (("mail.", "sms.", "drk.sms", "discuss.", "mailing.", "snailmail.", "phone.", "drk.course.mail"), "message"),
    (("account.", "payment.", "drk.charge", "drk.cash"), "money"),
    (("event.", "calendar.", "drk.course", "drk.certificate"), "engagement"),
)
#: In which order the fields of a record stand on the sheet.
ORDER = (
    *("identity", "birth", "address", "communication", "engagement", "social", "health", "consent", "bank", "money"),
    *("text", "file", "link", "access", "log", "technical"),
)
SENDER_FIELDS = ("email_from", "reply_to", "message_id", "headers", "references")
#: Fields whose texts name the person that a record tells about.
NAMING = {"identity", "communication"}


class DrkAccessSheet(models.AbstractModel):
    """What of a record stands on the sheet of whom."""

    _inherit = "drk.access.sheet"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _entries(self, people, reached):
        """Read the records that were reached.

        :return: dict of person id to list of entries (dict: model, label, section, id, title, keep_until, fields)
        """
        entries = {person.id: [] for person in people}
        rows = self._sheet_rows()
        own = {person.id: self._own_records(reached, person.id) for person in people}
        others = {person.id: set() for person in people}
        for name, found in reached.items():
            records = self.env[name].browse(sorted(found.ways))
            kept = self._kept_until(records)
            for record in records:
                for person_id, ways in found.ways[record.id].items():
                    person = people.browse(person_id)
                    shown = self._shown_fields(person, record, ways, rows[name])
                    others[person_id] |= self._other_texts(person, record, ways, rows[name])
                    entries[person_id] += self._record_entries(person, record, shown, own[person_id], kept)
        return {person.id: self._mask_entries(person, entries[person.id], others[person.id]) for person in people}

    def _own_records(self, reached, person_id):
        """Return the records that tell about a person: dict of model name to set of ids."""
        return {
            name: {key for key in found.ways if person_id in found.people(key, self._own_ways(name))}
            for name, found in reached.items()
        }

    def _shown_fields(self, person, record, ways, categories):
        """Return the fields of a record that its person may see on this way: dict of name to category."""
        special = self._field_ways(record._name)
        if self._tells_about(person, record, ways):
            hidden = self._sender_fields(person, record)
            return {
                name: category
                for name, category in categories.items()
                if name not in hidden and (name not in special or special[name] & ways or category in NEUTRAL)
            }
        if self._is_work(person, record):
            return {}
        return {
            name: category
            for name, category in categories.items()
            if category in NEUTRAL or name in ways or special.get(name, set()) & ways
        }

    def _sender_fields(self, person, record):
        """The sender's address is the sender's, whoever the message is about."""
        is_own = "author_id" not in record._fields or record.author_id == person
        return () if is_own else SENDER_FIELDS

    def _tells_about(self, person, record, ways):
        if DOCUMENT in ways or "" in ways:
            return True
        if self._is_work(person, record):
            return False
        return bool(ways & (self._own_ways(record._name) | RECIPIENT_WAYS))

    def _is_work(self, person, record):
        """What staff write, get and do about others is data of the others; their sheet only counts it."""
        return record._name in self._work_models() and any(not user.share for user in person.user_ids)

    def _record_entries(self, person, record, shown, own, kept):
        """Return one entry per section that the fields of a record fall into."""
        keep_until, reason = kept.get(record.id, (False, ""))
        by_section = {}
        fields_ = record._fields
        for name, category in sorted(
            shown.items(), key=lambda item: (ORDER.index(item[1]), fields_[item[0]]._sequence)
        ):
            value = self._field_value(person, record, record._fields[name], own)
            if value is not None and self._is_worth_saying(category, value["raw"]):
                section = self._section(record._name, category)
                by_section.setdefault(section, []).append({"name": name, "category": category, **value})
        return [
            {
                "model": record._name,
                "label": self._model_label(record._name),
                "section": section,
                "id": record.id,
                "title": self._entry_title(record),
                "fields": found,
                "keep_until": keep_until and format_date(self.env, keep_until),
                "keep_reason": reason or "",
            }
            for section, found in by_section.items()
        ]

    @api.model
    def _is_worth_saying(self, category, raw):
        """A switch that is off says something about consents and participation only."""
        return raw is not False or category in ("consent", *NEUTRAL)

    @api.model
    def _entry_title(self, record):
        """Hook: return what a record is called on the sheet, without names of people."""
        if "drk_purpose" in record._fields:
            return record.drk_purpose or ""
        return ""

    @api.model
    def _model_label(self, model_name):
        return self.env["ir.model"]._get(model_name).name or model_name

    @api.model
    def _section(self, model_name, category):
        """Return the code of the section of a field; consents, bank, social and health data stand in one of their own."""
        if category in ("consent", "bank", "social", "health", "file"):
            return {"health": "social"}.get(category, category)
        return self._model_section(model_name)

    @api.model
    def _model_section(self, model_name):
        """Hook: return the code of the section of a model."""
        if model_name in MODEL_SECTIONS:
            return MODEL_SECTIONS[model_name]
        for prefixes, section in PREFIX_SECTIONS:
            if model_name.startswith(prefixes):
                return section
        return "engagement" if "drk_purpose" in self.env[model_name]._fields else "further"

    @api.model
    def _kept_until(self, records):
        """Return until when records are kept: dict of id to (date, reason)."""
        if "drk.gdpr.retention" in self.env:
            return self.env["drk.gdpr.retention"]._keep_until(records._name, records.ids)
        if "drk_keep_until" not in records._fields:
            return {}
        return {record.id: (record.drk_keep_until, record.drk_keep_reason) for record in records}

    # Other people

    def _other_texts(self, person, record, ways, categories):
        """Return the names and addresses of other people that a record knows."""
        partners = self._other_partners(record) - person
        texts = set()
        for partner in partners:
            texts |= name_forms(partner.firstname, partner.lastname, partner.name)
            texts |= {partner.email or "", partner.email_normalized or "", partner.phone or ""}
        if not self._tells_about(person, record, ways):
            for name, category in categories.items():
                if category in NAMING and record._fields[name].type == "char":
                    texts.add(record[name] or "")
        return texts

    def _other_partners(self, record):
        """Hook: return the people that a record names; extend where they are named by records that hang on it."""
        partners = self.env[PARTNER]
        for name in self._partner_links(record._name):
            partners |= record[name]
        return partners.filtered(self._is_natural_stranger)

    def _partner_links(self, model_name):
        fields_ = self.env[model_name]._fields.values()
        return [field.name for field in fields_ if field.store and field.comodel_name == PARTNER and field.relational]

    def _is_natural_stranger(self, partner):
        """Companies are no people, and staff act for the association."""
        is_staff = any(not user.share for user in partner.user_ids)
        return not partner.is_company and not partner.ref_company_ids and not is_staff

    def _mask_entries(self, person, entries, others):
        own = name_forms(person.firstname, person.lastname, person.name)
        own |= {person.email or "", person.email_normalized or "", person.phone or "", person.phone_sanitized or ""}
        mask = Mask(others, own, f"[{self.env._('another person')}]")
        return mask.apply(entries)

    def _linked_name(self, person, linked, own):
        """Return what a link shows: nobody but the person by name, staff and others by what they are."""
        if not linked:
            return None
        if linked._name in (PARTNER, USER):
            partner = linked if linked._name == PARTNER else linked.partner_id
            if partner.id in own.get(PARTNER, ()) or partner == person:
                return partner.name
            if self._is_natural_stranger(partner):
                return self.env._("another person")
            is_staff = not partner.is_company and not partner.ref_company_ids
            return self.env._("staff of the association") if is_staff else partner.name
        if linked.id in own.get(linked._name, ()) or not linked._drk_name_is_guarded or self._is_open(linked):
            return linked.display_name
        return self.env._("another person's record")

    @api.model
    def _is_open(self, linked):
        """Hook: whether the name of a guarded record tells nothing about people (the name of a course does not)."""
        return False
