from odoo.tests import tagged, warmup

from .common import ERIKA, GdprCase


@tagged("post_install", "-at_install")
class TestPerformance(GdprCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.people.with_context(tracking_disable=False)

    def test_match_is_one_query(self):
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.people._drk_match_person(self.association_a, ERIKA)

    @warmup
    def test_new_person_costs_one_query_more_than_a_partner_of_core(self):
        quiet = self.people.with_context(tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True)
        vals = {"company_id": self.association_a.id, "is_company": False, "email": "k@example.org", "city": "Berlin"}
        core = self._count(lambda n: quiet.create({**vals, "firstname": "Karl", "lastname": f"Kern {n}"}))
        ours = self._count(lambda n: self._person(self.association_a, firstname=f"Karl {n}"))
        self.assertLessEqual(ours, core + 1)
        self.assertLessEqual(ours, 9)

    def _count(self, function):
        function(1)
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        function(2)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_keys_are_indexed(self):
        self.env.cr.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'res_partner'")
        indexes = " ".join(row[0] for row in self.env.cr.fetchall())
        for key in ("drk_name_key", "drk_email_key", "drk_phone_key", "drk_address_key"):
            self.assertIn(f"(company_id, {key})", indexes)
