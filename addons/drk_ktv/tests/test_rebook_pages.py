"""Changing the date on the site: by the link of the booking, in the portal, by the links of a cancelled date."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged

from .public_common import PERSON, CourseWebCase, further


class RebookPagesCase(CourseWebCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new = cls._course(seats=2, days=40)

    def _address(self, registration):
        return "/kurse/" + registration._drk_booking_address().split("/kurse/")[1]

    def _confirm_page(self, base, course=None, people=()):
        query = [("termin", (course or self.new).drk_number), *(("person", str(person.id)) for person in people)]
        return self._get(f"{base}/umbuchen?" + "&".join(f"{name}={value}" for name, value in query))

    def _agree(self, page, values=None, **kwargs):
        return self._post_form(page, "ktv_rebook", values or {}, **kwargs)

    def _state(self, registration):
        registration.invalidate_recordset()
        return registration.state


@tagged("post_install", "-at_install")
class TestRebookByLink(RebookPagesCase):
    def setUp(self):
        super().setUp()
        self.first = self._book()
        self.base = self._address(self.first)

    def test_from_the_booking_to_the_new_date(self):
        page = self._get(self.base)
        self.assertIn(f"{self.base}/umbuchen", page.text)
        choice = self._get(f"{self.base}/umbuchen")
        self.assertIn(self.new.drk_number, choice.text)
        self.assertIn("können Sie hier selbst umbuchen", self._text(choice))
        confirm = self._confirm_page(self.base)
        text = self._text(confirm)
        for words in (
            "Neuen Termin bestätigen",
            "wird frei und geht sofort an die nächste Person",
            "Änne",
            "55,00",
            "Zahlungspflichtig umbuchen",
        ):
            self.assertIn(words, text)
        self.assertRegex(text, "Umbuchungsgebühr keine")
        self.assertEqual(self._state(self.first), "open")
        result = self._agree(confirm)
        moved = self._registrations(self.new)
        self.assertEqual(
            (self._state(self.first), moved.state, moved.drk_rebooked_from_id), ("cancel", "open", self.first)
        )
        self.assertIn("Ihre Anmeldung ist bestätigt", self._text(result))
        old = self._get(self.base)
        self.assertIn("Ihre Anmeldung wurde umgebucht", self._text(old))
        self.assertNotIn(f"{self.base}/umbuchen", old.text)
        self.assertIn("/kurse/buchung/", old.text)

    def test_replay_moves_once(self):
        confirm = self._confirm_page(self.base)
        first, second = self._agree(confirm), self._agree(confirm)
        self.assertEqual(first.url, second.url)
        self.assertEqual(len(self._registrations(self.new)), 1)
        again = self._get(f"{self.base}/umbuchen?termin={self._course(days=60).drk_number}")
        self.assertTrue(again.url.endswith(self.base))

    def test_get_moves_nothing(self):
        self._get(f"{self.base}/umbuchen?termin={self.new.drk_number}&person={self.first.id}&betrag=55.00-0.00")
        self.assertFalse(self._registrations(self.new))

    def test_group_chooses_who_moves(self):
        page = self._send({**PERSON, "firstname": "Zoë", "email": "zoe@example.org"}, action="add")
        self._send({**PERSON, "firstname": "Zoë", "email": "zoe@example.org", **further(1)}, page=page)
        one, two = self._registrations()[-2:]
        base = self._address(one)
        choice = self._get(f"{base}/umbuchen?weiter=1")
        self.assertEqual(set(self._errors(choice)), {"person", "termin"})
        confirm = self._confirm_page(base, people=two)
        self.assertNotIn("Zoë", self._text(confirm).split("Wer teilnimmt")[-1].split("Preis")[0])
        self._agree(confirm)
        self.assertEqual((self._state(one), self._state(two)), ("open", "cancel"))
        page = self._get(base)
        self.assertIn("neuer Termin", self._text(page))

    def test_date_with_too_few_places_is_refused(self):
        page = self._send({**PERSON, "firstname": "Zoë", "email": "zoe@example.org"}, action="add")
        self._send({**PERSON, "firstname": "Zoë", "email": "zoe@example.org", **further(1)}, page=page)
        both = self._registrations()[-2:]
        small = self._course(seats=1, days=41)
        base = self._address(both[0])
        page = self._get(f"{base}/umbuchen?weiter=1&termin={small.drk_number}&person={both[0].id}&person={both[1].id}")
        self.assertEqual(set(self._errors(page)), {"termin"})

    def test_somebody_was_faster(self):
        confirm = self._confirm_page(self.base)
        self._fill(self.new)
        answer = self._agree(confirm)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("Jemand war schneller", self._text(answer))
        self.assertEqual(self._state(self.first), "open")

    def test_faster_at_the_last_moment(self):
        """The date fills between the look and the lock: the old place is kept."""
        confirm = self._confirm_page(self.base)
        model = self.registry["event.registration"]
        dates = self.new
        with patch.object(model, "_drk_rebook_dates", lambda people, by="link", limit=20: dates.with_env(people.env)):
            self._fill(self.new)
            answer = self._agree(confirm)
        self.assertIn("Jemand war schneller", self._text(answer))
        self.assertEqual(self._state(self.first), "open")

    def test_amount_that_changed_is_shown_again(self):
        confirm = self._confirm_page(self.base)
        self.new.write({"drk_has_own_price": True, "drk_own_price": 80})
        answer = self._agree(confirm)
        self.assertIn("Der Betrag hat sich inzwischen geändert", self._text(answer))
        self.assertIn("80,00", self._text(answer))
        self.assertIn("statt 55,00", self._text(answer))
        self.assertEqual(self._state(self.first), "open")
        self._agree(answer)
        self.assertEqual(self._state(self.first), "cancel")

    def test_fee_is_shown_and_kept(self):
        with patch.object(self.registry["event.registration"], "_drk_rebook_fee", lambda booking, event, by: 12.5):
            self.assertIn("zuzüglich 12,50", self._text(self._get(f"{self.base}/umbuchen")))
            confirm = self._confirm_page(self.base)
            self.assertRegex(self._text(confirm), r"Umbuchungsgebühr 12,50")
            self._agree(confirm)
        self.assertEqual(self._registrations(self.new).drk_rebook_fee, 12.5)

    def test_too_late(self):
        moment = self.course.date_begin - timedelta(days=1)
        confirm = self._confirm_page(self.base)
        with freeze_time(moment):
            self.assertNotIn("/umbuchen", self._get(self.base).text)
            self.assertTrue(self._get(f"{self.base}/umbuchen").url.endswith(self.base))
            self._post(f"{self.base}/umbuchen", self._form_values(confirm, "ktv_rebook"))
        self.assertEqual(self._state(self.first), "open")

    def test_dates_that_are_not_for_everybody_are_not_taken(self):
        other_kind = self.env["drk.course.kind"].search(
            [("company_id", "=", self.association_a.id), ("id", "!=", self.kind.id)], limit=1
        )
        kind_b = self._kind(self.association_b)
        hidden = self._course(days=42, is_published=False)
        course_b = self._course(days=44, kind=kind_b)
        course_b.drk_number = "EH-2099-7777"  # numbers repeat between associations
        cases = [hidden, self._course(days=43, kind=other_kind), course_b, self.course]
        page = self._get(f"{self.base}/umbuchen")
        values = self._form_values(self._confirm_page(self.base), "ktv_rebook")
        for course in cases:
            self.assertNotIn(f'value="{course.drk_number}"', page.text)
            self._post(f"{self.base}/umbuchen", {**values, "termin": course.drk_number})
            self.assertEqual(self._state(self.first), "open")
        for number in ("", "x" * 5000, "EH-9999-9999", "%", "\x00", "1 OR 1=1"):
            answer = self._post(f"{self.base}/umbuchen", {**values, "termin": number})
            self.assertLess(answer.status_code, 500)
            self.assertEqual(self._state(self.first), "open")

    def test_wrong_tokens_are_refused(self):
        sign = self.env["drk.link"]._sign
        past = fields.Datetime.now() - timedelta(days=1)
        for token, status in (
            ("x", 404),
            ("dl1.abc.def", 404),
            (sign("ktv_offer", self.first.id), 404),
            (sign("ktv_replacement_date", self.first.id, None, str(self.new.id)), 404),
            (sign("ktv_booking", 999999999), 404),
            (sign("ktv_booking", self.first.id, past), 410),
        ):
            path = f"/kurse/buchung/{token}/umbuchen"
            self.assertEqual(self._get(path).status_code, status, token)
            answer = self._post(path, {"termin": self.new.drk_number, "person": str(self.first.id)})
            self.assertEqual(answer.status_code, status, token)
        self.assertEqual(self._get(f"{self.base}/umbuchen", site=self.site_b).status_code, 404)

    def test_other_peoples_bookings_do_not_move(self):
        other = self._book(firstname="Zoë", email="zoe@example.org")
        values = self._form_values(self._confirm_page(self.base), "ktv_rebook")
        self._post(f"{self.base}/umbuchen", {**values, "person": str(other.id)})
        self.assertEqual(self._state(other), "open")

    def test_files_and_forged_stamps_move_nothing(self):
        values = self._form_values(self._confirm_page(self.base), "ktv_rebook")
        path = f"{self.base}/umbuchen"
        self._post(path, {**values, "drk_stamp": "x"})
        self._post(path, {**values, "homepage": "http://spam.example"})
        for name in ("drk_stamp", "termin", "betrag"):
            data = {key: value for key, value in values.items() if key != name}
            self.assertLess(self._post(path, data, files={name: ("x.txt", b"abc")}).status_code, 500)
        self.assertEqual(self._state(self.first), "open")

    def test_english(self):
        page = self._get(f"/en{self.base}/umbuchen")
        self.assertIn("Change the date", self._text(page))
        confirm = self._get(f"/en{self.base}/umbuchen?termin={self.new.drk_number}")
        self.assertIn("Confirm the new date", self._text(confirm))
        self.assertIn("/en/kurse/buchung/", self._agree(confirm).url)

    def test_pages_are_accessible_and_private(self):
        for path in (self.base, f"{self.base}/umbuchen", f"{self.base}/umbuchen?weiter=1"):
            for width in (390, 1280):
                self.assertEqual(self._axe(path, width), [], path)
        confirm = f"{self.base}/umbuchen?termin={self.new.drk_number}"
        self.assertEqual(self._axe(confirm, 390), [])
        for path in (f"{self.base}/umbuchen", confirm):
            headers = self._get(path).headers
            self.assertEqual((headers["Referrer-Policy"], headers["Cache-Control"]), ("no-referrer", "no-store"))
            self.assertFalse(self._foreign_hosts(path))


@tagged("post_install", "-at_install")
class TestReplacementLink(RebookPagesCase):
    def setUp(self):
        super().setUp()
        self.first = self._book()
        self.course._drk_cancel_course("krank")
        self.path = f"/kurse/ersatztermin/{self.first._drk_replacement_token(self.new)}"

    def test_one_click_and_confirmation(self):
        page = self._get(self.path)
        text = self._text(page)
        for words in ("Ersatztermin wählen", "die Umbuchung kostet nichts", "Änne", "Umbuchungsgebühr keine"):
            self.assertIn(words, text)
        self.assertFalse(self._registrations(self.new))
        result = self._agree(page)
        moved = self._registrations(self.new)
        self.assertEqual((moved.state, moved.drk_rebooked_from_id), ("open", self.first))
        self.assertIn("Ihre Anmeldung ist bestätigt", self._text(result))

    def test_no_fee_even_when_one_is_set(self):
        with patch.object(self.registry["event.registration"], "_drk_rebook_fee", lambda booking, event, by: 12.5):
            page = self._get(self.path)
            self.assertNotIn("12,50", self._text(page))
            self._agree(page)
        self.assertEqual(self._registrations(self.new).drk_rebook_fee, 0)

    def test_used_link_shows_the_booking_and_moves_nothing(self):
        page = self._get(self.path)
        self._agree(page)
        other = self._course(days=50)
        again = self._get(f"/kurse/ersatztermin/{self.first._drk_replacement_token(other)}")
        self.assertIn("/kurse/buchung/", again.url)
        self._post(self.path, self._form_values(page, "ktv_rebook"))
        self._registrations(self.new)._drk_cancel()
        self.assertIn("/kurse/buchung/", self._get(self.path).url)
        self.assertEqual(len(self._registrations(self.new)), 1)
        self.assertFalse(self._registrations(other))

    def test_full_date_offers_others(self):
        other = self._course(days=50)
        self._fill(self.new)
        page = self._get(self.path)
        self.assertIn("Dieser Termin hat keine freien Plätze mehr", self._text(page))
        self.assertEqual(self._axe(self.path, 390), [])
        href = self._link(page)
        self._agree(self._get(href))
        self.assertEqual(self._registrations(other).drk_rebooked_from_id, self.first)

    def _link(self, page):
        return "/kurse/ersatztermin/" + page.text.split("/kurse/ersatztermin/")[1].split('"')[0]

    def test_full_at_the_last_moment(self):
        page = self._get(self.path)
        model = self.registry["event.registration"]
        dates = self.new
        with patch.object(model, "_drk_rebook_dates", lambda people, by="link", limit=20: dates.with_env(people.env)):
            self._fill(self.new)
            answer = self._agree(page)
        self.assertIn("Jemand war schneller", self._text(answer))
        self.assertFalse(self.first.drk_rebooked_to_id)

    def test_everything_full(self):
        self._fill(self.new)
        self.assertIn("Zurzeit hat kein anderer Termin", self._text(self._get(self.path)))

    def test_valid_for_thirty_days(self):
        with freeze_time(fields.Datetime.now() + timedelta(days=31)):
            self.assertEqual(self._get(self.path).status_code, 410)
            self.assertEqual(self._post(self.path, {}).status_code, 410)

    def test_wrong_links(self):
        token = self.path.rsplit("/", 1)[1]
        sign = self.env["drk.link"]._sign
        for bad in ("x", token[:-3] + "abc", sign("ktv_booking", self.first.id, None, str(self.new.id))):
            self.assertEqual(self._get(f"/kurse/ersatztermin/{bad}").status_code, 404)
        self.assertEqual(self._get(self.path, site=self.site_b).status_code, 404)
        course_b = self._course(kind=self._kind(self.association_b), days=45)
        for res in (str(course_b.id), "", "abc", "-1", str(self.course.id)):
            page = self._get(f"/kurse/ersatztermin/{sign('ktv_replacement_date', self.first.id, None, res)}")
            self.assertEqual(page.status_code, 200)
            self.assertIn("keine freien Plätze mehr", self._text(page))
            self.assertNotIn(course_b.drk_number, page.text)

    def test_link_of_a_booking_that_was_not_lost(self):
        live = self._book(self._course(days=60), firstname="Zoë", email="zoe@example.org")
        path = f"/kurse/ersatztermin/{live._drk_replacement_token(self.new)}"
        self.assertEqual(self._get(path).status_code, 410)
        self._post(path, self._form_values(self._get(self.path), "ktv_rebook"))
        self.assertEqual(self._state(live), "open")

    def test_association_that_offers_nothing(self):
        self.course.drk_offer_replacements = False
        self.assertEqual(self._get(self.path).status_code, 410)

    def test_group_moves_together(self):
        course = self._course(days=31)
        page = self._send(
            {**PERSON, "firstname": "Zoë", "email": "zoe@example.org"}, action="add", path=self._path(course)
        )
        self._send({**PERSON, "firstname": "Zoë", "email": "zoe@example.org", **further(1)}, page=page, path=None)
        both = self._registrations(course)
        course._drk_cancel_course("krank")
        page = self._get(f"/kurse/ersatztermin/{both[1]._drk_replacement_token(self.new)}")
        self._agree(page)
        moved = self._registrations(self.new)
        self.assertEqual((len(moved), len(set(moved.mapped("drk_group_ref")))), (2, 1))

    def test_booking_page_of_the_cancelled_date(self):
        text = self._text(self._get(self._address(self.first)))
        self.assertIn("Dieser Termin fällt aus", text)
        self.assertEqual(self._axe(self.path, 390), [])
        self.assertEqual(self._axe(self.path), [])


@tagged("post_install", "-at_install")
class TestRebookInThePortal(RebookPagesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member = cls._member("umbucher", "Mia", "Muster")
        cls.other = cls._member("fremd-umbucher", "Otto", "Anders")

    @classmethod
    def _member(cls, login, firstname, lastname):
        person = cls.env["res.partner"]._drk_match_or_create_person(
            cls.association_a, {"firstname": firstname, "lastname": lastname, "email": f"{login}@example.org"}
        )
        names = {"name": person.name, "email": person.email, "partner_id": person.id}
        return cls._user(login, "base.group_portal", cls.association_a, **names)

    def _book_as(self, person, *others):
        return self.course._drk_book([person, *others], booker=person)

    def test_member_moves_own_booking(self):
        mine = self._book_as(self.member.partner_id)
        self.authenticate(self.member.login, self.member.login)
        base = f"/my/kurse/{mine.id}"
        self.assertIn(f"{base}/umbuchen", self._get(base).text)
        self.assertIn(self.new.drk_number, self._get(f"{base}/umbuchen").text)
        self.assertEqual(self._axe(f"{base}/umbuchen", 390), [])
        result = self._agree(self._confirm_page(base))
        moved = self._registrations(self.new)
        self.assertTrue(result.url.endswith(f"/my/kurse/{moved.id}"))
        self.assertIn(f"/my/kurse/{moved.id}", self._get(base).text)

    def test_member_moves_nobody_elses_booking(self):
        mine, theirs = self._book_as(self.member.partner_id), self._book_as(self.other.partner_id)
        self.authenticate(self.member.login, self.member.login)
        values = self._form_values(self._confirm_page(f"/my/kurse/{mine.id}"), "ktv_rebook")
        self.assertEqual(self._get(f"/my/kurse/{theirs.id}/umbuchen").status_code, 404)
        answer = self._post(f"/my/kurse/{theirs.id}/umbuchen", {**values, "person": str(theirs.id)})
        self.assertEqual(answer.status_code, 404)
        self._post(f"/my/kurse/{mine.id}/umbuchen", {**values, "person": str(theirs.id), "csrf_token": "falsch"})
        self.assertEqual((self._state(mine), self._state(theirs)), ("open", "open"))

    def test_foreign_page_cannot_move_for_the_member(self):
        mine = self._book_as(self.member.partner_id)
        self.authenticate(self.member.login, self.member.login)
        page = self._confirm_page(f"/my/kurse/{mine.id}")
        self.assertEqual(self._agree(page, {"csrf_token": "falsch"}).status_code, 400)
        self.assertEqual(self._state(mine), "open")

    def test_who_only_takes_part_asks_who_booked(self):
        group = self._book_as(self.other.partner_id, self.member.partner_id)
        self.authenticate(self.member.login, self.member.login)
        base = f"/my/kurse/{group[1].id}"
        self.assertNotIn("/umbuchen", self._get(base).text)
        self.assertTrue(self._get(f"{base}/umbuchen").url.endswith(base))
        self._post(f"{base}/umbuchen", {"termin": self.new.drk_number, "person": str(group[1].id)})
        self.assertEqual(self._state(group[1]), "open")

    def test_stranger_is_asked_to_sign_in(self):
        mine = self._book_as(self.member.partner_id)
        self.assertIn("/web/login", self._get(f"/my/kurse/{mine.id}/umbuchen").url)
