import io

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from pypdf import PdfReader

from .cleaning_common import CleaningCase
from .erasure_common import MARKER

NUMBERS = {
    "drk_person_number": "PERS-4711",
    "drk_matriculation_number": "MATR-4711",
    "drk_vip_number": "VIP-4711",
    "drk_vip_card_number": "CARD-4711",
    "drk_cash_reference": "KASSE-4711",
    "drk_health_insurance": "Kasse 4711",
    "drk_health_insurance_number": "KVNR-4711",
    "drk_social_security_number": "SVNR-4711",
    "drk_employment_office_number": "BA-4711",
}


class PeopleCase(CleaningCase):
    def _anonymise(self, people, **vals):
        run = self._preview(people, **vals)
        self._perform(run)
        return run


@tagged("post_install", "-at_install")
class TestWhatGoes(PeopleCase):
    def test_documents_remain_without_their_links(self):
        """K-4.8-8: on wish the links to documents are deleted while the documents themselves remain; G-2: a pseudonym."""
        vals = {"res_model": "res.partner", "res_id": self.anna.id}
        document = self.env["ir.attachment"].create({**vals, "name": "Zeugnis.txt", "raw": b"Zeugnis"})
        message = self.anna.message_post(body="Zeugnis liegt bei", attachment_ids=document.ids)
        run = self._anonymise(self.anna, unlink_documents=True)
        self.assertEqual((document.res_model, document.res_id, document.raw), (False, 0, b"Zeugnis"))
        self.assertFalse(message.exists())
        self.assertTrue(run.is_pseudonymous)

    def test_documents_go_without_the_option(self):
        vals = {"res_model": "res.partner", "res_id": self.anna.id}
        document = self.env["ir.attachment"].create({**vals, "name": "Zeugnis.txt", "raw": b"Zeugnis"})
        self.assertFalse(self._anonymise(self.anna).is_pseudonymous)
        self.assertFalse(document.exists())

    def test_bank_data_and_cash_reference_go(self):
        """K-4.8-9: all bank data and cash references are deleted."""
        vals = {"acc_number": "DE02120300000000202051", "partner_id": self.anna.id}
        bank = self.env["res.partner.bank"].create(vals)
        self.anna.drk_cash_reference = NUMBERS["drk_cash_reference"]
        self._anonymise(self.anna)
        self.assertFalse(bank.exists() or self.anna.drk_cash_reference)
        self.assertFalse(self._columns_with("DE02120300000000202051"))

    def test_numbers_go(self):
        """K-4.8-10, K-4.8-11, K-4.8-12: personnel, matriculation, VIP, insurance and employment office numbers go."""
        self.anna.write(NUMBERS)
        self._anonymise(self.anna)
        self.assertFalse([name for name in NUMBERS if self.anna[name]])
        for number in NUMBERS.values():
            self.assertFalse(self._columns_with(number), number)

    def test_other_invoice_addresses_go(self):
        """K-4.8-13: different invoice addresses are deleted with the person."""
        vals = {
            "parent_id": self.anna.id,
            "type": "invoice",
            "name": "Rechnungsstelle Quitte",
            "street": "Quittenweg 3",
        }
        address = self.people.create({**vals, "email": "quitte@example.org", "company_id": self.association_a.id})
        self._anonymise(self.anna)
        self.assertFalse(address.active or address.email or address.street)
        self.assertFalse(self._columns_with("quitte"))

    def test_relations_go(self):
        """K-4.8-14: household, guardianship in both directions and the tie to a company are deleted."""
        company = self._company(self.association_a)
        child = self._person(self.association_a, firstname="Mia", lastname="Zwiebelkind", email=False)
        parent = self._person(self.association_a, firstname="Oma", lastname="Zwiebelfrau", email="oma@example.org")
        self.anna.parent_id = company
        household = self.env["drk.household"].create({"company_id": self.association_a.id})
        members = self.env["drk.household.member"].create(
            [{"household_id": household.id, "partner_id": person.id} for person in self.anna | child]
        )
        ties = self.env["drk.guardianship"].create(
            [
                {"child_id": child.id, "guardian_id": self.anna.id},
                {"child_id": self.anna.id, "guardian_id": parent.id},
            ]
        )
        self._anonymise(self.anna)
        self.assertFalse(ties.exists())
        self.assertEqual(members.exists().partner_id, child)
        self.assertFalse(self.anna.parent_id)

    def test_nothing_brings_them_back(self):
        """D-ANO-6: neither chatter, nor tracked changes, nor files, nor a mail hold a value afterwards; nothing restores it."""
        self.anna.with_context(tracking_disable=False).write({"firstname": f"{MARKER} Maria"})
        self.anna.message_post(body=f"{MARKER} hat angerufen")
        vals = {"res_model": "res.partner", "res_id": self.anna.id, "mimetype": "text/plain"}
        self.env["ir.attachment"].create({**vals, "name": f"{MARKER}.txt", "raw": MARKER.encode()})
        vals = {"recipient_ids": self.anna.ids, "email_to": "quendolina@example.org"}
        self.env["mail.mail"].create({**vals, "body_html": f"Guten Tag {MARKER}"})
        run = self._anonymise(self.anna)
        self.env["drk.document.package"].search([]).unlink()
        self.assertFalse(self._columns_with(MARKER))
        self.anna.active = True
        self.assertNotIn(MARKER, self.anna.display_name)
        with self.assertRaises(UserError):
            run.action_cancel()


