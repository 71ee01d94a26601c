"""Demo data: who books which course."""

from odoo import fields


class People:
    """Gives each course other participants, until everybody had one."""

    def __init__(self, association):
        self.association = association
        self.rng = association.rng
        self.pool = list(association.pool - association.instructors.partner_id)
        self.rng.shuffle(self.pool)
        self.next = 0

    def book(self, course, seats, waiting=False):
        """:return: values of registrations for exactly this many seats, in bookings of one to five people"""
        vals_list = []
        seats = min(seats, len(self.pool) // 2)
        while seats > 0:
            group = self._draw(min(seats, self.rng.choices((1, 2, 4, 5), (14, 3, 1, 1))[0]))
            vals_list += self._booking(course, group, waiting)
            seats -= len(group)
        return vals_list

    def _draw(self, count):
        drawn = [self.pool[(self.next + index) % len(self.pool)] for index in range(count)]
        self.next = (self.next + count) % len(self.pool)
        return drawn

    def _booking(self, course, group, waiting):
        employer = self.rng.choice(self.association.employers) if len(group) > 2 else None
        booker, payer_kind = employer or group[0], "company" if employer else "self"
        shared = {
            "event_id": course.id,
            "state": "waiting" if waiting else "open",
            "partner_id": booker.id,
            "drk_payer_id": booker.id,
            "drk_payer_kind": payer_kind,
            "drk_channel": "office" if employer else self.rng.choice(("web", "web", "web", "phone", "office")),
            "drk_lang": booker.lang,
            "drk_group_ref": f"{self.rng.getrandbits(128):032x}",
            "drk_price": course._drk_price_for(payer_kind) or 0.0,
            "drk_waiting_since": waiting and fields.Datetime.now(),
            "company_name": employer.name if employer else False,
        }
        return [
            {
                **shared,
                "drk_participant_id": person.id,
                "name": person.name,
                "email": person.email,
                "phone": person.phone,
            }
            for person in group
        ]
