import json
import logging
import socket
from pathlib import Path
from unittest.mock import patch
from urllib.parse import parse_qs

import urllib3
from odoo.addons.drk_base.models.res_company_sms import ResCompany
from odoo.addons.drk_base.tests.common import DrkCase
from odoo.addons.drk_base.tools import services, sms
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.api import Environment
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.orm.utils import SUPERUSER_ID
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

NUMBER = "+4915112345678"
GATEWAY = {
    "drk_sms_provider": "http",
    "drk_sms_url": "https://gateway.example.org/send",
    "drk_sms_token": "Bearer geheim",
}


class SmsCase(DrkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.association_a.partner_id.lang = "de_DE"
        cls.manager = cls._user("sms manager", "drk_base.group_drk_base_manager")
        cls.clerk = cls._user("sms clerk", "drk_base.group_drk_base_user")
        cls.partner = cls.env["res.partner"].create(
            {"name": "Mia Muster", "phone": "0151 12345678", "company_id": cls.association_a.id}
        )

    def setUp(self):
        super().setUp()
        self.posts, self.answer = [], 200
        self.startPatcher(patch.object(type(self.association_a), "_drk_sms_post", self._post))

    def _post(self, *args):
        self.posts.append(args[-4:])
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def _write(self, text="Der Kurs fällt aus.", number=None, **kwargs):
        model = self.env["drk.sms"]
        return model._send(kwargs.pop("company", self.association_a), self.partner, number, text, **kwargs)

    def _deliver(self, **kwargs):
        with trap_jobs() as trap:
            message = self._write(**kwargs)
            trap.perform_enqueued_jobs()
        return message


@tagged("post_install", "-at_install")
class TestSms(SmsCase):
    # ---- off ----------------------------------------------------------------

    def test_off_is_the_default_and_says_so(self):
        with trap_jobs() as trap:
            message = self._write()
            trap.assert_jobs_count(0)
        self.assertEqual(message.state, "off")
        name = self.association_a.name
        self.assertEqual(
            message.failure_reason, f"Textnachrichten sind für {name} ausgeschaltet: Es wurde nichts gesendet."
        )
        self.assertFalse(self.posts)

    def test_switched_off_while_the_message_waited(self):
        self.association_a.write(GATEWAY)
        with trap_jobs() as trap:
            message = self._write()
            self.association_a.drk_sms_provider = "off"
            trap.perform_enqueued_jobs()
        self.assertEqual((message.state, self.posts), ("off", []))

    # ---- gateway ------------------------------------------------------------

    def test_gateway_gets_number_and_text_as_json(self):
        self.association_a.write({**GATEWAY, "drk_sms_sender": "DRK MUS"})
        room = self.env["drk.room"].create({"name": "Lehrsaal"})
        message = self._deliver(record=room)
        self.assertEqual((message.state, message.number, message.failure_reason), ("sent", NUMBER, False))
        self.assertTrue(message.date_sent)
        self.assertEqual((message.res_model, message.res_id), ("drk.room", room.id))
        self.assertEqual(message.with_user(self.manager).action_open_record()["res_id"], room.id)
        [(url, body, headers, timeout)] = self.posts
        self.assertEqual((url, timeout), ("https://gateway.example.org/send", 10))
        self.assertEqual(json.loads(body), {"to": NUMBER, "from": "DRK MUS", "text": "Der Kurs fällt aus."})
        self.assertEqual((headers["Authorization"], headers["Content-Type"]), ("Bearer geheim", "application/json"))

    def test_gateway_gets_a_form(self):
        self.association_a.write(
            {**GATEWAY, "drk_sms_format": "form", "drk_sms_template": "to={{number}}&text={{text}}&type=1"}
        )
        text = "A & B = 100 %\n{{number}}"
        self.assertEqual(self._deliver(text=text).state, "sent")
        self.assertEqual(parse_qs(self.posts[0][1].decode()), {"to": [NUMBER], "text": [text], "type": ["1"]})

    def test_refusal_is_logged(self):
        self.association_a.write(GATEWAY)
        for status in (301, 400, 401, 500):
            self.answer = status
            message = self._deliver()
            self.assertEqual(message.state, "failed")
            self.assertEqual(message.failure_reason, f"Das Gateway hat die Nachricht abgelehnt (Status {status}).")

    def test_time_out_says_that_nothing_is_certain(self):
        self.association_a.write(GATEWAY)
        self.answer = urllib3.exceptions.ReadTimeoutError(None, None, "late")
        message = self._deliver()
        self.assertEqual(message.state, "failed")
        self.assertIn("nicht rechtzeitig geantwortet", message.failure_reason)

    def test_unreachable_gateway(self):
        self.association_a.write(GATEWAY)
        for error in (urllib3.exceptions.ProtocolError("x"), OSError("x"), ValueError("x")):
            self.answer = error
            message = self._deliver()
            self.assertEqual((message.state, message.failure_reason), ("failed", "Das Gateway ist nicht erreichbar."))
        self.answer = sms.PrivateAddress("x")
        self.assertIn("privaten Netz", self._deliver().failure_reason)

    def test_log_names_neither_number_nor_text_nor_token(self):
        self.association_a.write(GATEWAY)
        self.answer = urllib3.exceptions.ProtocolError(f"{NUMBER} Bearer geheim")
        lines = []
        with (
            patch.object(logging.Logger, "isEnabledFor", lambda logger, level: True),
            patch.object(logging.Logger, "handle", lambda logger, record: lines.append(record.getMessage())),
        ):
            self._deliver(text="Sehr vertraulich")
        log = "\n".join(lines)
        self.assertIn("SMS gateway: ProtocolError", log)
        self.assertIn("Send batch", log)
        for secret in ("vertraulich", "geheim", NUMBER):
            self.assertFalse([line for line in lines if secret in line and "query" not in line], secret)

    # ---- Odoo's service --------------------------------------------------------

    def _deliver_by_iap(self, answer, **kwargs):
        self.association_a.drk_sms_provider = "iap"
        calls = []

        def core_jsonrpc(url, method="call", params=None, timeout=15):
            calls.append(params)
            if isinstance(answer, Exception):
                raise answer
            return [
                {"uuid": number["uuid"], "state": answer} for part in params["messages"] for number in part["numbers"]
            ]

        with (
            patch.object(services, "core_jsonrpc", core_jsonrpc),
            patch("odoo.addons.sms.tools.sms_api.SmsApi._contact_iap", self._contact(core_jsonrpc)),
        ):
            return self._deliver(**kwargs), calls

    def _contact(self, core_jsonrpc):
        def contact(api, local_endpoint, params, timeout=15):
            return services.guard("https://iap.example.org" + local_endpoint, params=params, timeout=timeout)

        return contact

    def test_service_of_odoo_sends(self):
        message, calls = self._deliver_by_iap("success")
        self.assertEqual((message.state, len(calls), self.posts), ("sent", 1, []))
        self.assertEqual(calls[0]["messages"][0]["content"], "Der Kurs fällt aus.")

    def test_service_of_odoo_refuses(self):
        message, _calls = self._deliver_by_iap("insufficient_credit")
        self.assertEqual(message.state, "failed")
        self.assertTrue(message.failure_reason)

    def test_service_of_odoo_is_away(self):
        message, _calls = self._deliver_by_iap(AccessError("x"))
        self.assertEqual(message.state, "failed")
        self.assertTrue(message.failure_reason)

    def test_other_associations_and_services_stay_closed(self):
        with patch.object(services, "core_jsonrpc") as core:
            with self.assertRaises(AccessError):
                services.guard("https://example.org")
            with self.assertRaises(RuntimeError), services.opened():
                raise RuntimeError
            with self.assertRaises(AccessError):
                services.guard("https://example.org")
            core.assert_not_called()

    def test_account_of_the_service_is_opened_for_who_uses_it(self):
        account = self.env["iap.account"].get("sms")
        wizard = self.env["sms.account.phone"].create({"account_id": account.id, "phone_number": NUMBER})
        with patch.object(services, "core_jsonrpc", return_value={"state": "success"}) as core:
            with self.assertRaises(AccessError):
                wizard.action_send_verification_code()
            core.assert_not_called()
            self.association_a.drk_sms_provider = "iap"
            wizard.action_send_verification_code()
            code = self.env["sms.account.code"].create({"account_id": account.id, "verification_code": "1"})
            code.action_register()
            self.env["sms.account.sender"].create(
                {"account_id": account.id, "sender_name": "DRK"}
            ).action_set_sender_name()
            self.assertEqual(core.call_count, 3)

    # ---- hostile input -----------------------------------------------------------

    def test_numbers_that_are_none_are_not_sent(self):
        self.association_a.write(GATEWAY)
        self.partner.phone = False
        hostile = ["", "110", "0900 1234567", "+49 900 1234567", "abc", "+", "1" * 31, "0" * 500]
        hostile += [
            "0151 12345678\n+4915187654321",
            "0151 12345678,0151 87654321",
            "tel:0151 12345678;ext=9",
            "٠١٥١١٢٣٤٥٦٧٨",
        ]
        hostile += ["0151 FLOWERS", "{{text}}", "'; DROP TABLE drk_sms; --", "<script>", "0151 1234567\t8,"]
        for number in hostile:
            with trap_jobs() as trap:
                message = self._write(number=number)
                trap.assert_jobs_count(0)
            self.assertEqual(message.state, "failed", repr(number))
            self.assertTrue(message.failure_reason)
        self.assertFalse(self.posts)

    def test_numbers_get_their_international_form(self):
        self.association_a.write(GATEWAY)
        for number in (
            "0151 12345678",
            "0151/123456-78",
            "+49 (0) 151 12345678",
            "0049 151 12345678",
            "\u202a+49\u00a0151 12345678\u202c\x00",
        ):
            self.assertEqual(self._deliver(number=number).number, NUMBER, number)
        self.assertEqual(self._deliver(number="+43 664 1234567").number, "+436641234567")

    def test_hostile_texts_stay_one_value(self):
        self.association_a.write(GATEWAY)
        texts = [
            '","to":"+4917612345678","x":"',
            "{{number}} {{sender}}",
            "\\u0000\\",
            "<b>&amp;",
            "%s %(x)s {0}",
            "👩‍🚒 Übung",
        ]
        for text in texts:
            self._deliver(text=text)
            self.assertEqual(json.loads(self.posts[-1][1]), {"to": NUMBER, "from": "", "text": text})

    def test_control_characters_are_dropped(self):
        self.association_a.write(GATEWAY)
        message = self._deliver(text=" A\x00B\x1b[31m\u202eC\r\nD\ud800\u200b ")
        self.assertEqual(message.text, "AB[31mC\nD")

    def test_empty_and_too_long_texts_are_refused(self):
        self.association_a.write(GATEWAY)
        for text in ("", None, " \n\x00", "a" * 1072, "Ж" * 470):
            message = self._deliver(text=text)
            self.assertEqual(message.state, "failed")
            self.assertTrue(message.failure_reason)
        self.assertFalse(self.posts)
        self.assertEqual(self._deliver(text="a" * 1071).state, "sent")
        message = self._deliver(text="Ж" * 469)
        self.assertEqual((message.state, message.parts), ("sent", 7))
        german = message.with_context(lang="de_DE")
        self.assertEqual(german.length_hint, "469 Zeichen, 7 von höchstens 7 Teilen")

    def test_parts(self):
        lengths = {"": 0, "a": 1, "ä" * 160: 1, "a" * 161: 2, "€" * 80: 1, "€" * 81: 2, "Ж" * 70: 1, "Ж" * 71: 2}
        for text, parts in {**lengths, "😀" * 35: 1, "😀" * 36: 2}.items():
            self.assertEqual(sms.count_parts(text), parts, text)

    def test_partner_of_another_association_is_refused(self):
        with self.assertRaises(UserError):
            self._write(company=self.association_b)

    # ---- once ------------------------------------------------------------------

    def test_job_that_runs_again_sends_nothing(self):
        self.association_a.write(GATEWAY)
        message = self._deliver()
        message._deliver()
        message.copy_data  # noqa: B018  the same record, read again
        self.assertEqual((len(self.posts), message.state), (1, "sent"))

    def test_interrupted_message_is_not_sent_again_by_itself(self):
        self.association_a.write(GATEWAY)
        with trap_jobs():
            message = self._write()
        message.state = "sending"
        message._deliver()
        self.assertEqual((message.state, self.posts), ("failed", []))
        self.assertIn("nicht sicher", message.failure_reason)

    def test_deleted_message_is_no_error(self):
        self.association_a.write(GATEWAY)
        with trap_jobs() as trap:
            self._write().unlink()
            trap.perform_enqueued_jobs()
        self.assertFalse(self.posts)

    def test_core_queue_does_not_send_again_what_failed(self):
        self.association_a.write(GATEWAY)
        self.answer = 500
        message = self._deliver()
        core = message.sms_id
        self.assertTrue(core.to_delete)
        core.resend_failed()
        self.assertEqual(len(self.posts), 1)

    def test_manager_sends_again_what_failed(self):
        self.association_a.write(GATEWAY)
        self.answer = 500
        message = self._deliver().with_user(self.manager)
        self.answer = 200
        with trap_jobs() as trap:
            message.action_retry()
            trap.assert_jobs_count(1)
            self.assertEqual((message.state, message.attempt), ("queued", 2))
            trap.perform_enqueued_jobs()
        self.assertEqual((message.state, len(self.posts)), ("sent", 2))
        with self.assertRaises(UserError):
            message.action_retry()

    def test_retry_takes_a_number_that_was_added(self):
        self.association_a.write(GATEWAY)
        self.partner.phone = False
        message = self._deliver()
        self.assertEqual(message.failure_reason, "Keine Telefonnummer.")
        self.partner.phone = "0151 12345678"
        with trap_jobs():
            message.action_retry()
        self.assertEqual((message.state, message.number), ("queued", NUMBER))

    # ---- rights ------------------------------------------------------------------

    def test_log_is_for_managers_of_the_own_association(self):
        message = self._write()
        foreign = self._user("sms b", "drk_base.group_drk_base_manager", self.association_b)
        self.assertEqual(message.with_user(self.manager).text, "Der Kurs fällt aus.")
        self.assertNotIn(message.id, self._as(foreign, message).search([]).ids)
        for user in (foreign, self.clerk):
            for call in (lambda m: m.read(["text"]), lambda m: m.action_retry(), lambda m: m.write({"text": "x"})):
                with self.assertRaises(AccessError):
                    call(self._as(user, message))

    def _as(self, user, message):
        return message.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)

    def test_nobody_writes_the_log_by_hand(self):
        message = self._write().with_user(self.manager)
        for call in (
            lambda: message.write({"state": "sent"}),
            lambda: message.unlink(),
            lambda: message.create({"number": NUMBER}),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_only_system_administrators_choose_the_way(self):
        officer = self._user("sms officer", "base.group_erp_manager,drk_base.group_drk_base_manager")
        for user in (self.manager, officer):
            company = self.association_a.with_user(user)
            for vals in ({"drk_sms_provider": "iap"}, {"drk_sms_url": "https://example.org"}, {"drk_sms_token": "x"}):
                with self.assertRaises(AccessError):
                    company.write(vals)
            with self.assertRaises(AccessError):
                company.read(["drk_sms_token"])
        system = self._user("sms system", "base.group_system")
        self.association_a.with_user(system).write(GATEWAY)
        self.assertEqual(self.association_a.drk_sms_provider, "http")

    def test_composer_is_read_by_its_writer_only(self):
        composer = (
            self.env["sms.composer"]
            .with_user(self.clerk)
            .create({"composition_mode": "numbers", "numbers": NUMBER, "body": "Geheim"})
        )
        with self.assertRaises(AccessError):
            composer.with_user(self.manager).read(["body"])


@tagged("post_install", "-at_install")
class TestSmsSettings(SmsCase):
    def _refused(self, **vals):
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.association_a.write({**GATEWAY, **vals})

    def test_only_public_https_addresses(self):
        for url in (
            *(
                "http://gateway.example.org",
                "ftp://gateway.example.org",
                "gateway.example.org",
                "https://",
                "javascript:x",
            ),
            *("https://user:pw@gateway.example.org", "https://gateway.example.org/#x", "https://gate way.example.org"),
            *("https://localhost", "https://LOCALHOST.", "https://intranet", "https://a.local", "https://a.internal"),
            *("https://127.0.0.1", "https://10.0.0.5:8443/x", "https://192.168.1.1", "https://169.254.169.254/latest"),
            *("https://[::1]", "https://[::ffff:127.0.0.1]", "https://[fe80::1]", "https://0.0.0.0", "https://127.1"),
            *(
                "https://2130706433",
                "https://0x7f.1",
                "https://gateway.example.org:0",
                "https://gateway.example.org:99999",
            ),
            *(
                "https://gateway.example.org\\@127.0.0.1",
                "https://gäteway.example.org",
                "https://gateway.example.org\n",
            ),
            *("https://[2002:7f00:1::]", "https://[::1", False),
        ):
            self._refused(drk_sms_url=url)

    def test_address_is_checked_while_it_is_not_in_use(self):
        with self.assertRaises(ValidationError):
            self.association_a.drk_sms_url = "https://127.0.0.1"

    def test_private_address_by_system_parameter(self):
        self.env["ir.config_parameter"].set_param("drk_base.sms_allow_private", "True")
        self.association_a.write({**GATEWAY, "drk_sms_url": "https://10.0.0.5/send"})
        self._refused(drk_sms_url="http://10.0.0.5/send")

    def test_name_that_leads_into_the_private_network_is_not_called(self):
        for address in ("127.0.0.1", "10.1.1.1", "::1", "::ffff:10.0.0.1", "fe80::1%eth0"):
            found = [(0, 0, 0, "", ("93.184.216.34", 443)), (0, 0, 0, "", (address, 443))]
            with patch.object(socket, "getaddrinfo", return_value=found):
                with self.assertRaises(sms.PrivateAddress):
                    sms.resolve("gateway.example.org", 443)
                self.assertEqual(sms.resolve("gateway.example.org", 443, allow_private=True), "93.184.216.34")

    def test_template_holds_number_and_text(self):
        for template in (
            *("", False, "{", "[]", '"{{number}}{{text}}"', '{"to": "{{number}}"}', '{"{{number}}": "{{text}}"}'),
            *('{"to": {{number}}, "text": "{{text}}"}', "to={{number}}&text={{text}}"),
        ):
            self._refused(drk_sms_template=template)
        for template in ("", "text={{text}}", "to", '{"to": "{{number}}", "text": "{{text}}"}'):
            self._refused(drk_sms_format="form", drk_sms_template=template)
        self.association_a.write({**GATEWAY, "drk_sms_template": '{"m": [{"to": ["{{ number }}"], "t": "{{text}}"}]}'})

    def test_header_smuggles_nothing_in(self):
        for header, token in (("X-Key", "a\r\nX: b"), ("X\nY", "a"), ("Host", "a"), ("content-length", "0"), ("", "a")):
            self._refused(drk_sms_header=header, drk_sms_token=token)

    def test_sender(self):
        for sender in ("DRK", "DRK MUS", "+4922112345"):
            self.association_a.drk_sms_sender = sender
        for sender in ("D", "Kreisverband Musterstadt", "DRK\nX", "<b>", "DRK ÄÖÜ"):
            self._refused(drk_sms_sender=sender)

    def test_time_limit(self):
        for seconds in (0, -1, 61):
            with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.association_a.drk_sms_timeout = seconds
                self.env.flush_all()

    def test_copies_of_the_database_are_silent(self):
        self.association_a.write(GATEWAY)
        self.env.flush_all()
        script = Path(__file__).parent.parent / "data" / "neutralize.sql"
        self.env.cr.execute(script.read_text(encoding="utf-8"))
        self.env.invalidate_all()
        self.assertEqual((self.association_a.drk_sms_provider, self.association_a.drk_sms_token), ("off", False))
        self.assertEqual(self._write().state, "off")

    def test_no_network_in_tests(self):
        self.association_a.write(GATEWAY)
        with patch("odoo.addons.drk_base.tools.https.post") as post, self.assertRaises(urllib3.exceptions.HTTPError):
            ResCompany._drk_sms_post(self.association_a, *self.association_a._drk_sms_request(NUMBER, "x"))
        post.assert_not_called()
        with (
            patch("odoo.addons.drk_base.tools.https.post", return_value=204) as post,
            patch("odoo.modules.module.current_test", None),
        ):
            status = ResCompany._drk_sms_post(self.association_a, *self.association_a._drk_sms_request(NUMBER, "x"))
        self.assertEqual((status, post.call_count), (204, 1))


@tagged("post_install", "-at_install")
class TestSmsOfCore(SmsCase):
    """Core's composer, its queue and its messages leave by the way of the association, or not at all."""

    def _compose(self, **vals):
        composer = self.env["sms.composer"].with_user(self.env.ref("base.user_admin")).sudo(False)
        composer = composer.with_context(allowed_company_ids=self.association_a.ids)
        base = {"composition_mode": "comment", "res_model": "res.partner", "res_id": self.partner.id, "body": "Hallo"}
        return composer.create({**base, **vals})

    def setUp(self):
        super().setUp()
        self.env.ref("base.user_admin").company_ids += self.association_a + self.association_b

    def _notification(self):
        return self.env["mail.notification"].search(
            [("notification_type", "=", "sms"), ("mail_message_id.res_id", "=", self.partner.id)], limit=1
        )

    def test_composer_says_that_it_is_off(self):
        for vals in (
            {},
            {"composition_mode": "mass", "res_ids": repr(self.partner.ids)},
            {"composition_mode": "numbers", "numbers": NUMBER},
        ):
            with self.assertRaisesRegex(UserError, "Text messages are switched off for"):
                self._compose(**vals).action_send_sms()
        self.association_a.write(GATEWAY)
        self.partner.company_id = self.association_b
        with self.assertRaisesRegex(UserError, "Beispielhausen"):
            self._compose().action_send_sms()
        self.assertFalse(self.posts)

    def test_composer_sends_by_the_gateway(self):
        self.association_a.write(GATEWAY)
        self._compose().action_send_sms()
        self.assertEqual(json.loads(self.posts[0][1])["to"], NUMBER)
        self.assertEqual(self._notification().notification_status, "pending")
        self._compose(composition_mode="numbers", numbers=NUMBER).action_send_sms()
        self.assertEqual(len(self.posts), 2)

    def test_message_of_a_program_is_refused_with_a_reason(self):
        """Server actions and other add-ons post without the composer."""
        with patch.object(services, "core_jsonrpc") as core:
            self.partner._message_sms("Hallo")
            core.assert_not_called()
        self.assertFalse(self.posts)
        notification = self._notification()
        self.assertEqual(notification.notification_status, "exception")
        self.assertIn("ausgeschaltet", notification.failure_reason)

    def test_queue_asks_each_association(self):
        self.association_a.write(GATEWAY)
        messages = self.env["sms.sms"]
        for company in self.association_a + self.association_b:
            messages += self.env["sms.sms"].with_company(company).create({"number": NUMBER, "body": company.name})
        with self.enter_registry_test_mode():
            self.env.ref("sms.ir_cron_sms_scheduler_action").with_user(SUPERUSER_ID).method_direct_trigger()
        self.assertEqual(messages.mapped("state"), ["pending", "error"])
        self.assertEqual(
            [json.loads(body)["text"] for _url, body, _head, _time in self.posts], [self.association_a.name]
        )
        self.assertTrue(messages[1].drk_failure_reason)

    def test_foreign_way_in_the_context_changes_nothing(self):
        message = self.env["sms.sms"].create({"number": NUMBER, "body": "Hallo"})
        with patch.object(services, "core_jsonrpc") as core:
            message.with_context(sms_api=object())._send()
            core.assert_not_called()
        self.assertEqual((message.state, self.posts), ("error", []))

    def test_gateway_checks_what_core_did_not(self):
        self.association_a.write(GATEWAY)
        for number, body in (("0900 1234567", "Hallo"), (NUMBER, "a" * 1072), (False, "Hallo")):
            message = self.env["sms.sms"].create({"number": number, "body": body})
            message.send()
            self.assertEqual(message.state, "error")
        self.assertFalse(self.posts)


@tagged("post_install", "-at_install")
class TestSmsInterrupted(TransactionCase):
    """On connections of their own, with committed data: the process dies, two processes do the same message."""

    def setUp(self):
        super().setUp()
        self.posts, self.meanwhile = [], None
        self.startPatcher(patch.object(type(self.env.company), "_drk_sms_post", self._post))
        with self.registry.cursor() as cr, trap_jobs():
            env = Environment(cr, SUPERUSER_ID, {})
            company = env.ref("base.main_company")
            self.before = company.read(["drk_sms_provider", "drk_sms_url", "country_id"], load=None)[0]
            company.write({**GATEWAY, "drk_sms_token": False, "country_id": env.ref("base.de").id})
            self.message_id = env["drk.sms"]._send(company, env["res.partner"], NUMBER, "Test").id
        self.addCleanup(self._remove)

    def _remove(self):
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            env["drk.sms"].browse(self.message_id).sms_id.unlink()
            env["drk.sms"].browse(self.message_id).unlink()
            env.ref("base.main_company").write({key: value for key, value in self.before.items() if key != "id"})

    def _post(self, *args):
        self.posts.append(args[-4:])
        if self.meanwhile:
            self.meanwhile()
        return 200

    def _run(self):
        with self.registry.cursor() as cr:
            Environment(cr, SUPERUSER_ID, {})["drk.sms"].browse(self.message_id)._deliver()

    def _state(self):
        with self.registry.cursor() as cr:
            return Environment(cr, SUPERUSER_ID, {})["drk.sms"].browse(self.message_id).state

    def test_second_process_leaves_the_message_to_the_first(self):
        self.meanwhile = self._run
        self._run()
        self._run()
        self.assertEqual((len(self.posts), self._state()), (1, "sent"))

    def test_killed_process_sends_nothing_twice(self):
        """The result is lost after the gateway was asked; what was claimed stays claimed."""

        def die():
            raise SystemExit

        self.meanwhile = die
        with self.assertRaises(SystemExit):
            self._run()
        self.assertEqual(self._state(), "sending")
        self.meanwhile = None
        for _run in range(2):
            self._run()
            self.assertEqual((len(self.posts), self._state()), (1, "failed"))
