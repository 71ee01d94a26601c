from odoo import http
from odoo.addons.drk_web.controllers.main import PublicForm
from odoo.addons.drk_web.tools.forms import Field, parse
from odoo.http import content_disposition, request
from odoo.tools import LazyTranslate
from werkzeug.exceptions import NotFound

from .booking_form import only_text
from .portal import PortalCourses

_lt = LazyTranslate(__name__)

FORM = "ktv_certificate"
FIELDS = [
    Field("number", _lt("Number of the certificate"), required=True, max_length=60, hint=_lt("e.g. TB-2026-00042")),
    Field(
        "code",
        _lt("Check code"),
        required=True,
        max_length=60,
        hint=_lt("28 letters and digits, beside the square code. Hyphens and small letters do not matter."),
    ),
]


class CertificatePages(PublicForm, http.Controller):
    """Whether a certificate is valid: for employers and authorities, who have the paper in their hands."""

    @http.route(
        "/kurse/bescheinigung",
        type="http",
        auth="public",
        website=True,
        csrf=False,  # _check_spam checks the token of those who are signed in
        sitemap=False,
        methods=["GET", "POST"],
    )
    def certificate_form(self, **post):
        company, post = self._association("ktv"), only_text(post)
        if request.httprequest.method != "POST":
            return self._form_page({}, {})
        refused = self._check_spam(FORM, post)
        if refused:
            return refused
        values, errors = parse(FIELDS, post, request.env)
        if errors:
            return self._form_page(post, errors)
        found = request.env["drk.certificate"]._verify(company, values["code"], values["number"])
        return self._result_page(found)

    @http.route(
        "/kurse/bescheinigung/<path:code>", type="http", auth="public", website=True, sitemap=False, methods=["GET"]
    )
    def certificate_check(self, code, **_unknown):
        company = self._association("ktv")
        if not self._within_limits():
            return self._too_many()
        return self._result_page(request.env["drk.certificate"]._verify(company, code))

    def _within_limits(self):
        """Count the look-up: guessing has to stay hopeless, from one address and from many."""
        allow = request.env["drk.rate.limit"].sudo()._allow  # counts addresses as keyed hashes
        seconds = self._limit("limit_seconds")
        return allow(FORM, self._client_address(), self._limit("limit_address"), seconds) and allow(
            f"{FORM}:{request.website.id}", None, self._limit("limit_form"), seconds
        )

    def _too_many(self):
        minutes = max(1, round(self._limit("limit_seconds") / 60))
        response = request.render("drk_ktv.website_certificate_limit", {"minutes": minutes})
        response.status_code = 429
        response.headers["Retry-After"] = str(int(self._limit("limit_seconds")))
        return response

    def _form_page(self, values, errors):
        typed = {field.name: values.get(field.name, "")[: field.max_length] for field in FIELDS}
        return request.render(
            "drk_ktv.website_certificate_form",
            {"fields": FIELDS, "values": typed, "errors": errors, "path": self._path()},
        )

    def _result_page(self, found):
        """One answer for everything that is not a certificate of this association: guessed, mistyped, a foreign one."""
        response = request.render("drk_ktv.website_certificate", {"found": found, "path": self._path()})
        if not found:
            response.status_code = 404
        return response

    def _path(self):
        return f"{request.website._drk_site()['prefix']}/kurse/bescheinigung"


class PortalCertificates(PortalCourses):
    """Participants see and download their own certificates."""

    def _own_certificates(self):
        company = self._association("ktv")
        # sudo: portal users have no rights on certificates; who they are is the condition
        return (
            request.env["drk.certificate"]
            .sudo()
            .search(
                [
                    ("drk_person_id", "=", request.env.user.partner_id.id),
                    ("company_id", "=", company.id),
                    ("state", "=", "valid"),
                ],
                order="id",
            )
        )

    def _person(self, registration):
        values = super()._person(registration)
        if not request.env.user._is_public() and registration.drk_participant_id == request.env.user.partner_id:
            newest = self._own_certificates().filtered(lambda c: c.registration_id == registration)[-1:]
            if newest:
                values["certificate"] = f"/my/kurse/bescheinigung/{newest.id}"
        return values

    @http.route(
        "/my/kurse/bescheinigung/<int:certificate_id>",
        type="http",
        auth="user",
        website=True,
        multilang=False,
        sitemap=False,
        methods=["GET"],
    )
    def portal_certificate(self, certificate_id, **_unknown):
        certificate_sudo = self._own_certificates().filtered(lambda c: c.id == certificate_id)
        if not certificate_sudo:
            raise NotFound()
        # sudo: printed for its holder
        content = request.env["ir.actions.report"].sudo()._drk_pdf("drk_ktv.report_certificate", certificate_sudo)
        headers = [
            ("Content-Type", "application/pdf"),
            ("Content-Length", len(content)),
            ("Content-Disposition", content_disposition(certificate_sudo._filename())),
            ("Cache-Control", "private, no-store"),
            ("X-Robots-Tag", "noindex"),
        ]
        return request.make_response(content, headers)
