from odoo import fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools.blocker import KEEP, Blocker, by_person

PARTIAL = "drk_gdpr.group_drk_gdpr_partial"
#: So many people are named in one message.
NAMED = 10
#: Value of the context key ``drk_deletion`` for callers that forgot the person before; an object, so that nobody can
#: send it from outside.
FORGOTTEN = object()


class ResPartner(models.Model):
    """Full deletion: refused with the reasons in words, otherwise everything is forgotten first."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def unlink(self):
        self.check_access("unlink")  # whoever may not delete learns no reasons either
        self._drk_refuse_blocked()
        if self.env.context.get("drk_deletion") is not FORGOTTEN:
            self.filtered("drk_is_person")._drk_forget_before_deletion()
        return super().unlink()

    def _drk_deletion_blockers(self):
        """Hook: what keeps these people from being deleted as a whole.

        :return: list of ``Blocker`` (see ``tools/blocker.py``)
        """
        found = []
        today = fields.Date.context_today(self)
        for model_name in self.env["drk.engagement"]._engagement_models():
            # sudo: that records have to be kept is said to whoever deletes, not what is in them
            groups = self.env[model_name].sudo()._read_group(
                Domain("drk_person_id", "in", self.ids) & Domain("drk_keep_until", ">=", today),
                ["drk_person_id"],
                ["drk_keep_until:max", "__count"],
            )
            text = self.env._("Records that have to be kept by law")
            found += [Blocker(person.id, KEEP, text, until, model_name, count) for person, until, count in groups]
        return found

    def action_drk_deletion_check(self):
        """Show who of these people can be deleted as a whole, and who not."""
        return self.env["drk.deletion.check"]._drk_open(self)

    def _drk_refuse_blocked(self):
        """Refuse to delete when one of these cannot go; nothing is changed then.

        :raise RedirectWarning: with the way to the partial deletion, for who may do that
        """
        blockers = by_person(self._drk_deletion_blockers())
        if not blockers:
            return
        text = self._drk_refusal_text(blockers)
        if not self.env.user.has_group(PARTIAL):
            raise UserError(text)
        if len(self) == 1:
            raise RedirectWarning(text, self._drk_partial_deletion_action(), self.env._("Partial deletion"))
        # by its number: whatever this transaction creates is undone with it
        action = self.env.ref("drk_gdpr.res_partner_action_deletion_check")
        context = {"active_model": self._name, "active_ids": self.ids, "active_id": self.ids[0]}
        raise RedirectWarning(text, action.id, self.env._("Who can be deleted?"), context)

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
            return self.env._("%(text)s (%(count)s)", **values)
        until = format_date(self.env, blocker.keep_until)
        return self.env._("%(text)s (%(count)s), to be kept until %(until)s", until=until, **values)

    def _drk_forget_before_deletion(self):
        """Forget these people everywhere, then delete what would hold on to them."""
        self._drk_delete_related()

    def _drk_delete_related(self):
        """Hook: delete the records that name these people and that no blocker protects."""
