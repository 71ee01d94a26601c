import uuid
from contextlib import contextmanager

import psycopg2
from odoo import api, fields, models
from odoo.addons.drk_base.tools.lock import exclusive, held
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from psycopg2.errors import SerializationFailure

from ..exceptions import AlreadyBooked, CourseClosed, CourseFull, NamedTwice
from ..tools.frozen import age_band, plz_area

PUBLIC_CHANNELS = ("web", "portal")
MAX_GROUP = 50
ATTEMPTS = 3
# No chatter line per booking: who booked when through which channel stands on the booking itself.
QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True}


class EventEvent(models.Model):
    """The one guarded door to a seat: lock, fresh look, booking, commit."""

    _inherit = "event.event"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------ the door
    def _drk_book(
        self,
        people,
        booker=None,
        payer=None,
        payer_kind="self",
        channel="office",
        on_full="refuse",
        lang=None,
        consent=None,
        contact_email=None,
    ):
        """Book seats for all these people or for none of them.

        It takes the lock of the course, so it must come before the first write of the transaction, and commits.

        :param people: list of dicts for ``_drk_match_or_create_person``, or of ``res.partner``
        :param booker: the same for who books; the first of the people when empty
        :param payer: the same for who pays (a company: ``is_company``); the booker when empty
        :param payer_kind: key of the payer kinds
        :param channel: web, portal, office, phone or import
        :param on_full: ``refuse`` or ``waiting`` (everybody goes on the waiting list together)
        :param lang: language of the mails; the booker's when empty
        :param consent: dict (or list of them) of arguments for ``_drk_record_consent`` of the booker
        :param contact_email: where the mails of this booking go; what was typed for the booker when empty
        :return: ``event.registration`` of all people, in their order
        :raise CourseFull: when there are fewer free places than people and ``on_full`` is ``refuse``
        :raise CourseClosed: when the course takes no bookings (any more)
        :raise AlreadyBooked: when one of the people stands on the course already
        :raise NamedTwice: when two of the people are the same person
        """
        self.ensure_one()
        self._drk_check_may_book()

        def book(course):
            # the right to book was checked; matching and counting see people the visitor must not see
            return course.sudo()._drk_book_people(
                people, booker, payer, payer_kind, channel, on_full, lang, consent, contact_email
            )

        registrations = self._drk_in_turn(book)
        return registrations.with_env(self.env)

    def _drk_check_may_book(self):
        if not self.env.su:
            self.check_access("read")
            self.env["event.registration"].check_access("create")

    def _drk_in_turn(self, work):
        """Run ``work(courses)`` under the lock of these courses and commit.

        Writers that do not come through the door (somebody saves the form of the course) can still be in between:
        PostgreSQL then refuses the older snapshot, and the work is done again on a new one.

        :param work: callable that takes the courses
        :return: what ``work`` returns
        """
        attempts = 1 if all(held(self.env, "event.event", course_id) for course_id in self.ids) else ATTEMPTS
        for attempt in range(1, attempts + 1):
            try:
                with exclusive(self.env, "event.event", self.ids), self._drk_speaking_errors():
                    result = work(self)
                    self.env.flush_all()
                return result
            except SerializationFailure:
                if attempt == attempts:
                    raise
        return None

    @contextmanager
    def _drk_speaking_errors(self):
        """Say in words what the last guards in the database refuse."""
        try:
            yield
        except psycopg2.IntegrityError as error:
            guards = {
                "event_event_drk_not_oversold": CourseFull(self.env._("The course is full.")),
                "event_registration_drk_once": AlreadyBooked(self.env._("This person is booked already.")),
            }
            answer = guards.get(error.diag.constraint_name)
            if answer:
                raise answer from error
            raise

    # ------------------------------------------------------------------ inside, under the lock
    def _drk_book_people(self, people, booker, payer, payer_kind, channel, on_full, lang, consent, contact_email=None):
        self._drk_fetch_for_booking()
        self._drk_check_bookable(channel)
        state = self._drk_state_for(len(people), on_full)
        participants = self._drk_persons(people)
        typed_booker = booker or people[0]
        booker = self._drk_known_person(booker, people, participants)
        payer = self._drk_known_person(payer, people, participants) if payer else booker
        common = self._prepare_drk_booking_vals(state, booker, payer, payer_kind, channel, lang)
        public = channel in PUBLIC_CHANNELS
        common["drk_contact_email"] = contact_email or self._drk_typed_email(typed_booker)
        registrations = (
            self.env["event.registration"]
            .with_context(**QUIET)
            .create(
                [
                    # who books on the site may know no more than a name: nothing stored goes with it
                    common
                    | self._prepare_drk_participant_vals(
                        person, [typed, typed_booker] if public else [typed, person, booker]
                    )
                    for person, typed in zip(participants, people, strict=True)
                ]
            )
        )
        self._drk_record_booking_consent(booker, consent)
        self._post_drk_book(registrations)
        return registrations

    def _drk_fetch_for_booking(self):
        """Read what a booking needs of the association; a field that is missing here is only read later and wider.

        The ORM reads all columns of a record at once, 240 of a company and its address.
        """
        company = self.sudo().company_id  # sudo: visitors book
        company.fetch(["partner_id", "drk_is_association", "currency_id", "drk_ktv_confirmation_mode", "parent_path"])
        company.partner_id.fetch(["lang", "type", "street", "street2", "zip", "city", "state_id", "country_id"])

    def _drk_check_bookable(self, channel):
        """Refuse courses that are over, cancelled, or not open to the public.

        :param channel: key of the channels
        :raise CourseClosed:
        """
        self.ensure_one()
        if not self.drk_is_course:
            raise UserError(self.env._("%s is not a course.", self.display_name))
        if self._drk_is_cancelled():
            raise CourseClosed(self.env._("The course %s has been cancelled.", self.display_name))
        if self._drk_is_over():
            raise CourseClosed(self.env._("The course %s is over.", self.display_name))
        if channel not in PUBLIC_CHANNELS:
            return
        if not self.is_published:
            raise CourseClosed(self.env._("The course %s cannot be booked online.", self.display_name))
        if (self.drk_booking_until or self.date_begin) <= fields.Datetime.now():
            raise CourseClosed(self.env._("The booking time of the course %s has passed.", self.display_name))

    def _drk_state_for(self, count, on_full):
        """State of a booking of ``count`` people: a seat, or the waiting list."""
        if not 0 < count <= MAX_GROUP:
            raise UserError(self.env._("Please book between 1 and %s people at once.", MAX_GROUP))
        if count <= self.drk_free:
            return "open"
        if on_full != "waiting":
            raise CourseFull(self._drk_full_message(), free=self.drk_free)
        if count > self.seats_max + self.drk_extra_seats:
            raise CourseFull(self.env._("The course does not have places for so many people."), free=self.drk_free)
        return "waiting"

    def _drk_full_message(self):
        if not self.drk_free:
            return self.env._("The course %s is full.", self.display_name)
        return self.env._(
            "The course %(course)s has only %(free)s free places.", course=self.display_name, free=self.drk_free
        )

    def _drk_persons(self, people):
        """Match or create the participants; nobody twice, nobody who stands on the course."""
        known = persons = self.env["res.partner"]
        for typed in people:
            found = self._drk_find_person(typed)
            known |= found
            persons += found or self._drk_new_person(typed)
        if len(set(persons.ids)) < len(persons):
            raise NamedTwice(self.env._("The same person is named twice in this booking."))
        if known:  # who was created a moment ago stands on no course
            self._drk_check_not_booked(known)
        return persons

    def _drk_person(self, person):
        """A ``res.partner`` of the course's association, from a record or from what was typed."""
        return self._drk_find_person(person) or self._drk_new_person(person)

    def _drk_find_person(self, person):
        """The ``res.partner`` a record or what was typed means, empty when it is a new one."""
        if not isinstance(person, models.BaseModel):
            return self.env["res.partner"].with_context(**QUIET)._drk_find_person(self.company_id, person)
        if person.sudo().company_id != self.company_id:
            raise ValidationError(self.env._("This person does not belong to the association of the course."))
        return person.sudo()

    def _drk_new_person(self, typed):
        return self.env["res.partner"].with_context(**QUIET)._drk_create_person(self.company_id, typed)

    def _drk_known_person(self, person, people, participants):
        """The booker or payer, without a second look when it is one of the participants."""
        if not person:
            return participants[0]
        for typed, participant in zip(people, participants, strict=True):
            if person is typed or (isinstance(person, dict) and person == typed):
                return participant
        return self._drk_person(person)

    def _drk_check_not_booked(self, participants):
        domain = Domain("event_id", "=", self.id) & Domain("drk_participant_id", "in", participants.ids)
        booked = self.env["event.registration"].search(domain & Domain("state", "!=", "cancel"), limit=1)
        if booked:
            raise AlreadyBooked(
                self.env._("%(person)s stands on this course already.", person=booked.drk_participant_id.name),
                person=booked.drk_participant_id,
            )

    def _prepare_drk_booking_vals(self, state, booker, payer, payer_kind, channel, lang):
        """Hook: what all registrations of one booking share."""
        return {
            "event_id": self.id,
            "state": state,
            "partner_id": booker.id,
            "drk_payer_id": payer.id,
            "drk_payer_kind": payer_kind,
            "drk_channel": channel,
            "drk_lang": lang or booker.lang or self.env.lang,
            "drk_group_ref": uuid.uuid4().hex,
            "drk_waiting_since": state == "waiting" and fields.Datetime.now(),
            "drk_price": self._drk_price_for(payer_kind, self.drk_kind_id._fetch_prices()) or 0.0,
            "company_name": payer.is_company and payer.name,
        }

    def _prepare_drk_participant_vals(self, person, sources):
        """Hook: what belongs to one participant of a booking.

        :param sources: list of dicts and ``res.partner``, the first one that has an address goes; at its head what was
            given to the door for this participant
        """
        return {
            "drk_participant_id": person.id,
            "name": person.name,
            "email": self._drk_first_of(sources, "email"),
            "phone": self._drk_first_of(sources, "phone"),
            "drk_typed_birthdate": not person.birthdate_date and self._drk_typed_birthdate(sources[0]),
            **self._prepare_drk_typed_frozen_vals(sources[0] if isinstance(sources[0], dict) else {}),
        }

    @api.model
    def _drk_typed_birthdate(self, typed):
        return isinstance(typed, dict) and typed.get("birthdate_date")

    @api.model
    def _drk_first_of(self, sources, name):
        values = (source.get(name) if isinstance(source, dict) else source[name] for source in sources)
        return next(filter(None, values), False)

    def _prepare_drk_typed_frozen_vals(self, typed):
        """What statistics keep of this booking when it was typed; the person's data change nothing in it (G-14)."""
        vals = {}
        if typed.get("birthdate_date"):
            born, first_day = fields.Date.to_date(typed["birthdate_date"]), self._drk_local(self.date_begin).date()
            vals["drk_age_band"] = age_band(born, first_day)
        if typed.get("zip"):
            vals["drk_plz_area"] = plz_area(typed["zip"])
        return vals

    @api.model
    def _drk_typed_email(self, typed):
        """What was typed for this booking: the person found by name and birth date can have another one stored."""
        return typed.get("email") if isinstance(typed, dict) else None

    @api.model
    def _drk_record_booking_consent(self, booker, consent):
        for statement in [consent] if isinstance(consent, dict) else consent or []:
            booker._drk_record_consent(**statement)

    def _post_drk_book(self, registrations):
        """Hook: after a booking, inside its transaction (queue jobs here, send nothing)."""

    # ------------------------------------------------------------------ seats by other ways
    def _drk_check_seats(self, count):
        """Refuse more people than there are free places, whoever creates the registrations.

        :param count: number of additional seats
        :raise CourseFull:
        """
        self.ensure_one()
        if count > self.drk_free:
            raise CourseFull(self._drk_full_message(), free=self.drk_free)

    # ------------------------------------------------------------------ waiting list
    def _drk_move_up(self):
        """Offer free places to those who wait; under the lock. The first group that fits as a whole comes first."""
        for course in self:
            until = course._drk_offer_deadline()
            free = course.drk_free
            for group in course._drk_waiting_groups() if until and free else []:
                if len(group) <= free:
                    group._drk_offer(until)
                    free -= len(group)

    def _drk_waiting_groups(self):
        """The bookings on the waiting list, longest waiting first."""
        waiting = self.env["event.registration"].search(
            [("event_id", "=", self.id), ("state", "=", "waiting")], order="drk_waiting_since, id"
        )
        return list(waiting.grouped("drk_group_ref").values())

    def _drk_offer_deadline(self):
        """Until when an offered place is kept: the association's hours, never after the end of booking.

        :return: naive UTC datetime, or None when nothing can be offered any more
        """
        now = fields.Datetime.now()
        end = min(self.drk_booking_until or self.date_begin, self.date_begin)
        if self._drk_is_cancelled() or end <= now:
            return None
        return min(fields.Datetime.add(now, hours=self.company_id.drk_ktv_offer_hours), end)

    # ------------------------------------------------------------------ cancel a whole course
    def _drk_cancel_course(self, reason, settlement="refund", replacements=True, sms=False):
        """Cancel the date with all its bookings for good; nobody moves up.

        :param reason: str, goes to the people
        :param settlement: ``refund`` or ``credit``, kept on the course: what becomes of money that was paid
        :param replacements: whether the mail offers the next dates of the same kind
        :param sms: whether those with a mobile number get an SMS beside the mail
        :return: the cancelled ``event.registration``
        """
        self.check_access("write")

        def cancel(courses):
            courses.write(courses._prepare_drk_cancel_course_vals(settlement, replacements))
            registrations = courses.registration_ids.filtered(lambda r: r.state in ("open", "waiting", "offered"))
            registrations._drk_set_cancelled(reason)
            registrations.write(registrations._prepare_drk_lost_vals())
            self._post_drk_cancel_course(registrations)
            if sms:
                registrations._drk_sms_lost()
            return registrations

        return self._drk_in_turn(cancel)

    def _drk_check_cancel_course(self):
        """Hook: refuse to cancel a date that has taken place for somebody.

        :raise UserError:
        """
        registrations_sudo = self.env["event.registration"].sudo()  # whether there are any
        domain = Domain("event_id", "in", self.ids) & Domain("state", "=", "done")
        attended = registrations_sudo.search(domain, limit=1)
        if attended:
            raise UserError(
                self.env._(
                    "The course %s cannot be cancelled: people have attended it. Please correct their attendance first.",
                    attended.event_id.display_name,
                )
            )

    def _post_drk_cancel_course(self, registrations):
        """Hook: after a whole course was cancelled, inside its transaction; ``drk_settlement`` of the course says what
        becomes of money that was paid."""

    def _drk_expire_offers(self):
        """End the offers of these courses that ran out, and offer the places to the next ones; under the lock."""
        registrations = self.env["event.registration"]
        expired = registrations.search(Domain("event_id", "in", self.ids) & registrations._drk_expired_domain())
        for group in expired.grouped("drk_group_ref").values():
            words = self.with_context(lang=group._drk_mail_lang()).env  # it goes to the people, the job speaks English
            group._drk_set_cancelled(words._("The offer was not accepted in time"))
            group._post_drk_expire()
        self._drk_move_up()
