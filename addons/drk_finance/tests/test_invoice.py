import io

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged, users
from pypdf import PdfReader

from .common import IBAN, FinanceCase

INVOICE = "account.account_invoices"


@tagged("post_install", "-at_install")
class TestInvoice(FinanceCase):
    """From charges to invoices and back, as the accountant."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env["res.partner"].concat(*(cls._payer(f"Vera{n}", f"Beispiel{n}") for n in range(12)))

    def _collective(self, **vals):
        charges = [self._charge(42, payer=self.firm, drk_person_id=person.id, **vals) for person in self.people]
        return self.env["drk.charge"].concat(*charges)

    def _text(self, pdf):
        return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)

    def _balance(self, move):
        return {line.account_id.code: line.balance for line in move.line_ids}

    # ------------------------------------------------------------------ invoicing
    @users("accountant-a")
    def test_charge_becomes_a_posted_invoice(self):
        charge = self._charge(50)
        move = charge._drk_invoice("2027-03-15")
        self.assertEqual((move.state, move.move_type, move.amount_total), ("posted", "out_invoice", 50))
        self.assertEqual(move.partner_id, self.erika)
        self.assertEqual(move.company_id, self.association_a)
        self.assertEqual((str(move.invoice_date), str(move.invoice_date_due)), ("2027-03-15", "2027-03-29"))
        self.assertEqual(str(move.delivery_date), "2027-03-12")
        self.assertEqual(self._balance(move), {"8100": -50, "10000": 50})
        self.assertEqual((charge.state, charge.move_id), ("invoiced", move))

    @users("accountant-a")
    def test_second_run_does_nothing(self):
        charge = self._charge()
        self.assertTrue(charge._drk_invoice())
        self.assertFalse(charge._drk_invoice())
        self.assertEqual(len(self.env["account.move"].search([("partner_id", "=", self.erika.id)])), 1)

    @users("accountant-a")
    def test_one_invoice_per_payer(self):
        moves = (self._charge() | self._charge(60) | self._charge(70, payer=self.firm))._drk_invoice()
        self.assertEqual(sorted(moves.mapped("amount_total")), [70, 110])

    def test_one_invoice_per_association(self):
        charges = self._charge() | self._charge(payer=self.erika_b)
        moves = charges.with_context(allowed_company_ids=(self.association_a | self.association_b).ids)._drk_invoice()
        self.assertEqual(moves.company_id, self.association_a | self.association_b)
        for move in moves:
            self.assertEqual(move.line_ids.account_id.company_ids, move.company_id)
            self.assertEqual(move.journal_id.company_id, move.company_id)

    @users("accountant-a")
    def test_equal_charges_are_one_line_with_a_quantity(self):
        move = self._collective()._drk_invoice()
        line = move.invoice_line_ids
        self.assertEqual((line.quantity, line.price_unit, move.amount_total), (12, 42, 504))
        self.assertEqual(len(line.drk_charge_ids), 12)

    @users("accountant-a")
    def test_different_charges_stay_different_lines(self):
        move = (self._charge(42) | self._charge(42) | self._charge(42, name="Zweitschrift"))._drk_invoice()
        self.assertEqual(sorted(move.invoice_line_ids.mapped("quantity")), [1, 2])
        for line in move.invoice_line_ids:
            self.assertEqual(set(line.drk_charge_ids.mapped("name")), {line.name})

    @users("accountant-a")
    def test_included_vat(self):
        move = self.env["drk.charge"].concat(*(self._charge(35, kind="WG") for _number in range(3)))._drk_invoice()
        self.assertEqual(self._balance(move), {"8400": -88.24, "1776": -16.76, "10000": 105})
        self.assertFalse(move._drk_exemptions())

    @users("accountant-a")
    def test_vat_follows_the_day_of_the_service(self):
        kind = self._kind("EH")
        kind.rule_ids.copy({"date_from": "2028-01-01", "exemption_text": "Neue Fassung"})
        old = self._charge(service_date="2027-12-30")
        new = self._charge(service_date="2027-12-30", service_date_end="2028-01-02")
        moves = (old | new)._drk_invoice("2028-02-01")
        self.assertNotEqual(old.move_line_id.drk_exemption_text, "Neue Fassung")
        self.assertEqual(new.move_line_id.drk_exemption_text, "Neue Fassung")
        self.assertEqual(len(moves._drk_exemptions()), 2)

    @users("accountant-a")
    def test_foreign_payer_pays_like_everybody(self):
        self.erika.sudo().country_id = self.env.ref("base.ch")
        position = {"name": "Drittland", "auto_apply": True, "country_id": self.env.ref("base.ch").id}
        self.env["account.fiscal.position"].sudo().create({**position, "company_id": self.association_a.id})
        move = self._charge(119, kind="WG")._drk_invoice()
        self.assertFalse(move.fiscal_position_id)
        self.assertEqual(move.amount_tax, 19)

    @users("accountant-a")
    def test_draft_can_be_deleted_and_made_again(self):
        charge = self._charge()
        move = charge._drk_invoice(post=False)
        self.assertEqual((move.state, charge.state), ("draft", "invoiced"))
        move.unlink()
        self.assertEqual(charge.state, "open")
        self.assertEqual(charge._drk_invoice().state, "posted")

    @users("accountant-a")
    def test_draft_that_was_changed_by_hand_is_refused(self):
        move = self._charge()._drk_invoice(post=False)
        move.invoice_line_ids.price_unit = 1
        with self.assertRaisesRegex(UserError, "Erste-Hilfe-Kurs"):
            move.action_post()

    @users("accountant-a")
    def test_draft_for_somebody_else_is_refused(self):
        move = self._charge()._drk_invoice(post=False)
        move.partner_id = self.firm
        with self.assertRaises(UserError):
            move.action_post()

    def _cancelled_invoice(self, charge):
        move = charge._drk_invoice()
        move.button_draft()
        move.button_cancel()
        return move

    def _check_stays_given_up(self, move):
        with self.assertRaisesRegex(UserError, "given up|aufgegeben"):
            move.button_draft()
        move.state = "draft"
        with self.assertRaisesRegex(UserError, "given up|aufgegeben"):
            move.action_post()

    @users("accountant-a")
    def test_cancelled_invoice_frees_its_charges(self):
        charge = self._charge()
        self._cancelled_invoice(charge)
        self.assertEqual(charge.state, "open")

    @users("accountant-a")
    def test_cancelled_invoice_stays_when_its_charges_are_invoiced_anew(self):
        charge = self._charge()
        move = self._cancelled_invoice(charge)
        move.button_draft()  # nothing happened yet: allowed
        move.button_cancel()
        charge._drk_invoice()
        self._check_stays_given_up(move)

    @users("accountant-a")
    def test_cancelled_invoice_of_void_charges_stays(self):
        charge = self._charge()
        move = self._cancelled_invoice(charge)
        charge._drk_reverse("Abgesagt")
        self._check_stays_given_up(move)

    @users("accountant-a")
    def test_credit_note_of_charges_comes_from_charges_only(self):
        charge = self._charge()
        move = charge._drk_invoice()
        wizards = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=move.ids)
        with self.assertRaisesRegex(UserError, "take the charges back|stornieren Sie"):
            wizards.create({"journal_id": move.journal_id.id}).reverse_moves()
        line = {"name": "Von Hand", "price_unit": 5, "tax_ids": [], "account_id": self.books_a["income"].id}
        hand = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.erika.id, "invoice_line_ids": [Command.create(line)]}
        )
        self.assertEqual(hand._reverse_moves().reversed_entry_id, hand)

    @users("accountant-a")
    def test_paid_invoice_settles_its_charges(self):
        charge = self._charge()
        move = charge._drk_invoice()
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        wizard.create({})._create_payments()
        self.assertEqual(charge.state, "paid")

    # ------------------------------------------------------------------ what is missing is told
    def test_association_without_books_is_told(self):
        company = self._create_association("Ortsverein ohne Bücher", "OOB", "base.state_de_nw")
        payer = self._payer("Olga", "Ohne", company)
        with self.assertRaisesRegex(UserError, "Ortsverein ohne Bücher"):
            self._charge(payer=payer)._drk_invoice()

    @users("accountant-a")
    def test_kind_without_account_is_told(self):
        self._kind("EH").sudo().rule_ids.account_id = False
        with self.assertRaisesRegex(UserError, "income account|Erlöskonto"):
            self._charge()._drk_invoice()

    @users("accountant-a")
    def test_kind_without_rule_is_told(self):
        with self.assertRaisesRegex(UserError, "1990"):
            self._charge(service_date="1990-05-01")._drk_invoice()

    # ------------------------------------------------------------------ taking back
    @users("accountant-a")
    def test_open_charge_becomes_void(self):
        charge = self._charge()
        self.assertFalse(charge._drk_reverse("Abgesagt"))
        self.assertEqual((charge.state, charge.reason), ("void", "Abgesagt"))
        self.assertFalse(charge._drk_invoice())

    @users("accountant-a")
    def test_invoiced_charge_gets_a_credit_note(self):
        charge = self._charge()
        invoice = charge._drk_invoice()
        counter = charge._drk_reverse("Abgesagt")
        self.assertEqual((counter.amount, counter.reversed_id, counter.state), (-50, charge, "open"))
        refund = counter._drk_invoice()
        self.assertEqual((refund.move_type, refund.reversed_entry_id, refund.amount_total), ("out_refund", invoice, 50))
        self.assertEqual(refund.ref, "Abgesagt")
        self.assertEqual((invoice.amount_residual, refund.amount_residual), (0, 0))
        self.assertEqual((charge | counter).mapped("state"), ["paid", "paid"])

    @users("accountant-a")
    def test_second_reversal_does_nothing(self):
        charge = self._charge()
        charge._drk_invoice()
        counter = charge._drk_reverse("Abgesagt")
        self.assertEqual(charge._drk_reverse("Noch einmal"), counter)
        counter._drk_invoice()
        self.assertEqual(charge._drk_reverse("Noch einmal"), counter)
        self.assertEqual(len(charge.reversal_ids), 1)

    @users("accountant-a")
    def test_draft_invoice_must_be_decided_first(self):
        charge = self._charge()
        charge._drk_invoice(post=False)
        with self.assertRaises(UserError):
            charge._drk_reverse("Abgesagt")

    @users("accountant-a")
    def test_part_of_a_collective_invoice_is_credited(self):
        charges = self._collective()
        invoice = charges._drk_invoice()
        refund = charges[:2]._drk_reverse("Zwei abgesagt")._drk_invoice()
        self.assertEqual((refund.amount_total, refund.invoice_line_ids.quantity), (84, 2))
        self.assertEqual(invoice.amount_residual, 504 - 84)
        self.assertEqual(refund.amount_residual, 0)

    @users("accountant-a")
    def test_credit_is_settled_with_the_charge_that_follows(self):
        charge = self._charge(50)
        self._pay(charge._drk_invoice())
        counter, successor = charge._drk_reverse("Umgebucht"), self._charge(70)
        charge._drk_replace_by(successor)
        moves = (counter | successor)._drk_invoice()
        self.assertEqual(counter.move_id.amount_residual, 0)
        self.assertEqual(successor.move_id.amount_residual, 20)
        self.assertEqual(len(moves), 2)

    @users("accountant-a")
    def test_charge_that_follows_later_takes_the_credit(self):
        charge = self._charge(50)
        self._pay(charge._drk_invoice())
        counter = charge._drk_reverse("Umgebucht")
        counter._drk_invoice()
        self.assertEqual(counter.move_id.amount_residual, 50)
        successor = self._charge(40)
        successor._drk_invoice()
        charge._drk_replace_by(successor)
        self.assertEqual(counter.move_id.amount_residual, 10)
        self.assertEqual(successor.state, "paid")

    @users("accountant-a")
    def test_money_to_be_paid_back_is_not_set_off(self):
        charge = self._charge(50)
        self._pay(charge._drk_invoice())
        counter, successor = charge._drk_reverse("Ausgefallen", "refund"), self._charge(50)
        charge._drk_replace_by(successor)
        (counter | successor)._drk_invoice()
        self.assertEqual(counter.move_id.amount_residual, 50)
        self.assertEqual(successor.move_id.amount_residual, 50)

    @users("accountant-a")
    def test_wizard_takes_back_with_a_reason(self):
        charge, other = self._charge(), self._charge()
        charge._drk_invoice()
        wizard = self.env["drk.charge.reverse"].with_context(active_model="drk.charge", active_ids=(charge | other).ids)
        action = wizard.create({"reason": "Krank"}).action_reverse()
        self.assertEqual(self.env["account.move"].browse(action["res_id"]).amount_total, 50)
        self.assertEqual((charge | other).mapped("state"), ["paid", "void"])

    def _pay(self, move):
        register = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        register.create({})._create_payments()
        self.assertIn(move.payment_state, ("paid", "in_payment"))

    # ------------------------------------------------------------------ roles
    @users("cashier-a")
    def test_cashier_cannot_write_invoices(self):
        with self.assertRaises(AccessError):
            self.env["account.move"].create({"move_type": "out_invoice", "partner_id": self.erika.id})
        with self.assertRaises(AccessError):
            self.env["drk.invoice.run"].create({})
        with self.assertRaises(AccessError):
            self.env["drk.charge.reverse"].create({"reason": "x"})

    def test_invoice_is_hidden_from_other_associations(self):
        move = self._charge()._drk_invoice()
        with self.assertRaises(AccessError):
            self._as(self.accountant_b, move).read(["name"])

    def test_cashier_sees_no_bank_accounts_of_people(self):
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "DE02120300000000202051", "partner_id": self.erika.id}
        )
        self.assertFalse(self._as(self.cashier_a, bank).has_access("read"))
        self.assertTrue(self._as(self.accountant_a, bank).has_access("read"))

    # ------------------------------------------------------------------ paper
    @users("accountant-a")
    def test_printed_invoice_says_what_the_law_asks_for(self):
        self.association_a.sudo().l10n_de_stnr = "151/815/08156"
        charge = self._charge(50, service_date_end="2027-03-13")
        move = charge._drk_invoice("2027-03-15")
        text = self._text(self.env["ir.actions.report"]._drk_pdf(INVOICE, move))
        for part in (
            "Kreisverband Musterstadt e.V.", "Erika Musterfrau", "Hauptstraße 1", "44135 Musterstadt", move.name,
            "15.03.2027", "12.03.2027 – 13.03.2027", "Erste-Hilfe-Kurs", "50,00", "Steuerfrei nach § 4 Nr. 22",
            "151/815/08156", "29.03.2027", "DE89", "GiroCode", "Steuernummer",
        ):  # fmt: skip
            self.assertIn(part, text)

    @users("accountant-a")
    def test_printed_invoice_with_vat(self):
        move = self._charge(119, kind="WG")._drk_invoice("2027-03-15")
        text = self._text(self.env["ir.actions.report"]._drk_pdf(INVOICE, move))
        for part in ("19 %", "100,00", "19,00", "119,00"):
            self.assertIn(part, text)
        self.assertNotIn("Steuerfrei", text)

    @users("accountant-a")
    def test_printed_credit_note_names_its_invoice(self):
        charge = self._charge()
        invoice = charge._drk_invoice()
        refund = charge._drk_reverse("Krank")._drk_invoice()
        text = self._text(self.env["ir.actions.report"]._drk_pdf(INVOICE, refund))
        for part in ("Gutschrift", refund.name, invoice.name, "Krank", "50,00"):
            self.assertIn(part, text)
        self.assertNotIn("GiroCode", text)

    @users("accountant-a")
    def test_settled_invoice_asks_for_nothing(self):
        move = self._charge()._drk_invoice()
        self._pay(move)
        text = self._text(self.env["ir.actions.report"]._drk_pdf(INVOICE, move))
        self.assertNotIn("GiroCode", text)
        self.assertIn("beglichen", text)

    @users("accountant-a")
    def test_english_payer_reads_english(self):
        self.env["res.lang"].sudo()._activate_lang("en_US")
        rule = self._kind("EH").sudo().rule_ids
        rule.with_context(lang="en_US").exemption_text = "VAT exempt by § 4 no. 22 a UStG"
        self.erika.sudo().lang = "en_US"
        text = self._text(self.env["ir.actions.report"]._drk_pdf(INVOICE, self._charge()._drk_invoice()))
        self.assertIn("Invoice", text)
        self.assertIn("VAT exempt by § 4 no. 22", text)

    @users("accountant-a")
    def test_mixed_invoice_says_which_line_has_no_vat_and_why(self):
        moves = (self._charge(50) | self._charge(119, kind="WG", name="Sanitätsdienst"))._drk_invoice()
        text = self._text(self.env["ir.actions.report"]._drk_pdf(INVOICE, moves))
        self.assertIn("Erste-Hilfe-Kurs (1)", text)
        self.assertIn("(1) Steuerfrei nach", text)
        self.assertNotIn("Sanitätsdienst (", text)

    @users("accountant-a")
    def test_giro_code_holds_account_amount_and_reference(self):
        move = self._charge(50)._drk_invoice()
        bank = move.partner_bank_id.sudo()
        values = bank._get_qr_vals("sct_qr", move.amount_residual, move.currency_id, move.partner_id, move.name, None)
        self.assertEqual(values[6:8], [IBAN, "EUR50.0"])
        self.assertIn(move.name, values)
        self.assertTrue(move._drk_qr_code().startswith("data:image/png;base64,"))

    @users("accountant-a")
    def test_several_invoices_are_printed_as_one_file(self):
        moves = (self._charge() | self._charge(payer=self.firm))._drk_invoice()
        text = self._text(self.env["ir.actions.report"]._drk_pdf(INVOICE, moves))
        for move in moves:
            self.assertIn(move.name, text)

    # ------------------------------------------------------------------ participants and mail
    @users("accountant-a")
    def test_company_gets_a_list_of_its_participants(self):
        move = self._collective()._drk_invoice()
        attachment = move.sudo().drk_participant_list_id
        text = self._text(attachment.raw)
        for person in self.people:
            self.assertIn(person.name, text)
        self.assertIn("504,00", text)
        self.assertIn("12.03.2027", text)
        self.assertIn("Teilnehmer", attachment.name)
        self.assertIn("Teilnehmerliste", self._text(self.env["ir.actions.report"]._drk_pdf(INVOICE, move)))

    @users("accountant-a")
    def test_few_people_are_named_on_the_invoice(self):
        charges = [self._charge(drk_person_id=person.id) for person in self.people[:3]]
        move = self.env["drk.charge"].concat(*charges)._drk_invoice()
        self.assertFalse(move.drk_participant_list_id)
        self.assertIn(
            "Vera0 Beispiel0, Vera1 Beispiel1", self._text(self.env["ir.actions.report"]._drk_pdf(INVOICE, move))
        )

    @users("accountant-a")
    def test_more_than_three_people_are_listed(self):
        charges = [self._charge(drk_person_id=person.id) for person in self.people[:4]]
        self.assertTrue(self.env["drk.charge"].concat(*charges)._drk_invoice().drk_participant_list_id)

    @users("accountant-a")
    def test_mail_brings_invoice_and_list(self):
        move = self._collective()._drk_invoice()
        self.env["account.move.send"]._generate_and_send_invoices(move, sending_methods=["email"])
        message = self.env["mail.message"].search(
            [("model", "=", "account.move"), ("res_id", "=", move.id), ("attachment_ids", "!=", False)], limit=1
        )
        self.assertEqual(len(message.attachment_ids), 2)
        self.assertIn("Rechnung", message.subject)
        self.assertIn("im Anhang", message.body)
        self.assertEqual(message.partner_ids, self.firm)

    # ------------------------------------------------------------------ runs
    @users("accountant-a")
    def test_run_shows_what_it_will_do(self):
        self._collective()
        self._charge()
        self._charge(service_date="2099-01-01")
        self._charge(300, payer=self._homeless())
        run = self.env["drk.invoice.run"].create({"date": "2027-04-01", "service_until": "2027-04-01"})
        self.assertEqual((run.payer_count, run.charge_count, run.amount_total), (2, 13, 554))
        self.assertEqual(run.problem_count, 1)
        self.assertIn("Ohne Adresse", run.problem_text)

    def _homeless(self):
        return self._payer("Ohne", "Adresse", street=False, zip=False, city=False)

    @users("accountant-a")
    def test_run_invoices_in_the_background_and_only_once(self):
        charges = self._collective() | self._charge()
        left_out = self._charge(300, payer=self._homeless())
        run = self.env["drk.invoice.run"].create({"date": "2027-04-01", "service_until": False})
        job = self.env["drk.job"].browse(run.action_run()["res_id"])
        for chunk in job.chunk_ids:
            chunk._run()
        self.assertEqual(job.state, "done")
        self.assertEqual(set(charges.mapped("state")), {"invoiced"})
        self.assertEqual(left_out.state, "open")
        moves = self.env["account.move"].search_count([("company_id", "=", self.association_a.id)])
        charges.payer_id._drk_invoice_run([("company_id", "=", self.association_a.id)], "2027-04-01")
        self.assertEqual(self.env["account.move"].search_count([("company_id", "=", self.association_a.id)]), moves)

    @users("accountant-a")
    def test_run_chooses_payers_and_kinds(self):
        self._collective()
        self._charge()
        self._charge(10, kind="WG")
        run = self.env["drk.invoice.run"].create({"service_until": False, "payer_ids": [Command.set(self.erika.ids)]})
        self.assertEqual(run.amount_total, 60)
        run.revenue_kind_ids = self._kind("WG")
        self.assertEqual(run.amount_total, 10)
        run.write({"payer_ids": [Command.clear()], "revenue_kind_ids": [Command.clear()], "only_companies": True})
        self.assertEqual(run.amount_total, 504)

    @users("accountant-a")
    def test_run_for_another_association_is_refused(self):
        self._charge()
        run = self.env["drk.invoice.run"].create({})
        run.company_id = self.association_b
        with self.assertRaises(UserError):
            run.action_run()

    # ------------------------------------------------------------------ by hand
    @users("accountant-a")
    def test_kind_on_a_line_by_hand_fills_in_account_vat_and_sphere(self):
        line = self.env["account.move.line"].new(
            {"move_id": self.env["account.move"].new({"move_type": "out_invoice", "invoice_date": "2027-03-12"})}
        )
        line.drk_revenue_kind_id = self.env["drk.revenue.kind"].browse(self._kind("EH").id)
        line._onchange_drk_revenue_kind_id()
        self.assertEqual(line.account_id._origin, self.books_a["income"])
        self.assertTrue(line.drk_exemption_text)
        self.assertTrue(line.analytic_distribution)


@tagged("post_install", "-at_install")
class TestPortalInvoice(FinanceCase, HttpCase):
    """Payers see their own invoices, and nobody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.association_a
        cls.reader = new_test_user(
            cls.env, "portal-payer", "base.group_portal", company_id=company.id, company_ids=[Command.set(company.ids)]
        )
        payer = cls.reader.partner_id
        payer.write({"company_id": company.id, "drk_is_person": True, "city": "Musterstadt"})

    def test_payer_finds_the_own_invoice(self):
        move = self._charge(payer=self.reader.partner_id)._drk_invoice()
        self.authenticate("portal-payer", "portal-payer")
        self.assertIn(move.name, self.url_open("/my/invoices").text)
        answer = self.url_open(f"/my/invoices/{move.id}?report_type=pdf&download=true")
        self.assertEqual((answer.status_code, answer.headers["Content-Type"]), (200, "application/pdf"))
        self.assertIn(move.name, answer.text)  # in tests a request gets the HTML of the document

    def test_invoice_of_somebody_else_is_refused(self):
        move = self._charge()._drk_invoice()
        self.authenticate("portal-payer", "portal-payer")
        self.assertNotIn(move.name, self.url_open("/my/invoices").text)
        for address in (f"/my/invoices/{move.id}", f"/my/invoices/{move.id}?access_token=guess"):
            answer = self.url_open(address, allow_redirects=False)
            self.assertNotEqual(answer.status_code, 200)

    def test_payer_cannot_read_charges(self):
        charge = self._charge(payer=self.reader.partner_id)
        with self.assertRaises(AccessError):
            self._as(self.reader, charge).read(["amount"])
