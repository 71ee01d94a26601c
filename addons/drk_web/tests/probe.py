"""A public form that exists only in tests; it shows how an add-on uses the tools."""

from odoo import http
from odoo.addons.drk_web.controllers.main import PublicForm
from odoo.addons.drk_web.tools.forms import Field, parse
from odoo.http import request

PATH = "/drk_web/probe"
FIELDS = [
    Field("firstname", "Vorname", required=True, max_length=60, autocomplete="given-name"),
    Field("birthdate", "Geburtsdatum", kind="date", required=True, autocomplete="bday"),
    Field("email", "E-Mail", kind="email", autocomplete="email", hint="Für die Bestätigung"),
    Field("payer", "Wer zahlt?", kind="choice", choices=(("self", "Ich selbst"), ("company", "Meine Firma"))),
    Field("note", "Anmerkung", kind="textarea", max_length=500),
    Field("privacy", "Ich habe die Hinweise zum Datenschutz gelesen.", kind="checkbox", required=True),
]
VIEW = """
<t t-name="drk_web.probe"><t t-call="drk_web.layout"><t t-set="title">Probe</t>
    <div class="drk-narrow"><h1>Probe</h1>
        <t t-call="drk_web.form" form_id="'probe'">
            <t t-foreach="fields" t-as="field" t-call="drk_web.field_input" />
            <button class="drk-button" type="submit">Absenden</button>
        </t>
    </div>
</t></t>
"""


class Probe(PublicForm, http.Controller):
    done = []  # what happened
    fail = False

    @http.route(PATH, type="http", auth="public", website=True, sitemap=False, csrf=False)
    def probe(self, **post):
        self._association(post.get("system"))
        if request.httprequest.method != "POST":
            return self._show({}, {})
        refused = self._check_spam("probe", post)
        if refused:
            return refused
        values, errors = parse(FIELDS, post, request.env)
        if errors:
            return self._show(post, errors)
        with self._once("probe", post) as once:
            if once.replayed:
                return once.response
            if Probe.fail:
                return self._show(post, {"firstname": "Der Kurs ist voll."})
            Probe.done.append(values)
            return once.done("/impressum?ergebnis=1")

    def _show(self, post, errors):
        return request.render("drk_web.probe", {"fields": FIELDS, "values": post, "errors": errors})


def add_view(env):
    """Create the probe's page and let the router see its route."""
    env["ir.ui.view"].create({"name": "Probe", "type": "qweb", "key": "drk_web.probe", "arch": VIEW})
    env.registry.clear_cache("routing")
    Probe.done.clear()
    Probe.fail = False
