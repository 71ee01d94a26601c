import base64

from odoo import fields, http
from odoo.http import content_disposition, request
from odoo.tools import LazyTranslate
from werkzeug.exceptions import NotFound, TooManyRequests

from ..tools.forms import Field, parse
from .main import PublicForm

_lt = LazyTranslate(__name__)

PATH = "/my/auskunft"
FORM = "privacy_request"
#: Requests of one person a day, downloads of one person an hour.
REQUESTS_A_DAY = 5
DOWNLOADS_AN_HOUR = 20
DAY, HOUR = 86400, 3600
FILES = {"pdf": ("sheet_pdf", "application/pdf"), "json": ("sheet_json", "application/json")}


def _kinds(env):
    return env["drk.gdpr.request"]._fields["kind"]._description_selection(env)


FORM_FIELDS = [
    Field("kind", _lt("What do you ask for?"), kind="choice", choices=_kinds, required=True),
    Field(
        "subject_text",
        _lt("Your request in your own words"),
        kind="textarea",
        max_length=4000,
        hint=_lt("For example: which entry is wrong and how it should read."),
    ),
]


class PrivacyRequests(PublicForm, http.Controller):
    """Requests about the own data (GDPR Art. 15 to 21) of who is signed in, and the finished sheet."""

    def _own(self):
        """Return the requests of who is signed in at this association."""
        company = self._association()
        person = request.env.user.partner_id
        # sudo: portal users have no rights on requests; the search carries who they are
        requests_sudo = request.env["drk.gdpr.request"].sudo()
        return requests_sudo.search([("company_id", "=", company.id), ("drk_person_id", "=", person.id)], limit=100)

    @http.route(PATH, type="http", auth="user", website=True, sitemap=False, csrf=False)
    def requests(self, **post):
        company = self._association()
        if request.env.user.partner_id.sudo().company_id != company:  # the own person, whatever a login may read
            raise NotFound()
        if request.httprequest.method != "POST":
            return self._show({}, {}, sent=bool(post.get("ergebnis")))
        refused = self._check_spam(FORM, post)
        if refused:
            return refused
        values, errors = parse(FORM_FIELDS, post, request.env)
        if errors:
            return self._show(self._texts(post), errors)
        with self._once(FORM, post) as once:
            if once.replayed:
                return once.response
            if not self._allow("privacy_request", REQUESTS_A_DAY, DAY):
                message = request.env._(
                    "You sent several requests today. We answer them first; please call us if it is urgent."
                )
                return self._show(self._texts(post), {"kind": message})
            self._create(company, values)
            return once.done(f"{self._prefix()}{PATH}?ergebnis=1")

    def _create(self, company, values):
        channel = request.env["drk.consent.channel"].sudo()._get("I")
        vals = {
            **values,
            "company_id": company.id,
            "drk_person_id": request.env.user.partner_id.id,
            "channel_id": channel.id,
            "identity_kind": "portal",
            "identity_on": fields.Date.context_today(request.env["drk.gdpr.request"]),
        }
        # sudo: portal users have no rights on requests; the person is who is signed in
        requests_sudo = request.env["drk.gdpr.request"].sudo().with_company(company)
        return requests_sudo.create(vals)

    def _allow(self, name, limit, seconds):
        limits_sudo = request.env["drk.rate.limit"].sudo()  # counts keyed hashes
        return limits_sudo._allow(name, f"user {request.env.uid}", limit, seconds)

    def _prefix(self):
        return request.website._drk_site()["prefix"]

    def _show(self, values, errors, sent=False):
        own = self._own()
        values = {
            "fields": FORM_FIELDS,
            "values": values,
            "errors": errors,
            "sent": sent,
            "requests": own,
            "prefix": self._prefix(),
            "ready": {each.id: self._ready(each) for each in own},
        }
        return request.render("drk_web.privacy_requests", values)

    def _ready(self, own):
        """Return the files of a request that may be fetched: after the answer, hence after the identity check."""
        if own.state not in ("answered", "closed") or not own.identity_user_id:
            return []
        return [kind for kind, (field, _type) in FILES.items() if own[field]]

    @http.route(f"{PATH}/<int:request_id>/<string:kind>", type="http", auth="user", website=True, sitemap=False)
    def download(self, request_id, kind, **_unknown):
        own = self._own().filtered(lambda each: each.id == request_id)
        if not own or kind not in self._ready(own):
            raise NotFound()
        if not self._allow("privacy_download", DOWNLOADS_AN_HOUR, HOUR):
            raise TooManyRequests()
        field, mimetype = FILES[kind]
        headers = [
            ("Content-Type", mimetype),
            ("Content-Disposition", content_disposition(f"{own.number}.{kind}")),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(base64.b64decode(own.with_context(bin_size=False)[field]), headers)
