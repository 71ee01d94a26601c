from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class DrkCourseMail(models.Model):
    """What was written to a restricted person, or about their course of the past, is not shown."""

    _inherit = "drk.course.mail"  # pylint: disable=consider-merging-classes-inherited

    _drk_name_is_guarded = True

    def _drk_nameless(self):
        if self.env.su or not self or not self.env["res.partner"]._drk_hides_people():
            return self.browse()
        # sudo: the answer is only that there is no name to show
        messages_sudo = self.sudo().with_context(active_test=False)
        hidden = set(messages_sudo.registration_ids.with_env(self.env)._drk_nameless().ids)
        about = self.filtered(lambda m: not hidden.isdisjoint(messages_sudo.browse(m.id).registration_ids.ids))
        return about | self._drk_nameless_by("partner_id")

    @api.model
    def _drk_nameless_domain(self):
        bookings = Domain("registration_ids", "any", self.env["event.registration"]._drk_nameless_domain())
        return bookings | Domain("partner_id", "any", self.env["res.partner"]._drk_nameless_domain())

    @api.model
    def _drk_telling(self):
        telling = self.env["drk.inventory.field"]._telling_fields(self._name)
        return (telling | {"subject", "body", "failure_reason"}) - {"lang"}

    @api.model
    def _drk_check_named(self, records):
        """Refuse to write or show a text that names a restricted person to who must not see them.

        :param records: messages or bookings
        :raise AccessError:
        """
        if records.sudo(False)._drk_nameless():
            raise AccessError(self.env._("This person is restricted: data protection and accounting see the messages."))
