"""What makes two associations two: an own area, letterhead, bank accounts, number ranges and texts."""

import io

from odoo.addons.drk_ktv.tests.common import KtvCase
from odoo.tests import tagged
from pypdf import PdfReader


@tagged("post_install", "-at_install")
class TestAssociations(KtvCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for company, town, account in (
            (cls.association_a, "Musterstadt", "DE02120300000000202051"),
            (cls.association_b, "Beispielhausen", "DE02500105170137075030"),
        ):
            company.write(
                {
                    "drk_sender_line": f"Absender in {town}",
                    "drk_letterhead_subtitle": f"Kreisverband {town}",
                    "drk_board_text": f"Vorstand von {town}",
                }
            )
            cls.env["res.partner.bank"].create({"acc_number": account, "partner_id": company.partner_id.id})
            company._drk_ensure_website()
            texts = cls.env["drk.web.page"].search([("company_id", "=", company.id), ("slug", "=", "impressum")])
            texts.body = f"<p>Impressum von {town}</p>"

    def _letter(self, company):
        """:return: the text of a letter on the association's letterhead"""
        courses = self._create_course() if company == self.association_a else self._create_course_b()
        registrations = courses._drk_book([self._person(1)])
        pdf = self.env["ir.actions.report"]._drk_pdf("drk_ktv.report_course_confirmation", registrations)
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)

    def test_associations_work_separately(self):
        """D-ALL-1: own area, letterhead, bank account, number range and texts for each association."""
        course_a, course_b = self._create_course(), self._create_course_b()
        clerks = {self.clerk: (course_a, course_b), self.clerk_b: (course_b, course_a)}
        texts = {
            self.association_a: "<p>Impressum von Musterstadt</p>",
            self.association_b: "<p>Impressum von Beispielhausen</p>",
        }
        for clerk, (own, foreign) in clerks.items():
            env = self.env(user=clerk, context={"allowed_company_ids": clerk.company_id.ids})
            seen = env["event.event"].search([])
            self.assertIn(own, seen)
            self.assertNotIn(foreign, seen)
            accounts = env["res.partner.bank"].search([]).mapped("partner_id")
            self.assertIn(clerk.company_id.partner_id, accounts)
            self.assertNotIn(foreign.company_id.partner_id, accounts)
            manager = self._user(f"leitung-{clerk.id}", "drk_base.group_drk_base_manager", clerk.company_id)
            pages = env(user=manager)["drk.web.page"].search([])
            self.assertEqual(pages.company_id, clerk.company_id)
            self.assertEqual(pages.filtered(lambda page: page.slug == "impressum").body, texts[clerk.company_id])

    def test_letters_carry_the_own_letterhead(self):
        """D-ALL-1: own letterhead."""
        for company, town, other in (
            (self.association_a, "Musterstadt", "Beispielhausen"),
            (self.association_b, "Beispielhausen", "Musterstadt"),
        ):
            text = self._letter(company)
            self.assertIn(f"Absender in {town}", text)
            self.assertIn(f"Vorstand von {town}", text)
            self.assertNotIn(f"Absender in {other}", text)
            self.assertNotIn(f"Vorstand von {other}", text)

    def test_each_counts_its_courses_itself(self):
        first_a = self._create_course().drk_number
        first_b = self._create_course_b().drk_number
        second_a = self._create_course().drk_number
        self.assertEqual(int(second_a.rsplit("-", 1)[1]), int(first_a.rsplit("-", 1)[1]) + 1)
        self.assertEqual(int(first_b.rsplit("-", 1)[1]), 1)
