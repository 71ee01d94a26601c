from datetime import datetime, timedelta

from odoo.tests import HttpCase, tagged
from odoo.tools import SQL


@tagged("post_install", "-at_install")
class TestHealth(HttpCase):
    def _get(self):
        response = self.url_open("/drk/health")
        return response.status_code, response.json()

    def _create_job(self, age):
        job = self.env["res.partner"].with_delay().exists()
        created = datetime.now() - timedelta(seconds=age)
        self.env.cr.execute("UPDATE queue_job SET date_created = %s WHERE uuid = %s", [created, job.uuid])

    def setUp(self):
        super().setUp()
        self.env.cr.execute("DELETE FROM queue_job")

    def test_all_is_well(self):
        self.assertEqual(self._get(), (200, {"status": "ok", "database": "ok", "jobs_waiting_since": None}))

    def test_jobs_that_just_came_are_no_alarm(self):
        self._create_job(age=10)
        self.assertEqual(self._get()[0], 200)

    def test_jobs_standing_still_are_an_alarm(self):
        self._create_job(age=900)
        status, body = self._get()
        self.assertEqual((status, body["status"]), (503, "jobs standing still"))
        self.assertTrue(body["jobs_waiting_since"])

    def test_a_long_queue_that_moves_is_no_alarm(self):
        self._create_job(age=900)
        for column in ("date_started", "date_done"):
            job = self.env["res.partner"].with_delay().exists()
            self.env.cr.execute(
                SQL(
                    "UPDATE queue_job SET state = 'done', %s = %s WHERE uuid = %s",
                    SQL.identifier(column),
                    datetime.now() - timedelta(seconds=100),
                    job.uuid,
                )
            )
            status, body = self._get()
            self.assertEqual((status, body["status"]), (200, "ok"))
            self.assertTrue(body["jobs_waiting_since"])
            self.env.cr.execute(
                SQL(
                    "UPDATE queue_job SET %s = %s WHERE uuid = %s",
                    SQL.identifier(column),
                    datetime.now() - timedelta(seconds=800),
                    job.uuid,
                )
            )
            self.assertEqual(self._get()[0], 503)

    def test_it_has_a_limit(self):
        codes = {self._get()[0] for _use in range(130)}  # two windows at most, sixty each
        self.assertEqual(codes, {200, 429})
