from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.reasons import by_person


class DrkDeletionCheck(models.TransientModel):
    """Who of the chosen people can be deleted as a whole, who not and why."""

    _name = "drk.deletion.check"
    _description = "Who Can Be Deleted"

    line_ids = fields.One2many("drk.deletion.check.line", "check_id", string="People")
    free_count = fields.Integer("Can be deleted", compute="_compute_counts")
    blocked_count = fields.Integer("Cannot be deleted", compute="_compute_counts")

    def _compute_counts(self):
        for check in self:
            check.blocked_count = len(check.line_ids.filtered("reasons"))
            check.free_count = len(check.line_ids) - check.blocked_count

    def _drk_open(self, people):
        """Open the list for these people."""
        people.check_access("unlink")
        blockers = by_person(people._drk_deletion_blockers())
        lines = [
            {"partner_id": person.id, "reasons": "\n".join(people._drk_blocker_lines(blockers.get(person.id, [])))}
            for person in people
        ]
        check = self.create({"line_ids": [fields.Command.create(line) for line in lines]})
        return check._get_records_action(name=self.env._("Who can be deleted?"), target="new")

    def action_delete(self):
        """Delete those whom nothing keeps; the reasons are looked up again."""
        self.ensure_one()
        people = self.line_ids.filtered(lambda line: not line.reasons).partner_id
        if not people:
            raise UserError(self.env._("None of these people can be deleted."))
        count = len(people)
        people.unlink()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%s people were deleted.", count),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_partial(self):
        """Go on with the partial deletion of the others."""
        self.ensure_one()
        return self.line_ids.filtered("reasons").partner_id._drk_partial_deletion_action()


class DrkDeletionCheckLine(models.TransientModel):
    """One person of the list, with what keeps them."""

    _name = "drk.deletion.check.line"
    _description = "Who Can Be Deleted: Person"
    _order = "reasons DESC NULLS LAST, id"

    check_id = fields.Many2one("drk.deletion.check", required=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one("res.partner", string="Person", required=True, ondelete="cascade")
    reasons = fields.Text("What keeps the person")
