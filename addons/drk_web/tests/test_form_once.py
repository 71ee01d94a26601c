import threading

from freezegun import freeze_time
from odoo.addons.drk_web.tools import stamp
from odoo.tests import HttpCase, TransactionCase, tagged
from werkzeug.datastructures import FileStorage


@tagged("post_install", "-at_install")
class TestFormOnce(HttpCase):
    """A form acts once; the stamp says who made it and when."""

    def setUp(self):
        super().setUp()
        self.once = self.env["drk.form.once"]

    def test_first_wins_and_others_get_its_result(self):
        self.assertIs(self.once._claim("n1", "probe", "first"), True)
        self.assertIs(self.once._claim("n1", "probe", "second"), False)
        self.once._finish("n1", "first", "/danke")
        self.assertEqual(self.once._claim("n1", "probe", "second"), "/danke")
        self.assertEqual(self.once._result("n1"), "/danke")

    def test_same_request_may_claim_again(self):
        self.once._claim("n2", "probe", "first")
        self.once._finish("n2", "first", "/danke")
        self.assertIs(self.once._claim("n2", "probe", "first"), True)

    def test_released_form_can_be_sent_again(self):
        self.once._claim("n3", "probe", "first")
        self.once._release("n3", "first")
        self.assertIs(self.once._claim("n3", "probe", "second"), True)

    def test_dead_request_does_not_hold_the_form(self):
        with freeze_time("2031-01-01 10:00:00"):
            self.once._claim("n4", "probe", "first")
        with freeze_time("2031-01-01 10:02:00"):
            self.assertIs(self.once._claim("n4", "probe", "second"), True)

    def test_old_ones_are_removed(self):
        with freeze_time("2020-01-01"):
            self.once._claim("n5", "probe", "first")
        self.once._gc_old()
        self.assertFalse(self.once.search([("nonce", "=", "n5")]))

    def test_stamp(self):
        made = stamp.make(self.env, "probe")
        age, nonce = stamp.read(self.env, "probe", made)
        self.assertLess(age, 5)
        self.assertEqual(len(nonce), 22)
        self.assertNotEqual(made, stamp.make(self.env, "probe"))
        for wrong in (
            None,
            "",
            "x",
            FileStorage(filename=made),
            made.encode(),
            made[:-1] + ("0" if made[-1] != "0" else "1"),
            made + "\n",
            "9" + made[1:],
        ):
            self.assertIsNone(stamp.read(self.env, "probe", wrong))
        self.assertIsNone(stamp.read(self.env, "other", made))


@tagged("post_install", "-at_install")
class TestFormOnceParallel(TransactionCase):
    def test_clicks_at_the_same_moment(self):
        """Ten clicks at once on connections of their own: one acts, the others wait for it, nobody gets an error."""
        self.addCleanup(self._forget)
        results = []

        def claim(number):
            barrier.wait(30)
            try:
                results.append(self.env["drk.form.once"]._claim("parallel", "probe", f"request {number}"))
            except Exception as error:
                results.append(error)

        barrier = threading.Barrier(10)
        threads = [threading.Thread(target=claim, args=[number]) for number in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual((results.count(True), results.count(False)), (1, 9), results)

    def _forget(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM drk_form_once WHERE nonce = 'parallel'")
