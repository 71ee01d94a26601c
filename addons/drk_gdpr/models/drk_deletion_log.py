from odoo import api, fields, models
from odoo.exceptions import UserError


class DrkDeletionLog(models.Model):
    """Accountability: who deleted what kind of data of how many people, and when; never which values (GDPR Art. 5(2))."""

    _name = "drk.deletion.log"
    _description = "Deletion Log"
    _inherit = ["drk.association.mixin"]
    _order = "done_at desc, id desc"
    _rec_name = "option"

    done_at = fields.Datetime("Deleted on", required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", "Deleted by", required=True, readonly=True, index=True, ondelete="restrict")
    option = fields.Selection(
        [
            ("bank", "Bank accounts"),
            ("phone", "Phone and fax numbers"),
            ("mobile", "Mobile numbers"),
            ("email", "Mail addresses"),
            ("block_note", "Blocking note"),
            ("login", "Login"),
            ("all_but_contact", "All data except address, bank and contact data"),
            ("all_but_bamf", "All data except address, credit and BAMF data (with birth date)"),
            ("full", "Full deletion"),
            ("request", "Erasure request: what can go"),
        ],
        required=True,
        readonly=True,
    )
    person_kind = fields.Selection(
        [("participant", "Participants"), ("lecturer", "Instructors"), ("address", "Other addresses")],
        "Kind of person",
        readonly=True,
    )
    people = fields.Integer(required=True, readonly=True)
    items = fields.Integer("Entries deleted", readonly=True)
    mark = fields.Char("Mark in the journal", readonly=True, help="By it a restore knows what it need not repeat.")

    @api.model
    def _drk_note(self, company, option, people, items=0, person_kind=False, mark=False):
        """Write one line.

        :param company: ``res.company`` of the people
        :param int people: how many people it was about
        :param int items: how many entries went
        :param str mark: of a partial deletion, as the journal has it
        """
        vals = {"option": option, "people": people, "items": items, "person_kind": person_kind, "mark": mark}
        # sudo: nobody writes the log by hand
        return self.sudo().create({**vals, "company_id": company.id, "user_id": self.env.uid})

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("The deletion log cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The deletion log cannot be changed."))
