import phonenumbers
from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..tools.journal import new_mark
from ..tools.partial import ALL, ALL_BUT_BAMF, OPTIONS, cleared_fields
from .res_partner_deletion import PARTIAL

MOBILE = {phonenumbers.PhoneNumberType.MOBILE}
REGION = "DE"
CONTACT_WAY = "drk.contact.way"
#: Kinds of contact ways that go with a part.
WAYS = {"phone": ("phone", "office", "fax"), "mobile": ("mobile",), "email": ("mail", "epost")}


class ResPartner(models.Model):
    """Partial deletion: parts of what is known about a person go, the person stays."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def action_drk_partial_deletion(self):
        """Open the dialog of the partial deletion for these people."""
        return self._drk_partial_deletion_action()

    def _drk_partial_deletion_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Partial deletion"),
            "res_model": "drk.partial.deletion",
            "views": [(False, "form")],
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_ids": self.ids},
        }

    def _drk_partial_kinds(self):
        """Return the kinds of each person that the partial deletion knows: dict of id to set of keys of ``OPTIONS``."""
        kinds = self._drk_person_kinds()
        return {person.id: (kinds.get(person.id, set()) & OPTIONS.keys()) or {"address"} for person in self}

    def _drk_partial_delete(self, options, person_kind):
        """Part of a long work: delete these parts. Done again, it finds nothing.

        :param list options: keys of ``OPTIONS``
        :param str person_kind: kind of the people, for the log
        :return: number of entries that went
        """
        self._drk_check_partial()
        self._drk_refuse_before_answer()
        mark = new_mark()
        return sum(
            people._drk_delete_parts(company or self.env.company, options, mark, person_kind)
            for company, people in self.grouped("company_id").items()
        )

    def _drk_delete_parts(self, company, options, mark, person_kind=False):
        """Delete parts of people of one association, and note it: in the log, and in the journal for a restore.

        :param str mark: tells this partial deletion from others
        :return: number of entries that went
        """
        total = 0
        for option in options:
            count = self._drk_count_part(option)
            self._drk_clear_part(option)
            self.env["drk.deletion.log"]._drk_note(company, option, len(self), count, person_kind, mark)
            total += count
        self._drk_note_parts(company, options, mark)
        return total

    def _drk_note_parts(self, company, options, mark):
        """Write a partial deletion into the journal; last of all, so that nothing can fail afterwards."""
        self.env.flush_all()
        self.env["drk.erasure.run"]._note_in_journal(company, self.ids, mark=mark, parts=list(options))

    def _drk_check_partial(self):
        if not self.env.user.has_group(PARTIAL):
            raise AccessError(self.env._("You are not allowed to delete data of people."))
        self.check_access("write")

    # ------------------------------------------------------------------ one part
    def _drk_count_part(self, option):
        """Return how many entries one part would delete."""
        people_sudo = self.sudo()  # who may delete a part need not read it
        values = sum(
            bool(person[name])
            for name, people in people_sudo._drk_part_fields(option).items()
            for person in people
            if self._drk_is_entered(name)
        )
        return values + sum(len(records) for records in people_sudo._drk_part_records(option))

    def _drk_clear_part(self, option):
        people_sudo = self.sudo()  # who may delete a part need not read it
        forgetter = people_sudo.env["drk.gdpr.forgetter"]
        owners_by_field, records = people_sudo._drk_part_fields(option), people_sudo._drk_part_records(option)
        for group in records:
            forgetter._gdpr_forget_records(people_sudo, group)
        for people in filter(None, dict.fromkeys(owners_by_field.values())):
            names = [name for name, owners in owners_by_field.items() if owners == people]
            forgetter._gdpr_forget_fields(people, names)

    def _drk_part_fields(self, option):
        """Return the fields that one part clears: dict of name to the people whose value goes."""
        if option in ALL:
            return dict.fromkeys(self._drk_fields_but(option), self)
        if option in ("phone", "mobile"):
            return {"phone": self.filtered(lambda person: person._drk_is_mobile() == (option == "mobile"))}
        name = {"email": "email", "block_note": "drk_block_note"}.get(option)
        return {name: self} if name else {}

    def _drk_fields_but(self, option):
        rows = self.env["drk.inventory.field"].search([("model", "=", self._name)])
        return cleared_fields(option, [(row.field, row.category, row.treatment) for row in rows])

    def _drk_is_entered(self, name):
        """Whether somebody enters this field; what is computed goes with it and is not counted."""
        field = self._fields.get(name)
        return bool(field and field.store and not (field.compute and field.readonly) and not field.related)

    def _drk_is_mobile(self):
        """Whether the first telephone number is a mobile one: as entered, else by its prefix."""
        if self.drk_phone_kind:
            return self.drk_phone_kind == "mobile"
        try:
            number = phonenumbers.parse(self.phone or "", REGION)
        except phonenumbers.NumberParseException:
            return False
        return phonenumbers.number_type(number) in MOBILE

    def _drk_part_records(self, option):
        """Hook: return the records that one part deletes, as a list of recordsets."""
        found = []
        if option in ("bank", ALL_BUT_BAMF):
            found.append(self._drk_deletable_banks())
        if option in ("login", ALL_BUT_BAMF):
            found.append(self._drk_login_users())
        kinds = [kind for part, own in WAYS.items() if option in (part, ALL_BUT_BAMF) for kind in own]
        kinds += ["homepage"] if option == ALL_BUT_BAMF else []
        ways = Domain("partner_id", "in", self.ids) & Domain("kind", "in", kinds)
        found.append(self.env[CONTACT_WAY].search(ways))
        if option in ALL:
            found += self._drk_records_about()
        return [records for records in found if records]

    def _drk_records_about(self):
        """Hook: records that are about these people and nothing else: their page's messages and files, their family."""
        on_page = Domain("res_id", "in", self.ids)
        attachments = self.env["ir.attachment"].search(
            on_page & Domain("res_model", "=", self._name) & Domain("res_field", "=", False)
        )
        return [
            self.env["mail.message"].search(on_page & Domain("model", "=", self._name)),
            attachments,
            self.env["mail.activity"].search(on_page & Domain("res_model", "=", self._name)),
            self.drk_member_ids,
            self.drk_guardian_ids | self.drk_ward_ids,
        ]

    def _drk_deletable_banks(self):
        """Hook: the bank accounts of these people that nothing needs any more (G-10); vouchers keep theirs."""
        banks = self.env["res.partner.bank"].with_context(active_test=False)
        banks = banks.search([("partner_id", "in", self.ids)])
        kept = self.env["drk.gdpr.retention"]._running(banks._name, banks.ids, fields.Date.context_today(self))
        return banks.filtered(lambda bank: bank.id not in kept)

    def _drk_login_users(self):
        """Hook: the accounts for the website and the portal of these people."""
        users = self.env["res.users"].with_context(active_test=False)
        return users.search([("partner_id", "in", self.ids), ("share", "=", True), ("login", "!=", "public")])
