from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.partial import OPTIONS

#: So many people are done while the user waits; more are a long work with a progress bar.
AT_ONCE = 200
CHUNK = 100


class DrkPartialDeletion(models.TransientModel):
    """Choose which parts of people go, see how much that is, confirm."""

    _name = "drk.partial.deletion"
    _description = "Partial Deletion"

    partner_ids = fields.Many2many("res.partner", string="People", required=True)
    person_kind = fields.Selection(
        [("participant", "Participants"), ("lecturer", "Instructors"), ("address", "Other addresses")],
        string="Delete data of",
        required=True,
        compute="_compute_person_kind",
        store=True,
        readonly=False,
    )
    people_text = fields.Char(string="Chosen", compute="_compute_people_text")
    bank = fields.Boolean("Delete bank accounts")
    phone = fields.Boolean("Delete phone and fax numbers")
    mobile = fields.Boolean("Delete mobile numbers")
    email = fields.Boolean("Delete mail addresses")
    block_note = fields.Boolean("Empty the blocking note")
    login = fields.Boolean("Delete the login")
    all_but_contact = fields.Boolean("Delete all data except address, bank and contact data")
    all_but_bamf = fields.Boolean("Delete all data except address, credit and BAMF data (with birth date)")
    preview = fields.Text("What will be deleted", compute="_compute_preview")

    @api.depends("partner_ids")
    def _compute_person_kind(self):
        for wizard in self:
            kinds = wizard.partner_ids._drk_partial_kinds()
            counts = {kind: sum(kind in own for own in kinds.values()) for kind in OPTIONS}
            wizard.person_kind = max(OPTIONS, key=lambda kind, counts=counts: counts[kind])

    @api.depends("partner_ids", "person_kind")
    def _compute_people_text(self):
        for wizard in self:
            people, others = wizard._people(), len(wizard.partner_ids) - len(wizard._people())
            text = people.display_name if len(people) == 1 else self.env._("%s people", len(people))
            if others:
                text = self.env._("%(people)s; %(others)s of another kind stay as they are", people=text, others=others)
            wizard.people_text = text

    @api.depends("partner_ids", "person_kind", *sorted({name for names in OPTIONS.values() for name in names}))
    def _compute_preview(self):
        for wizard in self:
            people = wizard._people()._filtered_access(
                "write"
            )  # a form can name anybody, and the numbers tell something
            lines = [
                self.env._(
                    "%(part)s: %(count)s entries", part=wizard._label(option), count=people._drk_count_part(option)
                )
                for option in wizard._options()
            ]
            wizard.preview = "\n".join(lines) or self.env._("Nothing is chosen yet.")

    def _people(self):
        """Return the chosen people of the chosen kind."""
        people = self.partner_ids._origin
        kinds = people._drk_partial_kinds()
        return people.filtered(lambda person: self.person_kind in kinds[person.id])

    def _options(self):
        """Return the parts that are ticked and that this kind of person has."""
        return [option for option in OPTIONS.get(self.person_kind, ()) if self[option]]

    def _label(self, option):
        return dict(self.env["drk.deletion.log"]._fields["option"]._description_selection(self.env))[option]

    def action_delete(self):
        """Delete the ticked parts; many people are a long work."""
        self.ensure_one()
        people, options = self._people(), self._options()
        if not options:
            raise UserError(self.env._("Please choose what to delete."))
        people._drk_check_partial()
        people._drk_refuse_before_answer()
        if len(people) > AT_ONCE:
            return self._start_job(people, options)
        count = people._drk_partial_delete(options, self.person_kind)
        message = self.env._("%(count)s entries of %(people)s people were deleted.", count=count, people=len(people))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _start_job(self, people, options):
        job = self.env["drk.job"]._start(
            self.env._("Partial deletion"),
            people,
            "_drk_partial_delete",
            chunk_size=CHUNK,
            options=options,
            person_kind=self.person_kind,
        )
        return job._get_records_action(target="current")
