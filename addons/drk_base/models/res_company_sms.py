import urllib3
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.modules import module
from odoo.tools import str2bool

from ..tools import https, sms
from ..tools.sms_api import SmsApiHttp, SmsApiIap, SmsApiOff

_SYSTEM = "base.group_system"  # where messages go and what they cost is no matter of an office
JSON_TEMPLATE = '{"to": "{{number}}", "from": "{{sender}}", "text": "{{text}}"}'


class ResCompany(models.Model):
    """How the text messages of an association leave."""

    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    drk_sms_provider = fields.Selection(
        [("off", "Off: nothing is sent"), ("iap", "Service of Odoo"), ("http", "Gateway by HTTPS")],
        "Text messages",
        default="off",
        required=True,
        groups=_SYSTEM,
    )
    drk_sms_sender = fields.Char("Sender", groups=_SYSTEM, help="3 to 11 letters and digits, or a telephone number.")
    drk_sms_url = fields.Char("Address of the gateway", groups=_SYSTEM, help="Begins with https://")
    drk_sms_format = fields.Selection(
        [("json", "JSON"), ("form", "Form")], "Body", default="json", required=True, groups=_SYSTEM
    )
    drk_sms_template = fields.Text(
        "Template",
        default=JSON_TEMPLATE,
        groups=_SYSTEM,
        help="JSON object or form (to={{number}}&text={{text}}) with {{number}}, {{text}} and, if wanted, {{sender}}.",
    )
    drk_sms_header = fields.Char("Header", default="Authorization", groups=_SYSTEM)
    drk_sms_token = fields.Char("Value of the header", groups=_SYSTEM, help="Secret, e.g. Bearer and the key.")
    drk_sms_timeout = fields.Integer("Time limit (seconds)", default=10, groups=_SYSTEM)

    _drk_sms_timeout_range = models.Constraint(
        "CHECK(drk_sms_timeout BETWEEN 1 AND 60)", "The time limit lies between 1 and 60 seconds."
    )

    @api.constrains("drk_sms_provider", "drk_sms_url", "drk_sms_format", "drk_sms_template")
    def _check_drk_sms_gateway(self):
        for company_sudo in self.sudo():  # the fields are the system administrators'
            if company_sudo.drk_sms_url:
                company_sudo._check_drk_sms_url()
            if company_sudo.drk_sms_provider == "http":
                company_sudo._check_drk_sms_complete()

    def _check_drk_sms_url(self):
        try:
            sms.check_url(self.drk_sms_url, self._drk_sms_allow_private())
        except sms.PrivateAddress as exc:
            raise ValidationError(self.env._("The gateway must not lie in a private network.")) from exc
        except ValueError as exc:
            raise ValidationError(
                self.env._("The address of the gateway begins with https:// and holds no password.")
            ) from exc

    def _check_drk_sms_complete(self):
        if not self.drk_sms_url:
            raise ValidationError(self.env._("Please enter the address of the gateway."))
        try:
            sms.check_template(self.drk_sms_format, self.drk_sms_template or "")
        except ValueError as exc:
            raise ValidationError(
                self.env._("The template must be valid and hold {{number}} and {{text}}, each within a value.")
            ) from exc

    @api.constrains("drk_sms_sender", "drk_sms_header", "drk_sms_token")
    def _check_drk_sms_words(self):
        for company_sudo in self.sudo():  # the fields are the system administrators'
            if company_sudo.drk_sms_sender and not sms.is_sender(company_sudo.drk_sms_sender):
                raise ValidationError(self.env._("The sender has 3 to 11 letters and digits, or is a number."))
            header, token = company_sudo.drk_sms_header or "", company_sudo.drk_sms_token or ""
            if (header or token) and not sms.is_header(header, token):
                raise ValidationError(self.env._("The header of the gateway cannot be sent like this."))

    # ---- sending ----------------------------------------------------------------

    def _get_sms_api_class(self):
        """Whatever sends a text message in core asks this: the setting of the association decides."""
        self.ensure_one()
        classes = {"iap": SmsApiIap, "http": SmsApiHttp}
        return classes.get(self.sudo().drk_sms_provider, SmsApiOff)  # sudo: which way, not what is behind it

    def _drk_sms_api(self):
        """Return the way of this association's messages, with reasons in the language of its office."""
        env = self.with_context(allowed_company_ids=self.ids, lang=self._drk_office_lang()).env
        api_class = self._get_sms_api_class()
        sms_api = api_class(env)
        sms_api._set_company(self.with_env(env))
        return sms_api

    def _drk_office_lang(self):
        """Return the code of the language in which the office reads reasons, whoever was at work."""
        active = dict(self.env["res.lang"].get_installed())
        wanted = (self.sudo().partner_id.lang, "de_DE")  # sudo: no more than a language
        return next((code for code in wanted if code in active), self.env.lang or "en_US")

    def _drk_sms_is_off(self):
        """Return whether this association sends no text messages."""
        self.ensure_one()
        return self._get_sms_api_class() is SmsApiOff

    def _drk_sms_off_sentence(self):
        return self.env._("Text messages are switched off for %s: nothing was sent.", self.sudo().name)

    def _drk_sms_text_problem(self, text):
        """Return why this text cannot be sent, or False.

        :param str text: cleaned text
        """
        if not text:
            return self.env._("The text is empty.")
        parts = sms.count_parts(text)
        if parts > sms.MAX_PARTS:
            return self.env._(
                "The text is too long: %(parts)s parts, at most %(max)s are sent.", parts=parts, max=sms.MAX_PARTS
            )
        return False

    def _drk_sms_request(self, number, text):
        """Return what the gateway is asked: address, body, headers, time limit."""
        company_sudo = self.sudo()  # the fields are the system administrators'
        values = {"number": number, "text": text, "sender": company_sudo.drk_sms_sender or ""}
        body, content_type = sms.build_body(company_sudo.drk_sms_format, company_sudo.drk_sms_template or "", values)
        headers = {"Content-Type": content_type, "Accept": "*/*", "User-Agent": "drk"}
        if company_sudo.drk_sms_token:
            headers[company_sudo.drk_sms_header] = company_sudo.drk_sms_token
        return company_sudo.drk_sms_url, body, headers, company_sudo.drk_sms_timeout

    def _drk_sms_post(self, url, body, headers, timeout):
        """Do the one network call of text messages; tests replace it.

        :return: int, status of the answer
        :raise urllib3.exceptions.HTTPError: when there is no answer
        """
        if module.current_test or not self.env.registry.ready:
            raise urllib3.exceptions.HTTPError("No network during tests and installation")
        return https.post(url, body, headers, timeout, self._drk_sms_allow_private())

    def _drk_sms_allow_private(self):
        """Return whether a gateway may lie in a private network (a machine of one's own): system parameter."""
        value = self.env["ir.config_parameter"].sudo().get_param("drk_base.sms_allow_private")
        return str2bool(value or "", default=False)
