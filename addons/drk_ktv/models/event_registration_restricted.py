from odoo import fields, models

#: What was typed with the booking, and what is shown instead: a name, or nothing.
TYPED = ("name", "email", "phone", "drk_contact_email")


class EventRegistration(models.Model):
    """What was typed for a restricted person is not shown once the course is over; before it, the course needs it."""

    _inherit = "event.registration"  # pylint: disable=consider-merging-classes-inherited

    def _drk_nameless(self):
        if self.env.su:
            return self.browse()
        now = fields.Datetime.now()
        # sudo: the answer is only that there is no name to show
        people = self.sudo().drk_participant_id.with_env(self.env)._drk_nameless()
        past = self.sudo().filtered(lambda r: r.drk_participant_id in people and r.event_id.date_end < now)
        return past.with_env(self.env)

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        typed = [name for name in (*TYPED, "display_name") if name in fnames]
        hidden = set(self._drk_nameless().ids) if typed and self else set()
        for row in rows if hidden else ():
            if row["id"] in hidden:
                row |= {name: self._drk_no_name() if name.endswith("name") else False for name in typed}
        return rows
