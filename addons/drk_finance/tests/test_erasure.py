from freezegun import freeze_time
from odoo.addons.drk_gdpr.tests.erasure_common import ErasureMixin
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger
from psycopg2 import IntegrityError

from .cash_common import CashCase

ERASURE = "drk_gdpr.group_drk_gdpr_erasure"
TODAY = "2026-11-20"


@tagged("post_install", "-at_install")
class TestErasure(ErasureMixin, CashCase):
    """Vouchers are kept as they are until their period ends, open money comes first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eraser = cls._user("finance-eraser", ERASURE)
        cls.retention = cls.env["drk.gdpr.retention"]
        cls.holds = cls.env["drk.retention.hold"]

    def _invoice(self, day="2026-03-15", payer=None, paid=True, **vals):
        with freeze_time(day):
            charge = self._charge(50, payer=payer, service_date=day, **vals).sudo()
            move = charge._drk_invoice(day)
            if paid:
                self._collect(charge)
        return move

    def _work(self, runs):
        for run in runs:
            run._start()

    def _rows(self, *records):
        self.env.flush_all()
        found = {}
        for record in records:
            query = SQL(
                "SELECT to_jsonb(t) FROM %s t WHERE id = ANY(%s) ORDER BY id", SQL.identifier(record._table), record.ids
            )
            found[record._name] = self.env.execute_query(query)
        return found

    # ------------------------------------------------------------------ periods
    @freeze_time(TODAY)
    def test_invoice_is_kept_eight_years_from_the_end_of_the_year(self):
        """An invoice of 15 March 2026 is kept until 31 December 2034 (AO § 147(3), (4))."""
        move = self._invoice()
        until, source = self.retention._keep_until("account.move", move.ids)[move.id]
        self.assertEqual(str(until), "2034-12-31")
        self.assertIn("AO § 147", source)
        lines = self.retention._keep_until("account.move.line", move.line_ids.ids)
        self.assertEqual({str(day) for day, _reason in lines.values()}, {"2034-12-31"})

    @freeze_time(TODAY)
    def test_draft_is_no_voucher(self):
        move = self._charge(50, service_date="2026-03-10").sudo()._drk_invoice("2026-03-15", post=False)
        self.assertFalse(self.retention._keep_until("account.move", move.ids))

    @freeze_time(TODAY)
    def test_invoice_that_was_taken_back_is_kept(self):
        move = self._invoice(paid=False)
        move.sudo().write({"state": "cancel"})
        self.env.flush_all()
        kept = self.retention._keep_until("account.move", move.ids)
        self.assertEqual(str(kept[move.id][0]), "2034-12-31")
        self.assertEqual(
            set(self.retention._keep_until("account.move.line", move.line_ids.ids)), set(move.line_ids.ids)
        )

    @freeze_time(TODAY)
    def test_person_with_a_voucher_is_restricted_and_the_voucher_untouched(self):
        move = self._invoice()
        self.erika.write({"phone": "08631 18599", "comment": "Notiz"})
        before = self._rows(move, move.line_ids, move.line_ids.move_id.origin_payment_id)
        charge = self._rows(move.drk_charge_ids)
        run = self._erase(self.erika)
        line = run.line_ids
        self.assertEqual((line.state, str(line.keep_until)), ("restricted", "2034-12-31"))
        self.assertIn("AO § 147", line.reason)
        self.assertTrue(self.erika.drk_is_restricted)
        self.assertEqual((self.erika.lastname, self.erika.street), ("Musterfrau", "Hauptstraße 1"))
        self.assertFalse(self.erika.email or self.erika.phone or self.erika.comment or self.erika.drk_email_key)
        self.assertEqual(self._rows(move, move.line_ids, move.line_ids.move_id.origin_payment_id), before)
        self.assertEqual(self._rows(move.drk_charge_ids), charge)

    def test_person_is_finished_when_the_period_ends(self):
        with freeze_time(TODAY):
            move = self._invoice()
            move.narration = "Vielen Dank, Erika Musterfrau"
            amounts = move.amount_total, move.name, move.line_ids.mapped("balance")
            self._erase(self.erika)
        with freeze_time("2034-12-31"):
            self._nightly()
            self.assertEqual(self.erika.lastname, "Musterfrau")
        with freeze_time("2035-01-01"):
            self._nightly()
        self.assertTrue(self.erika.drk_anonymised_at)
        self.assertFalse(self.erika.drk_is_restricted)
        self.assertFalse(move.narration)
        self.assertEqual((move.amount_total, move.name, move.line_ids.mapped("balance")), amounts)
        for table, column in (
            ("account_move", "invoice_partner_display_name"),
            ("account_move_line", "name"),
            ("res_partner", "name"),
        ):
            query = SQL(
                "SELECT 1 FROM %s WHERE %s::text ILIKE '%%musterfrau%%'", SQL.identifier(table), SQL.identifier(column)
            )
            self.assertFalse(self.env.execute_query(query), table)

    def _hold(self, company=None, **vals):
        company = company or self.association_a
        holds = self._as(self.accountant_b if company == self.association_b else self.accountant_a, self.holds)
        return holds.create({"company_id": company.id, "year": 2026, "reason": "Betriebsprüfung", **vals})

    def test_held_year_is_not_finished_until_the_hold_ends(self):
        """The period does not end while the assessment is open (AO § 147(3) last sentence)."""
        with freeze_time(TODAY):
            move = self._invoice()
            self._erase(self.erika)
        with freeze_time("2034-11-02"):
            hold = self._hold()
            self._hold(year=2025)
        with freeze_time("2035-01-01"):
            self._nightly()
            self.assertEqual((self.erika.lastname, str(self.erika.drk_restricted_until)), ("Musterfrau", "2035-12-31"))
            self.assertEqual(str(self.retention._keep_until("account.move", move.ids)[move.id][0]), "2035-12-31")
        with freeze_time("2035-06-15"):
            self._nightly()
            self.assertEqual(self.erika.lastname, "Musterfrau")
            hold.action_lift()
            self._nightly()  # today is still its last day
            self.assertEqual(self.erika.lastname, "Musterfrau")
        with freeze_time("2035-06-16"):
            self._nightly()
        self.assertTrue(self.erika.drk_anonymised_at)
        self.assertFalse(self.erika.drk_is_restricted or "Musterfrau" in (move.invoice_partner_display_name or ""))

    def test_hold_of_another_association_holds_nothing(self):
        with freeze_time(TODAY):
            self._invoice()
            self._erase(self.erika)
        with freeze_time("2034-11-02"):
            self._hold(self.association_b)
        with freeze_time("2035-01-01"):
            self._nightly()
        self.assertTrue(self.erika.drk_anonymised_at)

    def test_hold_that_is_deleted_releases_the_participant_of_an_invoice(self):
        with freeze_time(TODAY):
            person = self._payer("Vera", "Beispiel")
            self._invoice(payer=self.firm, drk_person_id=person.id, name="Erste Hilfe, Vera Beispiel")
            self._erase(person)
        with freeze_time("2035-01-01"):
            hold = self._hold()
            self._nightly()
            self.assertEqual(person.lastname, "Beispiel")
            hold.unlink()
            self._nightly()
        self.assertTrue(person.drk_anonymised_at)

    def test_hold_needs_plausible_dates(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._hold(date_from="2035-02-01", date_until="2035-01-01")

    @freeze_time(TODAY)
    def test_participant_of_a_company_invoice_is_kept_with_it(self):
        person = self._payer("Vera", "Beispiel")
        self._invoice(payer=self.firm, drk_person_id=person.id, name="Erste Hilfe, Vera Beispiel")
        run = self._erase(person)
        self.assertEqual((run.line_ids.state, str(run.line_ids.keep_until)), ("restricted", "2034-12-31"))
        self.assertFalse(self.firm.drk_is_restricted)

    @freeze_time(TODAY)
    def test_bank_account_of_a_voucher_is_kept(self):
        account = self.env["res.partner.bank"].create(
            {"acc_number": "DE02120300000000202051", "partner_id": self.erika.id}
        )
        spare = self.env["res.partner.bank"].create(
            {"acc_number": "DE02500105170137075030", "partner_id": self.erika.id}
        )
        move = self._invoice()
        self.env.flush_all()
        self.env.cr.execute("UPDATE account_move SET partner_bank_id = %s WHERE id = %s", [account.id, move.id])
        self._erase(self.erika)
        self.assertTrue(account.exists())
        self.assertFalse(spare.exists())

    # ------------------------------------------------------------------ open money
    @freeze_time(TODAY)
    def test_unpaid_invoice_comes_first(self):
        self._invoice(paid=False)
        self.erika.comment = "Notiz"
        run = self._erase(self.erika)
        self.assertEqual((run.line_ids.state, run.line_ids.keep_until), ("restricted", False))
        self.assertEqual(run.line_ids.reason, "Unpaid invoices")
        self.assertEqual(self.erika.email, "erika.musterfrau@example.org")
        self.assertIn("Notiz", self.erika.comment)
        self.assertTrue(self.erika.drk_is_restricted)

    @freeze_time(TODAY)
    def test_night_after_the_payment_goes_on(self):
        move = self._invoice(paid=False)
        self._erase(self.erika)
        self._nightly()
        self.assertTrue(self.erika.email)
        self._collect(move.drk_charge_ids)
        self._nightly()
        self.assertFalse(self.erika.email)
        self.assertEqual(str(self.erika.drk_restricted_until), "2034-12-31")

    @freeze_time(TODAY)
    def test_fee_that_is_not_invoiced_comes_first(self):
        self._charge(50, service_date="2026-03-10")
        self.assertEqual(self._erase(self.erika).line_ids.reason, "Fees that are not invoiced yet")

    # ------------------------------------------------------------------ rights, associations
    @freeze_time(TODAY)
    def test_accountant_sees_restricted_people(self):
        move = self._invoice()
        self._erase(self.erika)
        self.assertEqual(self._as(self.accountant_a, move).partner_id.lastname, "Musterfrau")
        clerk = self._user("finance-clerk", "drk_gdpr.group_drk_gdpr_user")
        self.assertFalse(self._as(clerk, self.env["res.partner"]).search([("id", "=", self.erika.id)]))

    @freeze_time(TODAY)
    def test_other_association_is_untouched(self):
        """Not one row of the other association changes."""
        move = self._invoice(payer=self.erika_b, paid=False)
        twin = self._payer("Erika", "Musterfrau", self.association_b)
        records = twin, self.erika_b, move, move.line_ids, move.drk_charge_ids, move.message_ids
        before = self._rows(*records)
        self._invoice()
        self._erase(self.erika)
        self.assertEqual(self._rows(*records), before)
