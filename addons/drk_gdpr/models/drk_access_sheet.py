from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError

OFFICER = "drk_gdpr.group_drk_gdpr_officer"
CLERK = "drk_gdpr.group_drk_gdpr_user"
FORMAT = "drk-access-sheet/1"
#: Sections whose fields have a right of their own.
GUARDED_SECTIONS = {"bank": "drk_gdpr.group_drk_gdpr_bank", "social": "drk_gdpr.group_drk_gdpr_social"}
PORTABLE_FORMAT = "drk-portability/1"


class DrkAccessSheet(models.AbstractModel):
    """The access sheet (Auskunft, GDPR Art. 15): all that the inventory knows about a person, in readable words.

    The engine reads as superuser, because nobody may read every table; so who may have a sheet is asked first, and what
    belongs to somebody else is left out or masked (Art. 15(4)).
    """

    _name = "drk.access.sheet"
    _description = "Access Sheet"

    @api.model
    def _sheets(self, people, sections=None):
        """Make the sheets of some people.

        :param people: ``res.partner``
        :param sections: set of codes of ``drk.access.sheet.section``; default: what the association set for each kind
        :return: dict of person id to sheet (dict, see ``_prepare_sheet``)
        :raise AccessError: when the user may not give this information
        """
        self._check_may_inform(people)
        wanted = {
            person.id: self._allowed_sections(self._wanted_sections(person, sections), person) for person in people
        }
        # sudo: see the class; inactive records count too, and of files only the size is read
        confidential = self._confidential_allowed(people)
        engine = self.sudo().with_context(active_test=False, bin_size=True, drk_sheet_confidential=confidential)
        engine, sheets = engine._with_inventory(), {}
        for company, group in people.with_env(engine.env).grouped("company_id").items():
            sheets |= engine.with_company(company)._association_sheets(group, wanted)
        return sheets

    def _association_sheets(self, people, wanted):
        people = people.with_env(self.env)
        entries = self._entries(people, self._reach(people))
        return {person.id: self._prepare_sheet(person, entries[person.id], wanted[person.id]) for person in people}

    @api.model
    def _check_may_inform(self, people):
        """A person may see the own sheet; the officer those of the association; people staff if the association says so."""
        if self.env.su or people <= self._own_people():
            return
        people.check_access("read")
        if self.env.user.has_group(OFFICER):
            return
        allowed = all(self._settings(person).by_clerks for person in people)
        if not allowed or not self.env.user.has_group(CLERK):
            raise AccessError(self.env._("Only the data protection officer may give information about people."))

    @api.model
    def _own_people(self):
        """Hook: return the people whose sheet a user may see as being that person."""
        return self.env.user.partner_id

    @api.model
    def _wanted_sections(self, person, sections):
        return set(sections) if sections is not None else self._default_sections(person)

    @api.model
    def _default_sections(self, person):
        return self._settings(person)._section_codes()

    @api.model
    def _settings(self, person):
        person_sudo = (
            person.sudo()
        )  # the kind of a person and the settings are no secret to whoever may read the person
        settings_sudo = self.env["drk.access.sheet.default"].sudo()
        company = person_sudo.company_id or self.env.company
        return settings_sudo._of(company, self.sudo()._person_kind(person_sudo))

    @api.model
    def _allowed_sections(self, codes, person):
        """Hook: take out the sections whose content the user may not see.

        :param codes: set of codes of sections
        :param person: whose sheet it is
        """
        user = self.env.user
        if self.env.su or person.id in self._own_people().ids or user.has_group(OFFICER):
            return codes
        return codes - {code for code, group in GUARDED_SECTIONS.items() if not user.has_group(group)}

    @api.model
    def _confidential_allowed(self, people):
        """Hook: whether the user may see confidential engagements of these people.

        Nobody may by a role of this add-on: an add-on with confidential engagements says who of its own staff may. All
        others get a sheet with a fixed sentence that tells nothing, whether there are such engagements or not.
        """
        return False

    @api.model
    def _person_kind(self, person):
        """Hook: return the kind of person whose default contents apply.

        :return: key of ``drk.access.sheet.default.person_kind``
        """
        kinds = person._drk_person_kinds()[person.id] if hasattr(person, "_drk_person_kinds") else set()
        for kind in ("lecturer", "company", "contact", "address"):
            if kind in kinds:
                return kind
        if person.is_company:
            return "company"
        if person.parent_id.is_company:
            return "contact"
        return "user" if any(not user.share for user in person.user_ids) else "participant"

    @api.model
    def _prepare_sheet(self, person, entries, codes):
        """Hook: return the sheet of one person.

        :param entries: list of what ``_entries`` found
        :param codes: set of codes of the wanted sections
        :return: dict of plain values, ready for JSON
        """
        by_section = defaultdict(list)
        for entry in entries:
            by_section[entry["section"]].append(entry)
        sections = []
        for section in self.env["drk.access.sheet.section"].search([("code", "in", sorted(codes))]):
            content = {"code": section.code, "title": section.name, "lines": [], "groups": []}
            if section.is_explanation:
                content["lines"] = self._explain(section.code, person, entries)
            else:
                content["groups"] = self._group(by_section[section.code])
            sections.append(content)
        return {
            "format": FORMAT,
            "made_on": fields.Date.to_string(fields.Date.context_today(self)),
            "association": (person.company_id or self.env.company).name,
            "person": person.name or "",
            "person_kind": self._person_kind(person),
            "sections": sections,
            "confidential_note": self._confidential_note(),
        }

    def _group(self, entries):
        """Put the entries of one kind of record together."""
        groups = {}
        for entry in entries:
            group = groups.setdefault(entry["model"], {"model": entry["model"], "title": entry["label"], "records": []})
            group["records"].append(
                {name: entry[name] for name in ("id", "title", "keep_until", "keep_reason", "fields") if name in entry}
            )
        return sorted(groups.values(), key=lambda group: group["title"])

    def _confidential_note(self):
        return self.env._(
            "Data of confidential counselling are protected by law even inside the association. If you used such an "
            "offer, the counselling unit itself gives you the information; please ask there."
        )
