from odoo import models
from odoo.tools import email_normalize


class EventRegistration(models.Model):
    """Nobody is offered to write to a restricted person; what the course itself sends is not meant."""

    _inherit = "event.registration"  # pylint: disable=consider-merging-classes-inherited

    def _message_compute_subject(self):
        """The chatter takes it as the superuser for the user."""
        if self.sudo(False)._drk_nameless():
            return self.event_id.name
        return super()._message_compute_subject()

    def _message_add_default_recipients(self):
        results, shut = super()._message_add_default_recipients(), self._drk_shut_addresses()
        for values in results.values():
            values["partners"] -= values["partners"]._drk_nameless()
            for name in ("email_to_lst", "email_cc_lst"):
                values[name] = [email for email in values[name] if email_normalize(email) not in shut]
        return results

    def _message_get_suggested_recipients_batch(self, **kwargs):
        concerned = self._drk_with_hidden_people()
        results = super(EventRegistration, self - concerned)._message_get_suggested_recipients_batch(**kwargs)
        if not concerned:
            return results
        concerned.check_access("read")
        # sudo: core reads whoever wrote or follows; nobody is created, and who may not be seen is taken out again
        found = super(EventRegistration, concerned.sudo())._message_get_suggested_recipients_batch(
            **kwargs | {"no_create": True}
        )
        return results | concerned._drk_without_hidden(found)

    def _drk_with_hidden_people(self):
        """:return: those of these in whose booking or history there is somebody whom the user must not see"""
        hidden = self._drk_thread_people()._drk_nameless()
        return self.filtered(lambda booking: hidden & booking._drk_thread_people()) if hidden else self.browse()

    def _drk_thread_people(self):
        bookings_sudo = self.sudo()  # only whether there is somebody
        people = bookings_sudo.drk_participant_id | bookings_sudo.partner_id | bookings_sudo.message_partner_ids
        messages = bookings_sudo.message_ids
        return (people | messages.author_id | messages.partner_ids).with_env(self.env)

    def _drk_shut_addresses(self):
        """:return: set of the normalized addresses by which restricted people of these bookings are reached"""
        hidden = self._drk_thread_people()._drk_nameless()
        own_sudo = self.sudo().filtered(lambda booking: booking.drk_participant_id in hidden)  # nobody is shown them
        emails = hidden.sudo().mapped("email") + own_sudo.mapped("email") + own_sudo.mapped("drk_contact_email")
        return {email_normalize(email) for email in emails if email}

    def _drk_without_hidden(self, found):
        ids = {row["partner_id"] for rows in found.values() for row in rows if row["partner_id"]}
        seen = set(self.env["res.partner"].browse(ids)._filtered_access("read").ids)
        shut = self._drk_shut_addresses()

        def is_shown(row):
            return row["partner_id"] in seen if row["partner_id"] else email_normalize(row["email"]) not in shut

        return {number: [row for row in rows if is_shown(row)] for number, rows in found.items()}
