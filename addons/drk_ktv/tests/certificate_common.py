import io
import re
from datetime import datetime, timedelta

from odoo import fields
from pypdf import PdfReader

from .common import KtvCase


def pdf_pages(content):
    """:return: list of the texts of the pages, white space collapsed"""
    pages = PdfReader(io.BytesIO(content)).pages
    return [re.sub(r"\s+", " ", page.extract_text()) for page in pages]


class CertificateBuilder:
    """Courses that are over, and people who were there."""

    @classmethod
    def _past_course(cls, days=2, **vals):
        begin = datetime.now().replace(hour=8, minute=0, second=0, microsecond=0) - timedelta(days=days)
        course = cls.env["event.event"].create(
            {
                "drk_kind_id": cls.kind.id,
                "company_id": cls.kind.company_id.id,
                "date_begin": begin + timedelta(days=40),
                "date_end": begin + timedelta(days=40, hours=8),
                "seats_max": 15,
                "drk_room_id": cls.room.id,
                **vals,
            }
        )
        return course, begin

    @classmethod
    def _attended(cls, people, days=2, absent=(), **vals):
        """Book people, let the course pass and record who was there.

        :return: ``event.registration``
        """
        course, begin = cls._past_course(days, **vals)
        registrations = course.with_context(drk_no_mail=True)._drk_book(people)
        moved = begin - course.date_begin
        for session in course.drk_session_ids:
            session.write({"date_begin": session.date_begin + moved, "date_end": session.date_end + moved})
        cls.env["drk.course.attendance"].create(
            [
                {
                    "registration_id": registration.id,
                    "session_id": session.id,
                    "state": "absent" if number in absent else "present",
                }
                for number, registration in enumerate(registrations)
                for session in course.drk_session_ids
            ]
        )
        cls.env.flush_all()
        return registrations


class CertificateCase(KtvCase, CertificateBuilder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.association_a.partner_id.lang = "de_DE"
        cls.association_a.write({"drk_ktv_authorisation_number": "8.1234", "city": "Musterstadt"})
        cls.kind.action_drk_certificate_standard_texts()
        cls.today = fields.Date.context_today(cls.env.user)

    def _issue(self, registrations, user=None):
        return registrations.with_user(user or self.clerk)._drk_issue_certificates()

    def _pdf_pages(self, certificates, user=None):
        report = self.env["ir.actions.report"].with_user(user or self.clerk)
        return pdf_pages(report._drk_pdf("drk_ktv.report_certificate", certificates))
