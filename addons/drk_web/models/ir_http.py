from odoo import models
from odoo.http import request
from werkzeug.exceptions import abort

# Pages in our own layout hold no inline script or style; Odoo's own pages (login, portal) cannot do without.
_OWN_PAGES = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'"
)
_CORE_PAGES = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval'; img-src 'self' data: blob:; font-src 'self' data:; "
    "media-src 'self' blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; frame-ancestors 'self'"
)


def _holds_null():
    """Return whether the address holds a character that the database cannot hold."""
    return "\0" in request.httprequest.path or "%00" in request.httprequest.query_string.decode("latin-1")


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _match(cls, path):
        if not hasattr(request, "website_routing") and not request.session.uid:
            request.update_context(lang=None)  # German, whatever the browser says, until the visitor chooses
        return super()._match("/404" if _holds_null() else path)

    @classmethod
    def _serve_fallback(cls):
        return None if _holds_null() else super()._serve_fallback()

    @classmethod
    def _frontend_pre_dispatch(cls):
        res = super()._frontend_pre_dispatch()
        cls._drk_keep_to_own_site()
        return res

    @classmethod
    def _drk_keep_to_own_site(cls):
        """A portal login of one association is none at another's site, even with its cookie."""
        user = request.env.user
        site = request.website
        if user.id == site._get_cached("user_id") or user._is_internal() or user._is_public():
            return
        if site.sudo().drk_is_chooser or site._get_cached("company_id") in user._get_company_ids():
            return
        request.session.logout(keep_db=True)
        abort(request.redirect("/web/login", code=303))

    @classmethod
    def _get_error_html(cls, env, code, values):
        """Visitors get a page of ours that says what to do; nothing of the error itself but what is meant for them."""
        if env.user._is_internal() or code == 500 or not hasattr(request, "website"):
            return super()._get_error_html(env, code, values)
        message = values.get("error_message") if code == 422 else False
        page = {"status_code": code, "message": message}
        return code, env["ir.ui.view"]._render_template("drk_web.error_page", page)

    @classmethod
    def _post_dispatch(cls, response):
        res = super()._post_dispatch(response)
        headers = getattr(response, "headers", None)
        if headers is not None:
            cls._drk_set_headers(headers)
        return res

    @classmethod
    def _drk_set_headers(cls, headers):
        page = getattr(request, "drk_page", None)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "no-referrer" if page == "private" else "same-origin")
        if "html" not in (headers.get("Content-Type") or ""):
            return
        headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if getattr(request, "is_frontend", False):
            headers["Content-Security-Policy"] = _OWN_PAGES if page else _CORE_PAGES
        if page == "private":
            headers["X-Robots-Tag"] = "noindex, nofollow"
            headers["Cache-Control"] = "no-store"
