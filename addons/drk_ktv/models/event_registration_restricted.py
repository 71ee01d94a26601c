from odoo import fields, models
from odoo.fields import Domain

#: What was typed with the booking, and what is shown instead: a name, or nothing.
TYPED = ("name", "email", "phone", "drk_contact_email")


class EventRegistration(models.Model):
    """What was typed for a restricted person is not shown once the course is over; before it, the course needs it."""

    _inherit = "event.registration"  # pylint: disable=consider-merging-classes-inherited

    def _drk_nameless(self):
        if self.env.su or not self.env["res.partner"]._drk_hides_people():
            return self.browse()
        past = (
            Domain("id", "in", self.ids)
            & Domain("drk_participant_id.drk_is_restricted", "=", True)
            & Domain("event_id.date_end", "<", fields.Datetime.now())
        )
        # sudo: the answer is only that there is no name to show; one small query, the people themselves are not read
        found = self.sudo().with_context(active_test=False).search(past, order="id")
        return found.filtered(lambda r: r.drk_participant_id != self.env.user.partner_id).with_env(self.env)

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        typed = [name for name in (*TYPED, "display_name") if name in fnames]
        hidden = set(self._drk_nameless().ids) if typed and self else set()
        for row in rows if hidden else ():
            if row["id"] in hidden:
                row |= {name: self._drk_no_name() if name.endswith("name") else False for name in typed}
        return rows
