from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

PAPERS_FIELDS = {"drk_papers_state", "drk_papers_date", "drk_papers_user_id"}


class EventEvent(models.Model):
    """Unterlagen vollständig: attendance, signed list and data of a course are there."""

    _inherit = "event.event"  # pylint: disable=consider-merging-classes-inherited

    drk_papers_state = fields.Selection(
        [("open", "Papers missing"), ("complete", "Papers complete")],
        string="Papers",
        default="open",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    drk_papers_date = fields.Datetime(string="Papers complete since", readonly=True, copy=False)
    drk_papers_user_id = fields.Many2one(
        "res.users", string="Papers completed by", readonly=True, copy=False, ondelete="set null"
    )
    drk_paper_ids = fields.One2many("drk.course.paper", "event_id", string="Scans", copy=False)
    drk_papers_hint = fields.Text(string="Still missing", compute="_compute_drk_papers_hint")

    @api.depends("drk_papers_state", "drk_paper_ids", "drk_attendance_ids.state", "date_end")
    @api.depends_context("uid")
    def _compute_drk_papers_hint(self):
        for event in self:
            wanted = event.drk_is_course and event.drk_papers_state != "complete" and event._drk_is_over()
            event.drk_papers_hint = "\n".join(event._drk_papers_missing()) if wanted else False

    def _drk_papers_missing(self):
        """Hook: what is missing before the papers of a course are complete.

        :return: list of sentences, empty when nothing is missing
        """
        self.ensure_one()
        missing = []
        if not self._drk_is_over():
            missing.append(self.env._("The course is not over yet."))
        people = self._drk_listed()
        if not people:
            return missing
        missing += self._drk_attendance_missing(people)
        if not self.drk_paper_ids:
            missing.append(self.env._("The signed list has not been uploaded yet."))
        nameless = people.filtered(lambda registration: not registration.drk_birthdate)
        if nameless:
            names = ", ".join(nameless._drk_shown_names().values())
            missing.append(self.env._("The date of birth is missing: %s.", names))
        return missing

    def _drk_attendance_missing(self, people):
        states, sentences = self._drk_attendance_states(), []
        for session in self.drk_session_ids.sorted("date_begin"):
            count = sum((session.id, person.id) not in states for person in people)
            if count:
                day = session._drk_day_label()
                if count == 1:
                    sentences.append(self.env._("%s: the attendance of one person is missing.", day))
                else:
                    sentences.append(
                        self.env._("%(day)s: the attendance of %(count)s people is missing.", day=day, count=count)
                    )
        return sentences

    def _drk_papers_closed_message(self):
        return self.env._(
            "The papers of the course %s are complete already. The course management can open them again.",
            self.drk_number or self.name,
        )

    # ------------------------------------------------------------------ create, write
    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._drk_check_papers_by_hand(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._drk_check_papers_by_hand(vals)
        return super().write(vals)

    @api.model
    def _drk_check_papers_by_hand(self, vals):
        if not self.env.su and PAPERS_FIELDS & vals.keys():
            raise UserError(self.env._("Please use the buttons: they look what is missing."))

    # ------------------------------------------------------------------ buttons
    def action_drk_papers_complete(self):
        """Say that everything of these courses is there; instructors for their own ones.

        :raise UserError: with what is missing
        """
        self._drk_check_may_teach()
        for course in self.filtered(lambda event: event.drk_papers_state != "complete"):
            missing = course._drk_papers_missing()
            if missing:
                sentences = "\n".join(f"- {sentence}" for sentence in missing)
                raise UserError(
                    self.env._("Still missing for %(course)s:\n%(list)s", course=course.display_name, list=sentences)
                )
            course._drk_listed()._drk_follow_attendance()
            # sudo: instructors write nothing else of a course
            course.sudo().write(course._prepare_drk_papers_vals())

    def _prepare_drk_papers_vals(self):
        """Hook: what is kept when the papers of a course are complete."""
        return {
            "drk_papers_state": "complete",
            "drk_papers_date": fields.Datetime.now(),
            "drk_papers_user_id": self.env.uid,
        }

    def action_drk_papers_reopen(self):
        """Ask for the reason before papers are opened again."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_ktv.drk_ktv_papers_reopen_action")
        return action | {"context": {"default_event_id": self.id}}

    def _drk_papers_reopen(self, reason):
        """Open the papers again; managers only, with a reason that stays in the history of the course.

        :param reason: str
        :raise AccessError: for all others
        """
        self.ensure_one()
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group("drk_ktv.group_drk_ktv_manager")):
            raise AccessError(self.env._("Only the course management may open the papers again."))
        # sudo: these fields change by the buttons alone
        self.sudo().write({"drk_papers_state": "open", "drk_papers_date": False, "drk_papers_user_id": False})
        self.message_post(body=self.env._("Papers opened again: %s", reason))