@tagged("post_install", "-at_install")
class TestSelection(PeopleCase):
    def setUp(self):
        super().setUp()
        self.selections = self._as(self.eraser, self.env["drk.anonymise.selection"])

    def _select(self, **vals):
        selection = self.selections.create({"since": "2015-01-01", **vals})
        action = selection.action_show()
        return self._as(self.eraser, self.people).search(action["domain"])

    def test_nothing_since_a_day(self):
        """K-4.8-15: the selection has who was neither entered nor active since a day and is not anonymised yet."""
        late = self._person(self.association_a, firstname="Lena", lastname="Spät", email="spaet@example.org")
        gone = self._person(self.association_a, firstname="Gerd", lastname="Weg", email="weg@example.org")
        self._age(self.anna | gone | self.foreign)
        self._age(late, "2015-01-01")
        self._erase(gone)
        self.assertEqual(self._select(), self.anna)

    def test_companies_only_on_wish(self):
        company = self._company(self.association_a)
        self._age(company)
        self._age(self.anna)
        self.assertEqual(self._select(), self.anna)
        self.assertEqual(self._select(with_companies=True), self.anna | company)

    def test_mark_leaves_people_out(self):
        mark = self.env["drk.mark"].create({"name": "bleibt", "company_id": self.association_a.id})
        self._age(self.anna | self.erika)
        self.erika.drk_mark_ids = mark
        self.assertEqual(self._select(without_mark_id=mark.id), self.anna)

    def test_empty_selection_says_so(self):
        with self.assertRaises(UserError):
            self._select(since="1990-01-01")

    def test_only_with_the_right(self):
        for user in (self.clerk, self.officer):
            with self.assertRaises(AccessError):
                self._as(user, self.env["drk.anonymise.selection"]).create({"since": "2015-01-01"})

    def test_last_activity_can_be_searched(self):
        self._age(self.anna)
        people = self._as(self.clerk, self.people)
        self.assertIn(self.anna, people.search([("drk_last_activity", "<", "2010-05-02")]))
        self.assertNotIn(self.anna, people.search([("drk_last_activity", ">=", "2010-05-02")]))
        self.assertEqual(self._as(self.clerk, self.anna).drk_last_activity.year, 2010)


@tagged("post_install", "-at_install")
class TestReport(PeopleCase):
    def _pdf(self, run, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.eraser).with_context(lang="de_DE")
        return reports._drk_pdf(
            "drk_gdpr.report_erasure", self._as(user or self.eraser, run).with_context(lang="de_DE")
        )

    def _text(self, run):
        pages = PdfReader(io.BytesIO(self._pdf(run))).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    def test_report_names_numbers_and_no_person(self):
        """D-ANO-12: a run by hand prints as a report: who started it, when, how many, and how it is proven; no name."""
        run = self._anonymise(self.anna | self.erika)
        text = self._text(run)
        for part in ("Anonymisierungsreport", "Manuell", self.eraser.name, "Anonymisiert 2", "Der Nachweis"):
            self.assertIn(part, text)
        self.assertNotIn(MARKER, text)
        self.assertNotIn("Zwiebelfrau", text)

    def test_automatic_run_prints_too(self):
        """D-ANO-11: the automatic cleaning is documented in the same report."""
        self._age(self.anna)
        self.assertIn("Automatisch", self._text(self._clean()))

    def test_restricted_people_with_reason_and_day(self):
        run = self._anonymise(self.anna)
        run.sudo().line_ids.write({"state": "restricted", "keep_until": "2031-12-31", "reason": "§ 147 AO"})
        text = self._text(run)
        for part in ("31.12.2031", "§ 147 AO", str(self.anna.id), "Gesperrt"):
            self.assertIn(part, text)

    def test_pseudonym_is_called_so(self):
        run = self._anonymise(self.anna, copy_to_info=True)
        self.assertIn("Pseudonymisierung", self._text(run))

    def test_only_officer_and_eraser_print(self):
        run = self._anonymise(self.anna)
        self.assertTrue(self._pdf(run, self.officer))
        for user in (self.clerk, self.eraser_b):
            with self.assertRaises(AccessError):
                self._pdf(run, user)


@tagged("post_install", "-at_install")
class TestPeopleList(PeopleCase):
    def test_list_opens_without_anonymised_people(self):
        """K-4.8-3: the list of people opens without those who are anonymised; a filter of its own shows them."""
        self._anonymise(self.anna)
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_gdpr.res_partner_action_people")
        self.assertIn("search_default_drk_not_anonymised", action["context"])
        people = self._as(self.clerk, self.people)
        self.assertNotIn(self.anna, people.search([("drk_anonymised_at", "=", False)]))
        shown = people.search([("drk_anonymised_at", "!=", False), ("active", "in", [True, False])])
        self.assertEqual(shown, self.anna)
