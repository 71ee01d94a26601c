import threading
from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.addons.drk_base.tests.common import DrkCase
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

FORM = "drk_base.test"


@tagged("post_install", "-at_install")
class TestRateLimit(DrkCase):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.limiter = self.env["drk.rate.limit"]

    def _counts(self, *addresses, limit=2):
        return [self.limiter._allow(FORM, address, limit, 60) for address in addresses]

    @freeze_time("2027-01-04 10:00:00")
    def test_third_use_in_the_window_is_refused(self):
        self.assertEqual(self._counts("192.0.2.1", "192.0.2.1", "192.0.2.1"), [True, True, False])

    @freeze_time("2027-01-04 10:00:00")
    def test_other_address_and_other_form_count_for_themselves(self):
        self._counts("192.0.2.1", "192.0.2.1")
        self.assertEqual(self._counts("192.0.2.2"), [True])
        self.assertTrue(self.limiter._allow("other", "192.0.2.1", 2, 60))

    def test_next_window_counts_anew(self):
        with freeze_time("2027-01-04 10:00:00"):
            self._counts("192.0.2.1", "192.0.2.1", "192.0.2.1")
        with freeze_time("2027-01-04 10:01:00"):
            self.assertEqual(self._counts("192.0.2.1"), [True])

    @freeze_time("2027-01-04 10:00:00")
    def test_sum_over_all_addresses(self):
        self.assertEqual(self._counts(None, None, None), [True, True, False])

    @freeze_time("2027-01-04 10:00:00")
    def test_neighbours_in_an_ipv6_network_count_as_one(self):
        self.assertEqual(self._counts("2001:db8::1", "2001:db8::2", "2001:db8::3"), [True, True, False])
        self.assertEqual(self._counts("2001:db8:0:1::1"), [True])

    def test_address_is_not_stored(self):
        self._counts("192.0.2.77")
        self.env.cr.execute("SELECT string_agg(t::text, ' ') FROM drk_rate_limit t")
        self.assertNotIn("192.0.2.77", self.env.cr.fetchone()[0])

    def test_old_windows_are_removed(self):
        with freeze_time(fields.Datetime.now() - timedelta(days=5)):
            self._counts("192.0.2.1")
        self._counts("192.0.2.1")
        self.limiter._gc_windows()
        self.env.cr.execute("SELECT COUNT(*) FROM drk_rate_limit WHERE form = %s", [FORM])
        self.assertEqual(self.env.cr.fetchone()[0], 1)

    def test_office_cannot_read_the_counters(self):
        clerk = self._user("clerk", "drk_base.group_drk_base_manager")
        with self.assertRaises(AccessError):
            self.limiter.with_user(clerk).search([])


@tagged("post_install", "-at_install")
class TestRateLimitParallel(TransactionCase):
    def test_limit_holds_across_connections(self):
        """Forty uses at the same moment on connections of their own: exactly the allowed number passes."""
        self.addCleanup(self._forget)
        results = []

        def use():
            barrier.wait(30)
            results.append(self.env["drk.rate.limit"]._hit(FORM, "some key", 86400) <= 25)

        barrier = threading.Barrier(20)
        for _round in range(2):
            threads = [threading.Thread(target=use) for _number in range(20)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        self.assertEqual((results.count(True), results.count(False)), (25, 15))

    def _forget(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM drk_rate_limit WHERE form = %s", [FORM])
