from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, users
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import FinanceCase


@tagged("post_install", "-at_install")
class TestCharge(FinanceCase):
    """What a charge is, and who may do what with it."""

    @users("accountant-a")
    def test_amount_is_rounded_by_the_currency(self):
        self.assertEqual(self._charge(49.999).amount, 50.0)

    @users("accountant-a")
    def test_currency_is_that_of_the_association(self):
        self.assertEqual(self._charge().currency_id, self.association_a.currency_id)

    @users("accountant-a")
    def test_charge_of_nothing_is_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._charge(0)

    @users("accountant-a")
    def test_service_cannot_end_before_it_begins(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._charge(service_date_end="2027-03-11")

    def test_payer_of_another_association_is_refused(self):
        with self.assertRaises(UserError):
            self._charge(payer=self.erika, company_id=self.association_b.id)

    def test_participant_of_another_association_is_refused(self):
        with self.assertRaises(UserError):
            self._charge(drk_person_id=self.erika_b.id)

    def test_payer_without_association_is_refused(self):
        nobody = self.env["res.partner"].with_context(drk_no_association=True).create({"name": "Nobody"})
        with self.assertRaises(ValidationError):
            self.env["drk.charge"]._drk_charge(
                [
                    {
                        "name": "Kurs",
                        "payer_id": nobody.id,
                        "company_id": self.association_a.id,
                        "revenue_kind_id": self._kind().id,
                        "amount": 1,
                    }
                ]
            )

    @users("accountant-a")
    def test_invoiced_charge_keeps_what_stands_on_the_invoice(self):
        charge = self._charge()
        charge._drk_invoice()
        for name, value in (("amount", 1), ("name", "x"), ("payer_id", self.firm.id), ("service_date", "2027-01-01")):
            with self.assertRaises(UserError):
                charge.write({name: value})

    @users("accountant-a")
    def test_invoiced_charge_cannot_be_deleted(self):
        charge = self._charge()
        charge._drk_invoice()
        with self.assertRaises(UserError):
            charge.unlink()

    @users("accountant-a")
    def test_links_to_invoices_cannot_be_forged(self):
        charge, other = self._charge(), self._charge()
        line = other._drk_invoice().invoice_line_ids
        for vals in (
            {"move_line_id": line.id},
            {"is_void": True},
            {"reversed_id": other.id},
            {"successor_id": other.id},
        ):
            with self.assertRaises(AccessError):
                charge.write(vals)
            with self.assertRaises(AccessError):
                self._charge(**vals)

    @users("accountant-a")
    def test_defaults_forge_no_link(self):
        other = self._charge()
        line = other._drk_invoice().invoice_line_ids
        self.env["ir.default"].set("drk.charge", "is_void", True, user_id=True)
        outer, context = self.env, {"default_move_line_id": line.id, "default_reversed_id": other.id}
        self.env = self.env(context={**self.env.context, **context, "default_state": "paid"})
        charge = self._charge()
        self.env = outer
        self.assertFalse(charge.move_line_id or charge.move_id or charge.reversed_id or charge.is_void)
        self.assertEqual(charge.state, "open")
        with self.assertRaises(AccessError):
            charge.write({"state": "paid"})

    @users("accountant-a")
    def test_voucher_is_kept_eight_years(self):
        charge = self._charge()
        self.assertFalse(charge.drk_keep_until)
        charge._drk_invoice("2027-03-15")
        self.assertEqual(str(charge.drk_keep_until), "2035-12-31")
        self.assertIn("AO § 147", charge.drk_keep_reason)

    def test_payer_and_participant_are_engaged(self):
        child = self._payer("Max", "Musterfrau")
        charge = self._charge(drk_person_id=child.id)
        lines = self.env["drk.engagement"].search([("res_model", "=", "drk.charge"), ("res_id", "=", charge.id)])
        self.assertEqual(lines.person_id, child | self.erika)
        self.assertEqual(len(set(lines.ids)), 2)

    def test_payer_who_takes_part_is_engaged_once(self):
        charge = self._charge()
        lines = self.env["drk.engagement"].search([("res_model", "=", "drk.charge"), ("res_id", "=", charge.id)])
        self.assertEqual(len(lines), 1)

    @users("cashier-a")
    def test_cashier_reads_charges_only(self):
        charge = self.env["drk.charge"].browse(self._sudo_charge().id)
        self.assertEqual(charge.amount, 50)
        with self.assertRaises(AccessError):
            charge.amount = 1
        with self.assertRaises(AccessError):
            self._charge()
        with self.assertRaises(AccessError):
            charge.action_drk_invoice()

    def test_other_association_finds_nothing(self):
        charge = self._sudo_charge()
        env = self.env(user=self.accountant_b, su=False, context={"allowed_company_ids": self.association_b.ids})
        self.assertFalse(env["drk.charge"].search([("id", "=", charge.id)]))
        with self.assertRaises(AccessError):
            env["drk.charge"].browse(charge.id).read(["amount"])

    def test_employee_without_role_sees_no_charges(self):
        clerk = self._user("clerk-without-money", "drk_gdpr.group_drk_gdpr_user")
        with self.assertRaises(AccessError):
            self._as(clerk, self._sudo_charge()).read(["amount"])

    def _sudo_charge(self, *args, **kwargs):
        outer, self.env = self.env, self.env(user=1, context={"allowed_company_ids": self.association_a.ids})
        try:
            return self._charge(*args, **kwargs)
        finally:
            self.env = outer

    @users("cashier-a")
    def test_contact_shows_the_open_amount(self):
        self._sudo_charge(50)
        self._sudo_charge(30)._drk_invoice()
        self._sudo_charge(20)
        partner = self.env["res.partner"].browse(self.erika.id)
        self.assertEqual(partner.drk_open_amount, 100)
        action = partner.action_drk_charges()
        self.assertEqual(self.env["drk.charge"].search_count(action["domain"]), 3)

    def test_clerk_sees_no_amounts_on_a_contact(self):
        clerk = self._user("clerk-without-money", "drk_gdpr.group_drk_gdpr_user")
        with self.assertRaises(AccessError):
            self._as(clerk, self.erika).read(["drk_open_amount"])
        self._as(clerk, self.erika).read(["name"])
