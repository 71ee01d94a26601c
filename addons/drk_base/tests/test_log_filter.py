import io
import logging

import psycopg2
from odoo.addons.drk_base.tests.common import DrkCase
from odoo.addons.drk_base.tools import log_filter
from odoo.tests import HttpCase, tagged

SECRET = "Geheimnis"


@tagged("post_install", "-at_install")
class TestLogFilter(DrkCase):
    def _logged(self, logger="odoo.sql_db", level="ERROR"):
        return self.assertLogs(logger, level)

    def _fail(self, query, params=None):
        with self.assertRaises(psycopg2.Error), self.env.cr.savepoint():
            self.env.cr.execute(query, params)

    def _all_text(self, logs):
        formatter = logging.Formatter()
        return "\n".join([*logs.output, *map(formatter.format, logs.records)])

    def test_failed_constraint_hides_the_row(self):
        group = self.env["drk.offer.group"].create({"name": f"{SECRET}(\n1, x) Müller", "code": SECRET})
        self.env.flush_all()
        with self._logged() as logs:
            self._fail("UPDATE drk_offer_group SET company_id = NULL, code = %s WHERE id = %s", [SECRET, group.id])
        text = self._all_text(logs)
        self.assertNotIn(SECRET, text)
        self.assertNotIn("Müller", text)
        self.assertIn("company_id", text)
        self.assertIn("drk_offer_group", text)

    def test_duplicate_key_hides_the_key(self):
        self.env["drk.offer.group"].create({"name": "A", "code": SECRET})
        with self._logged() as logs, self.assertRaises(psycopg2.Error), self.env.cr.savepoint():
            self.env["drk.offer.group"].create({"name": "B", "code": SECRET})
            self.env.flush_all()
        self.assertNotIn(SECRET, self._all_text(logs))
        self.assertIn("unique constraint", self._all_text(logs))

    def test_bad_query_hides_its_values(self):
        with self._logged() as logs:
            self._fail("SELECT no_such_column FROM res_partner WHERE name = %s AND phone = %s", [SECRET, "0170 123"])
            self._fail("INSERT INTO no_table (a, b) VALUES (%s, 4711)", [f"{SECRET}\\"])
            self._fail("SELECT %s::int", [SECRET])
            self._fail("SELECT %s::date", [SECRET])
        text = self._all_text(logs)
        for hidden in (SECRET, "0170", "4711"):
            self.assertNotIn(hidden, text)
        self.assertIn("res_partner", text)

    def test_debug_sql_hides_values(self):
        with self._logged(level="DEBUG") as logs:
            self.env.cr.execute("SELECT id FROM res_partner WHERE name = %s", [SECRET])
        self.assertNotIn(SECRET, self._all_text(logs))
        self.assertIn("query: SELECT id FROM res_partner", self._all_text(logs))

    def test_traceback_hides_the_database_errors_and_their_causes(self):
        with self._logged("test.drk") as logs:
            try:
                try:
                    with self.env.cr.savepoint():
                        self.env.cr.execute("SELECT %s::int", [SECRET], log_exceptions=False)
                except psycopg2.Error as exc:
                    raise ValueError("wrapped") from exc
            except ValueError:
                logging.getLogger("test.drk").exception("It failed")
        text = self._all_text(logs)
        self.assertNotIn(SECRET, text)
        self.assertIn("ValueError: wrapped", text)
        self.assertIn("InvalidTextRepresentation", text)
        self.assertIn("Traceback", text)

    def test_handler_that_is_added_later_is_covered(self):
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        logger = logging.getLogger("test.drk.later")
        logger.propagate = False
        logger.addHandler(handler)
        self.addCleanup(logger.removeHandler, handler)
        logger.error("Failing row contains (1, %s, 2)", SECRET)
        logger.error("DETAIL: Key (email)=(%s) already exists.", SECRET)
        self.assertNotIn(SECRET, stream.getvalue())

    def test_exception_as_argument_is_cleaned(self):
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute("SELECT %s::int", [SECRET], log_exceptions=False)
        except psycopg2.Error as exc:
            with self._logged("test.drk") as logs:
                logging.getLogger("test.drk").error("Job failed: %s", exc)
                logging.getLogger("test.drk").error(exc)
        self.assertNotIn(SECRET, self._all_text(logs))

    def test_link_tokens_are_hidden(self):
        token = self.env["drk.link"]._sign("offer", 4)
        with self._logged("werkzeug", logging.INFO) as logs:
            logging.getLogger("werkzeug").info('127.0.0.1 - - "GET /kurse/angebot/%s?x=1 HTTP/1.1" 200', token)
        self.assertNotIn(token.split(".")[1], self._all_text(logs))
        self.assertIn("/kurse/angebot/dl1.…", self._all_text(logs))

    def test_mail_addresses_and_access_tokens_are_hidden(self):
        text = log_filter.clean_text("Mail from eva.muster@example.org to /my?access_token=abc-def&x=1")
        self.assertEqual(text, "Mail from …@example.org to /my?access_token=…&x=1")

    def test_ordinary_lines_stay_as_they_are(self):
        for text in ("Modules loaded.", "100% done (5 of 7)", "Key (a) is free", "job 17 took 3.5 s"):
            self.assertEqual(log_filter.clean_text(text), text)

    def test_wrong_call_of_the_logger_does_no_harm(self):
        record = logging.getLogRecordFactory()("x", logging.ERROR, "f", 1, "%d of %d", ("a",), None)
        self.assertEqual(record.msg, "%d of %d")

    def test_installing_twice_filters_once(self):
        factory = logging.getLogRecordFactory()
        log_filter.install()
        self.assertIs(logging.getLogRecordFactory(), factory)


@tagged("post_install", "-at_install")
class TestAccessLog(HttpCase):
    def test_access_line_of_the_server_hides_what_was_typed(self):
        token = self.env["drk.link"]._sign("offer", 4)
        with self.assertLogs("werkzeug", logging.INFO) as logs:
            self.url_open(f"/drk/nowhere/{token}?name={SECRET}&email=eva@example.org")
        text = "\n".join(logs.output)
        self.assertIn("/drk/nowhere/", text)
        for hidden in (SECRET, "eva", token):
            self.assertNotIn(hidden, text)
