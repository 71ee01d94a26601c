from odoo import api, models

PARTICIPANT, BOOKER, PAYER = "drk_person_id", "partner_id", "drk_payer_id"
#: Agreed between all three; the rest of a booking tells about who takes part.
OF_ALL = ("drk_price", "drk_payer_kind", "drk_money_state", "drk_rebook_fee", "sale_status")


class DrkAccessSheet(models.AbstractModel):
    """A booking tells about who takes part; whoever books or pays for others sees that they did, not for whom."""

    _inherit = "drk.access.sheet"

    @api.model
    def _main_way(self, model_name):
        ways = {
            "event.registration": PARTICIPANT,
            "event.registration.answer": f"registration_id.{PARTICIPANT}",
            "event.mail.registration": f"registration_id.{PARTICIPANT}",
            "drk.course.paper": f"event_id.registration_ids.{PARTICIPANT}",
        }
        return ways.get(model_name) or super()._main_way(model_name)

    @api.model
    def _field_ways(self, model_name):
        ways = super()._field_ways(model_name)
        if model_name == "event.registration":
            ways |= {"drk_contact_email": {BOOKER}, "drk_lang": {BOOKER}}
            ways |= {name: {PARTICIPANT, BOOKER, PAYER} for name in OF_ALL}
        return ways

    @api.model
    def _is_open(self, linked):
        return linked._name == "event.event" or super()._is_open(linked)

    @api.model
    def _entry_title(self, record):
        if record._name == "event.registration.answer":
            return record.registration_id.drk_purpose or ""
        return super()._entry_title(record)

    @api.model
    def _bookings(self, person):
        domain = [(PARTICIPANT, "=", person.id), *self._open_domain("event.registration")]
        return self.env["event.registration"].search(domain)

    @api.model
    def _recipients(self, person):
        bookings = self._bookings(person)
        companies = (bookings.drk_payer_id | bookings.partner_id).filtered("is_company")
        return [
            *super()._recipients(person),
            *(self.env._("%s, as booker or payer of your courses", company.name) for company in companies),
        ]

    @api.model
    def _origins(self, person):
        bookings = self._bookings(person)
        others = bookings.filtered(lambda booking: booking.partner_id and booking.partner_id != person)
        companies = others.partner_id.filtered("is_company")
        lines = [self.env._("Booked for you by %s.", company.name) for company in companies]
        if others.partner_id - companies:
            lines.append(self.env._("Booked for you by another person."))
        if bookings - others:
            lines.append(self.env._("Your own bookings."))
        return [*super()._origins(person), *lines]

    @api.model
    def _provided_fields(self):
        typed = ("event_id", "name", "email", "phone", "company_name", "drk_note", "drk_contact_email")
        answered = ("question_id", "value_answer_id", "value_text_box")
        return super()._provided_fields() | {"event.registration": typed, "event.registration.answer": answered}
