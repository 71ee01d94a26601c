import base64
import io
from datetime import timedelta

from odoo import Command, fields
from PIL import Image

from ..tools import attendance

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def picture(kind="PNG", color="white"):
    """:return: bytes of a small picture"""
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), color).save(stream, kind)
    return stream.getvalue()


def encoded(content):
    return base64.b64encode(content)


def millis(moment):
    """A naive UTC moment as a phone tells it."""
    return int((moment - fields.Datetime.to_datetime("1970-01-01")).total_seconds() * 1000)


class AttendanceMixin:
    """A course with two sessions, the second one runs now (at any time of the day), and small helpers for entries."""

    @classmethod
    def _today(cls, days=0, hours=-3, length=1):
        begin = fields.Datetime.now() + timedelta(days=days, hours=hours)
        return Command.create({"date_begin": begin, "date_end": begin + timedelta(hours=length)})

    @classmethod
    def _create_todays_course(cls, seats=5, sessions=None, **vals):
        return cls._create_course(
            seats=seats, drk_session_ids=sessions or [cls._today(), cls._today(hours=-1, length=2)], **vals
        )

    @staticmethod
    def _entry(registration, session, state="present", key=None, ago=0, **more):
        """One entry as a phone sends it, tapped ``ago`` seconds before it is sent."""
        at = millis(attendance.utc_now()) - ago * 1000
        key = key or f"key-{registration.id}-{session.id}-{state}-{ago}"
        return {
            "key": key,
            "session": session.id,
            "registration": registration.id,
            "state": state,
            "at": at,
        } | more

    def _record(self, course, *entries, user=None):
        sent = millis(attendance.utc_now())
        return course.with_user(user or self.teacher)._drk_record_attendance(list(entries), sent)

    def _close(self, course, user=None):
        """Bring a course of the past to complete papers."""
        everybody = [
            self._entry(person, session) for person in course._drk_listed() for session in course.drk_session_ids
        ]
        self._record(course, *everybody, user=user)
        course.with_user(user or self.teacher)._drk_add_papers([("Liste.pdf", PDF)])
        course.with_user(user or self.teacher).action_drk_papers_complete()
