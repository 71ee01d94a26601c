from odoo import fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools.blocker import Blocker
from ..tools.reasons import ANSWER_FIRST, by_person
from .res_partner_erasure import FORGOTTEN

PARTIAL = "drk_gdpr.group_drk_gdpr_partial"
#: So many people are named in one message.
NAMED = 10


class ResPartner(models.Model):
    """Full deletion: refused with the reasons in words, otherwise everything is forgotten first."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def unlink(self):
        self.check_access("unlink")  # whoever may not delete learns no reasons either
        self._drk_refuse_many()
        self._drk_refuse_blocked()
        if self.env.context.get("drk_deletion") is not FORGOTTEN:
            self.filtered("drk_is_person")._drk_forget_before_deletion()
        return super().unlink()

    def _drk_deletion_blockers(self):
        people_sudo = self.sudo()  # that something keeps a person is said to whoever deletes, not what is in it
        return [
            *super(ResPartner, people_sudo)._drk_deletion_blockers(),
            *people_sudo._drk_confidential_blockers(),
            *people_sudo._drk_consent_blockers(),
            *people_sudo._drk_not_erasable(),
        ]

    def _drk_confidential_blockers(self):
        """A confidential record keeps the person, too, but its kind is not named."""
        found = []
        today = fields.Date.context_today(self)
        kept = Domain("drk_person_id", "in", self.ids) & Domain("drk_keep_until", ">=", today)
        for name in self.env["drk.engagement"]._engagement_models():
            model = self.env[name]
            groups = model._read_group(
                kept & Domain("drk_confidential", "=", True), ["drk_person_id"], ["drk_keep_until:max", "__count"]
            )
            text = self.env._("Records that have to be kept by law")
            found += [Blocker(person.id, "confidential", text, until, False, count) for person, until, count in groups]
        return found

    def _drk_consent_blockers(self):
        """The proof of a declaration is kept some years after its end (G-20); a guardian's declaration is one, too."""
        found = []
        for link in ("partner_id", "guardian_id"):
            consents = self.env["drk.consent"].search([(link, "in", self.ids)])
            kept = self.env["drk.gdpr.retention"]._running("drk.consent", consents.ids, fields.Date.context_today(self))
            text = self.env._("Proof of declarations on data protection")
            for person, own in consents.filtered(lambda consent, kept=kept: consent.id in kept).grouped(link).items():
                until = max(kept[consent.id][0] for consent in own)
                found.append(Blocker(person.id, "consent", text, until, "drk.consent", len(own)))
        return found

    def action_drk_deletion_check(self):
        """Show who of these people can be deleted as a whole, and who not."""
        return self.env["drk.deletion.check"]._drk_open(self)

    def _drk_refuse_many(self):
        """The brake of the anonymisation holds for deletions, too: one person alone does not make a large number go.

        :raise UserError: when these are more people of an association than it expects
        """
        for company, people in self.filtered("drk_is_person").grouped("company_id").items():
            expected = company.sudo().drk_anonymisation_expected  # a number, nothing else
            if company and len(people) > expected and not self.env.su:
                raise UserError(
                    self.env._(
                        "%(count)s people are more than the %(expected)s expected at once. Nobody was deleted;"
                        " please anonymise them instead: a second person releases that.",
                        count=len(people),
                        expected=expected,
                    )
                )

    def _drk_refuse_blocked(self):
        """Refuse to delete when one of these cannot go; nothing is changed then.

        :raise RedirectWarning: with the way to the partial deletion, for who may do that
        """
        blockers = by_person(self._drk_deletion_blockers())
        if not blockers:
            return None
        if {blocker.code for own in blockers.values() for blocker in own} == {ANSWER_FIRST}:
            return self._drk_refuse_before_answer()  # a part of the data would be missing in the answer, too
        text = self._drk_refusal_text(blockers)
        if not self.env.user.has_group(PARTIAL):
            raise UserError(text)
        if len(self) == 1:
            raise RedirectWarning(text, self._drk_partial_deletion_action(), self.env._("Partial deletion"))
        # by its number: whatever this transaction creates is undone with it
        action = self.env.ref("drk_gdpr.res_partner_action_deletion_check")
        context = {"active_model": self._name, "active_ids": self.ids, "active_id": self.ids[0]}
        raise RedirectWarning(text, action.id, self.env._("Who can be deleted?"), context)

    def _drk_refuse_before_answer(self):
        """Refuse to delete anything of people whose access request is open: the answer must be complete (Art. 15).

        :raise UserError: with the requests
        """
        lines = dict.fromkeys(blocker.text for blocker in self._drk_open_access_requests())
        if lines:
            raise UserError("\n".join([*lines, "", self.env._("Nothing was deleted.")]))

    def _drk_refusal_text(self, blockers):
        """Return the message of a refused deletion.

        :param blockers: dict of person id to list of ``Blocker``
        """
        lines = []
        for person in self.browse(list(blockers)[:NAMED]):
            lines.append(self.env._("%s cannot be deleted:", person.sudo().display_name))
            lines += [f"• {line}" for line in self._drk_blocker_lines(blockers[person.id])]
            lines.append("")
        if len(blockers) > NAMED:
            lines += [self.env._("%s more people cannot be deleted.", len(blockers) - NAMED), ""]
        lines.append(self.env._("Nothing was changed. What is not needed any more can go by a partial deletion."))
        return "\n".join(lines)

    def _drk_blocker_lines(self, blockers):
        return [self._drk_blocker_line(blocker) for blocker in blockers]

    def _drk_blocker_line(self, blocker):
        values = {"text": blocker.text, "count": blocker.count}
        if not blocker.keep_until:
            return self._drk_blocker_label(blocker)
        until = format_date(self.env, blocker.keep_until)
        return self.env._("%(text)s (%(count)s), until %(until)s", until=until, **values)

    # ------------------------------------------------------------------ forgetting
    def _drk_forget_before_deletion(self):
        """Forget these people everywhere, as a run of erasure does, then delete what would hold on to their records."""
        for company, people in self.grouped("company_id").items():
            if not company.sudo().drk_is_association:  # a body that is none any more: it has no runs
                people.sudo()._drk_delete_related()
                continue
            # sudo: who may delete a person need not have the right of the runs
            run_sudo = self.env["drk.erasure.run"].sudo()._create_for(people.sudo(), "deletion")
            run_sudo = run_sudo.sudo()
            run_sudo.write({"state": "running", "started_at": fields.Datetime.now(), "user_id": self.env.uid})
            run_sudo._erase(people.ids)
            if run_sudo.line_ids.filtered(lambda line: line.state != "done"):
                raise UserError(self.env._("These people cannot be deleted now. Nothing was changed."))
            people.sudo()._drk_delete_related()
            run_sudo.with_delay(description=run_sudo.name)._finish()
            self.env["drk.deletion.log"]._drk_note(company, "full", len(people))

    def _drk_delete_related(self):
        """Hook: delete the records that name these people and that no blocker protects; called with all rights."""
        users = self.env["res.users"].with_context(active_test=False).search([("partner_id", "in", self.ids)])
        if users:
            self.env["drk.gdpr.forgetter"]._gdpr_release_accounts(users.ids)
