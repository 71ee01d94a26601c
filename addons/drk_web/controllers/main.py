import secrets
import time
from contextlib import contextmanager

from odoo import http
from odoo.addons.website.controllers.main import Website
from odoo.http import request
from werkzeug.exceptions import NotFound

from ..models.drk_web_page import STANDARD_PAGES
from ..tools import stamp

TRAP = "homepage"  # the field that only machines fill in
STAMP = "drk_stamp"
OWN_FIELDS = (TRAP, STAMP, "csrf_token")
REPLAY_WAIT = 8.0  # seconds a second click waits for the answer of the first

# Settings of the protection, as system parameters "drk_web.<name>".
LIMITS = {
    "min_seconds": 2,  # nobody fills a form in faster
    "max_hours": 12,  # a form stays valid so long
    "limit_seconds": 600,  # window of the two limits
    "limit_address": 60,  # posts of one address to one form
    "limit_form": 2000,  # accepted posts of all addresses to one form of one site
}


class Once:
    """What happens to a form that must act only once (see ``PublicForm._once``)."""

    def __init__(self, env, nonce, response=None):
        self.response = response  # the answer to a form that was sent before
        self.replayed = response is not None
        self._env = env
        self._nonce = nonce
        self.finished = False

    def done(self, url):
        """Keep the result page for whoever sends the form again, and go there."""
        self._env["drk.form.once"]._finish(self._nonce, _request_name(), url)
        self.finished = True
        return request.redirect(url, code=303)


def _request_name():
    """Return a name that stays the same when Odoo repeats the request after a conflict."""
    if not hasattr(request, "drk_name"):
        request.drk_name = secrets.token_hex(8)
    return request.drk_name


class PublicForm:
    """Mixin for controllers with public forms: spam protection, replay, limits.

    The routes are ``csrf=False``, because a visitor without a login has no rights that could be abused and needs no
    cookie; ``_check_spam`` checks the token of those who are signed in.
    """

    def _association(self, system=None):
        """Return the association of this site (as superuser, for its name and address).

        :raise NotFound: on the neutral site, and where the system is not booked
        """
        site = request.website._drk_site()
        if site["chooser"] or (system and system not in site["systems"]):
            raise NotFound()
        return request.website.sudo().company_id

    def _client_address(self):
        """Return the visitor's address (behind a proxy Odoo's ``proxy_mode`` puts the right one there)."""
        return request.httprequest.remote_addr or ""

    @staticmethod
    def _texts(post):
        """Return the values of a form that are text; somebody may send a file under any name."""
        return {name: value for name, value in post.items() if isinstance(value, str)}

    def _check_spam(self, form, post):
        """Look at a form that was sent, before anything is done with it.

        :param form: name of the form, as in its template
        :return: ``None`` when it may go on, else the page to answer with (nothing that was typed is lost)
        """
        limit = self._limit
        allow = request.env["drk.rate.limit"].sudo()._allow  # counts addresses as keyed hashes
        if not allow(form, self._client_address(), limit("limit_address"), limit("limit_seconds")):
            return self._refuse(form, "limit")
        texts = self._texts(post)
        if texts.get(TRAP):
            return self._refuse(form, "trap")
        if not request.env.user._is_public() and not request.validate_csrf(texts.get("csrf_token")):
            return self._refuse(form, "expired")
        read = stamp.read(request.env, form, texts.get(STAMP))
        if read is None or read[0] > limit("max_hours") * 3600:
            return self._refuse(form, "expired")
        if read[0] < limit("min_seconds"):
            return self._refuse(form, "fast")
        result = request.env["drk.form.once"].sudo()._result(read[1])
        if result:
            return request.redirect(result, code=303)
        if not allow(f"{form}:{request.website.id}", None, limit("limit_form"), limit("limit_seconds")):
            return self._refuse(form, "busy")
        return None

    @contextmanager
    def _once(self, form, post):
        """Act once on a form, after its fields were found right.

        ::

            with self._once("ktv_booking", post) as once:
                if once.replayed:
                    return once.response
                registrations = course._drk_book(...)
                return once.done("/kurse/buchung/" + token)

        Without ``done`` (an error, a full course) the form may be sent again. A second click waits for the first and
        gets its answer.
        """
        read = stamp.read(request.env, form, post.get(STAMP))
        if read is None:
            yield Once(request.env, None, self._refuse(form, "expired"))
            return
        nonce = read[1]
        claim = self._claim(nonce, form)
        if claim is not True:
            answer = request.redirect(claim, code=303) if claim else self._refuse(form, "working")
            yield Once(request.env, nonce, answer)
            return
        once = Once(request.env(su=True), nonce)
        try:
            yield once
        finally:
            if not once.finished:
                once._env["drk.form.once"]._release(nonce, _request_name())

    def _claim(self, nonce, form):
        forms_sudo = request.env["drk.form.once"].sudo()  # visitors have no access to the model
        end = time.monotonic() + REPLAY_WAIT
        while True:
            claim = forms_sudo._claim(nonce, form, _request_name())
            if claim or time.monotonic() > end:
                return claim
            time.sleep(0.2)

    def _limit(self, name):
        value = request.env["ir.config_parameter"].sudo().get_param(f"drk_web.{name}")
        try:
            return float(value) if value else LIMITS[name]
        except ValueError:
            return LIMITS[name]

    def _refuse(self, form, reason):
        """Return a page that says why, with all that was typed, ready to be sent again."""
        typed = [
            (name, value)
            for name, value in request.httprequest.form.items(multi=True)
            if name not in OWN_FIELDS and "\0" not in name + value
        ]
        response = request.render(
            "drk_web.form_refused",
            {
                "reason": reason,
                "form_id": form,
                "typed": typed[:300],
                "minutes": max(1, round(self._limit("limit_seconds") / 60)),
            },
        )
        response.status_code = {"limit": 429, "busy": 503, "working": 409}.get(reason, 400)
        if reason in ("limit", "busy"):
            response.headers["Retry-After"] = str(int(self._limit("limit_seconds")))
        return response


class DrkSite(Website):
    """The start pages and the text pages of the sites."""

    @http.route()
    def index(self, **kw):
        site = request.website._drk_site()
        return request.render("drk_web.chooser" if site["chooser"] else "drk_web.home", {})

    @http.route(
        [f"/{slug}" for slug in STANDARD_PAGES] + ["/seite/<string:slug>"],
        type="http",
        auth="public",
        website=True,
        readonly=True,
        sitemap=True,
    )
    def drk_text_page(self, slug=None, **kw):
        slug = slug or request.httprequest.path.rstrip("/").rsplit("/", 1)[-1]
        company = request.website.sudo().company_id
        page = request.env["drk.web.page"].sudo().search([("company_id", "=", company.id), ("slug", "=", slug)])
        if not page or request.website.sudo().drk_is_chooser:
            raise NotFound()
        return request.render("drk_web.text_page", {"page": page, "company": company})

    @http.route(sitemap=False)
    def website_info(self, **kwargs):
        raise NotFound()  # lists the versions of the server
