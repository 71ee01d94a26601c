from odoo import fields, http
from odoo.addons.drk_base.tools.links import LinkExpired, LinkInvalid
from odoo.http import request
from odoo.tools import format_date
from werkzeug.exceptions import NotFound

from ..models.res_partner_consent import LINK_CONSENT
from .main import PublicForm

CHANNEL = "I"
KINDS = {"give": "given", "withdraw": "withdrawn"}


class PrivacyPages(PublicForm, http.Controller):
    """What a person consented to: see it, withdraw it and give it again, with a login or with the link in a mail."""

    @http.route(
        "/my/datenschutz",
        type="http",
        auth="user",
        website=True,
        csrf=False,  # _check_spam checks the token of those who are signed in
        sitemap=False,
        methods=["GET", "POST"],
    )
    def portal_privacy(self, **post):
        person_sudo = request.env.user.partner_id.sudo()  # the own person, whatever a login may read
        if person_sudo.company_id != self._association():
            raise NotFound()
        return self._consent_page(person_sudo, "/my/datenschutz", request.env._("signed in with the own login"), post)

    @http.route(
        "/datenschutz/einwilligung/<string:token>",
        type="http",
        auth="public",
        website=True,
        csrf=False,  # as above
        sitemap=False,
        methods=["GET", "POST"],
    )
    def linked_privacy(self, token, **post):
        try:
            person_sudo = self._linked_person(token)
        except (LinkExpired, LinkInvalid) as error:
            return self._consent_link_problem(error)
        path = f"/datenschutz/einwilligung/{token}"
        return self._consent_page(person_sudo, path, request.env._("link in a mail to the person"), post)

    def _linked_person(self, token):
        link = request.env["drk.link"]._verify(LINK_CONSENT, token)
        person_sudo = request.env["res.partner"].sudo().browse(link.res_id).exists()  # the token was checked
        if not person_sudo or person_sudo.drk_anonymised_at or person_sudo.company_id != self._association():
            raise LinkInvalid("")
        return person_sudo

    def _consent_link_problem(self, error):
        response = request.render("drk_web.consent_link_problem", {"expired": isinstance(error, LinkExpired)})
        response.status_code = 410 if isinstance(error, LinkExpired) else 404
        return response

    # GET shows, only POST changes: programs that follow the links of a mail change nothing

    def _consent_page(self, person, path, evidence, post):
        prefix = request.website._drk_site()["prefix"]
        post = self._texts(post)
        if request.httprequest.method == "POST":
            answer = self._consent_change(person, prefix + path, evidence, post)
            if answer:
                return answer
        values = {
            "rows": self._consent_rows(person),
            "history": [self._consent_line(consent) for consent in person.drk_consent_ids],
            "who": f"{person.firstname or ''} {(person.lastname or '')[:1]}.".strip(),
            "portal": path.startswith("/my/"),
            "prefix": prefix,
            "saved": "gespeichert" in post,
        }
        return request.render("drk_web.consent_page", values)

    def _consent_change(self, person, path, evidence, post):
        """Record what was chosen; ``None``: it was nothing that the page offers."""
        row = next((row for row in self._consent_rows(person) if row["form"] == post.get("einwilligung")), None)
        action = post.get("action")
        if not row or action not in row["actions"]:
            return None
        refused = self._check_spam(row["form"], post)
        if refused:
            return refused
        with self._once(row["form"], post) as once:
            if once.replayed:
                return once.response
            text = row["text"] if action == "give" else None
            person._drk_record_consent(
                row["code"], KINDS[action], CHANNEL, text=text, evidence=evidence, confirmed=True
            )
            return once.done(f"{path}?gespeichert=1")

    def _consent_rows(self, person):
        purposes = request.env["drk.consent.purpose"].sudo().search([])  # a value list without people
        rows = (self._consent_row(person, purpose) for purpose in purposes)
        return [row for row in rows if row["state"] != "missing" or row["text"]]

    def _consent_row(self, person, purpose):
        declarations = person.drk_consent_ids.filtered(lambda consent: consent.purpose_id == purpose)
        state, given, withdrawn = declarations._drk_state()
        text = request.env["drk.consent.text"]._current(person.company_id, purpose, fields.Date.today())
        give = ["give"] if state != "given" and text else []
        withdraw = ["withdraw"] if state in ("given", "unconfirmed") else []
        return {
            "form": f"privacy_{purpose.id}",
            "code": purpose.code,
            "name": purpose.name,
            "description": purpose.description,
            "state": state,
            "since": self._consent_day((withdrawn or given).occurred_at),
            "text": text,
            "shown_text": given.text_id or text,
            "actions": withdraw + give,
        }

    def _consent_line(self, consent):
        kinds = dict(consent._fields["kind"]._description_selection(request.env))
        return {
            "day": self._consent_day(consent.occurred_at),
            "purpose": consent.purpose_id.name,
            "kind": kinds[consent.kind],
            "confirmed": consent.confirmed or consent.kind != "given",
            "channel": consent.channel_id.name,
            "text": consent.text_id.version or "",
        }

    def _consent_day(self, moment):
        if not moment:
            return ""
        local = fields.Datetime.context_timestamp(request.env.user.with_context(tz="Europe/Berlin"), moment)
        return format_date(request.env, local.date())
