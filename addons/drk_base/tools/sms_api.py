"""The ways a text message can leave, in the form core's module ``sms`` knows."""

import logging

import urllib3
from odoo.addons.sms.tools.sms_api import SmsApi, SmsApiBase

from . import services, sms

_logger = logging.getLogger(__name__)


class SmsApiOff(SmsApiBase):
    """The association sends no text messages: each is refused, nothing leaves the machine."""

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        reason = self.company._drk_sms_off_sentence()
        return [
            {"uuid": number["uuid"], "state": "drk_off", "failure_reason": reason}
            for message in messages
            for number in message["numbers"]
        ]


class SmsApiIap(SmsApi):
    """Odoo's own service, which is closed otherwise."""

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        with services.opened():
            return super()._send_sms_batch(messages, delivery_reports_url=delivery_reports_url)


class SmsApiHttp(SmsApiBase):
    """A gateway that takes one message by POST."""

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        return [
            self._send_one(number["number"], message["content"], number["uuid"])
            for message in messages
            for number in message["numbers"]
        ]

    def _send_one(self, number, text, uuid):
        number = sms.format_number(number, self.company.country_id)
        text = sms.clean_text(text)
        if not number:
            return {"uuid": uuid, "state": "wrong_number_format"}
        reason = self._refuse_text(text) or self._post(number, text)
        state = {"state": "drk_failed", "failure_reason": reason} if reason else {"state": "success"}
        return {"uuid": uuid, **state}

    def _refuse_text(self, text):
        return self.company._drk_sms_text_problem(text)

    def _post(self, number, text):
        """Return why the gateway did not take it, or nothing. Its answer may repeat the text: it is never read."""
        company = self.company
        try:
            status = company._drk_sms_post(*company._drk_sms_request(number, text))
        except urllib3.exceptions.NewConnectionError:
            return self.env._("The gateway cannot be reached.")
        except urllib3.exceptions.TimeoutError:
            return self.env._("The gateway did not answer in time. It is not certain whether the message was sent.")
        except sms.PrivateAddress:
            return self.env._("The gateway lies in a private network, which is not allowed.")
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as exc:
            _logger.info("SMS gateway: %s", type(exc).__name__)
            return self.env._("The gateway cannot be reached.")
        return None if 200 <= status < 300 else self.env._("The gateway refused the message (status %s).", status)
