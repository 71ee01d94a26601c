from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import GdprCase

IDENTITY = ["lastname", "firstname", "drk_name_supplement_1", "drk_name_supplement_2", "drk_name_supplement_3"]


@tagged("post_install", "-at_install")
class TestInventory(GdprCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.models = cls.env["drk.inventory.model"]
        cls.rows = cls.env["drk.inventory.field"]

    def _row(self, model, field):
        return self.rows.search([("model", "=", model), ("field", "=", field)])

    def test_complete(self):
        """K-1.1-7: a stored field of any installed module that is missing in the inventory fails."""
        missing = self.models._missing_rows()
        self.assertFalse(missing, self._help(missing))

    def _help(self, missing):
        return (
            "Declare these in addons/<your add-on>/data/inventory/<your add-on>.csv (model;field;class;category;"
            "person_kinds;treatment;sheet;reason), then update the add-on:\n" + "\n".join(missing)
        )

    def test_missing_field_is_noticed(self):
        self._row("res.partner", "drk_birth_name").unlink()
        self.assertIn("res.partner;drk_birth_name", self.models._missing_rows())

    def test_missing_model_is_noticed(self):
        self.models.search([("model", "=", "drk.consent")]).unlink()
        self.assertIn("drk.consent;", self.models._missing_rows())

    def test_new_field_is_noticed(self):
        vals = {"name": "x_shoe_size", "model_id": self.env["ir.model"]._get_id("res.partner"), "ttype": "char"}
        self.env["ir.model.fields"].create(vals)
        self.assertIn("res.partner;x_shoe_size", self.models._missing_rows())

    def test_new_link_on_a_harmless_model_is_noticed(self):
        vals = {"name": "x_owner_id", "ttype": "many2one", "relation": "res.partner"}
        vals["model_id"] = self.env["ir.model"]._get_id("res.country")
        self.env["ir.model.fields"].create(vals)
        self.assertIn("res.country;x_owner_id", self.models._missing_rows())

    def test_column_without_a_field_is_noticed(self):
        self.env.cr.execute("ALTER TABLE res_partner ADD COLUMN old_mobile varchar")
        self.assertIn("res.partner;old_mobile", self.models._missing_rows())

    def test_table_without_a_model_is_noticed(self):
        self.env.cr.execute("CREATE TABLE old_people (name varchar)")
        self.assertIn("old_people;", self.models._missing_rows())

    def test_every_row_has_a_reason(self):
        self.assertFalse(self.models.search([("reason", "in", (False, ""))]))
        self.assertFalse(self.rows.search([("reason", "in", (False, ""))]))

    def test_personal_fields_say_whom_they_concern(self):
        self.assertFalse(self.rows.search([("is_personal", "=", True), ("person_kinds", "=", False)]).mapped("model"))

    def test_name_fields(self):
        """K-1.1-1: last name, first name and three supplements are stored and declared as identity."""
        self.erika.write(dict.fromkeys(IDENTITY, "Muster"))
        self.env.invalidate_all()
        for name in IDENTITY:
            self.assertEqual(self.erika[name], "Muster")
            self.assertEqual(self._row("res.partner", name).category, "identity")
            self.assertTrue(self._row("res.partner", name).is_personal, name)
            self.assertIn("lecturer", self._row("res.partner", name).person_kinds)

    def test_address_fields(self):
        """K-1.1-2: street, town, country and nationality are fields of their own, declared as personal."""
        germany = self.env.ref("base.de")
        vals = {"street": "Weg 1", "zip": "01067", "city": "Dresden", "country_id": germany.id}
        self.erika.write({**vals, "drk_nationality_id": self.env.ref("base.at").id})
        for name in (*vals, "drk_nationality_id"):
            self.assertTrue(self.erika[name])
            self.assertTrue(self._row("res.partner", name).is_personal, name)
        self.assertNotEqual(self.erika.country_id, self.erika.drk_nationality_id)

    def test_birth_fields(self):
        """K-1.1-3: date and place of birth and birth name are stored and declared."""
        self.erika.write({"drk_birth_name": "Alt", "drk_birth_place": "Köln", "birthdate_date": "1980-01-01"})
        for name in ("drk_birth_name", "drk_birth_place", "birthdate_date"):
            self.assertTrue(self.erika[name])
            self.assertTrue(self._row("res.partner", name).is_personal, name)
            self.assertEqual(self._row("res.partner", name).category, "birth")

    def test_bank_data(self):
        """K-1.1-5: bank details are stored with the person and declared as bank data."""
        account = self.env["res.partner.bank"].create(
            {"acc_number": "DE89370400440532013000", "partner_id": self.erika.id, "acc_holder_name": "Erika"}
        )
        self.assertEqual(account.partner_id, self.erika)
        for name in ("acc_number", "acc_holder_name"):
            self.assertEqual(self._row("res.partner.bank", name).category, "bank")
            self.assertTrue(self._row("res.partner.bank", name).is_personal, name)

    def test_report_by_kind_of_person(self):
        """K-1.1-7: the list of personal fields can be read for each kind of person."""
        rows = self._as(self.officer, self.rows)
        for kind in ("participant", "registration", "company", "lecturer", "address", "user"):
            found = rows.search([("is_personal", "=", True), ("person_kinds", "ilike", kind)])
            self.assertTrue(found, kind)
        self.assertFalse(rows.search([("is_personal", "=", True), ("category", "=", "technical")]))
        self.assertEqual(self._row("res.partner", "drk_birth_name").with_env(rows.env).label, "Birth name")

    def test_loading_again_changes_nothing(self):
        before = self.rows.search_count([])
        last = max(self.rows.search([]).mapped("write_date"))
        self.models._load_module_inventory("drk_gdpr")
        self.assertEqual(self.rows.search_count([]), before)
        self.assertEqual(max(self.rows.search([]).mapped("write_date")), last)

    def test_loading_repairs_and_removes(self):
        row = self._row("res.partner", "drk_birth_name")
        row.category = "technical"
        stale = self.rows.create(
            {"model": "gone", "field": "gone", "module": row.module, "category": "text", "reason": "Test"}
        )
        self.models._load_module_inventory("drk_gdpr")
        self.assertEqual(row.category, "birth")
        self.assertFalse(stale.exists())

    def test_links_to_people_have_an_index(self):
        """Whoever adds a link to a person adds its index: an erasure asks each table for a hundred people."""
        tables = [model._table for model in self.models._stored_models()]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.conrelid::regclass::text || '.' || a.attname FROM pg_constraint c
                  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                 WHERE c.contype = 'f' AND c.confrelid = 'res_partner'::regclass
                   AND c.conrelid::regclass::text = ANY(%s)
                   AND NOT EXISTS (
                           SELECT 1 FROM pg_index i
                            WHERE i.indrelid = c.conrelid AND i.indkey[0] = a.attnum AND i.indisvalid
                              AND (i.indpred IS NULL
                                   OR pg_get_expr(i.indpred, i.indrelid) = '(' || a.attname || ' IS NOT NULL)'))
                """,
                tables,
            )
        )
        self.assertFalse(rows, 'models.Index("(column) WHERE column IS NOT NULL") is missing')

    def test_module_without_inventory_is_no_error(self):
        self.models._load_module_inventory("base")
        self.models._load_module_inventory("no_such_module")

    def test_inventory_is_for_the_officer(self):
        with self.assertRaises(AccessError):
            self._as(self.clerk, self.rows).search([])
        with self.assertRaises(AccessError):
            self._as(self.officer, self._row("res.partner", "name")).reason = "x"
