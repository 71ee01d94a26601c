from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ERIKA, USER

LIST = "/odoo/action-drk_gdpr.res_partner_action_people"
READY = "document.querySelectorAll('.o_data_row [data-state]').length >= 3"
LOOK = """
    (async () => {
        const wait = async (find) => {
            for (let turn = 0; turn < 300; turn++) {
                const found = find();
                if (found) { return found; }
                await new Promise((resolve) => setTimeout(resolve, 100));
            }
            throw new Error("not found: " + find);
        };
        const check = (state, icon, title) => {
            const symbol = document.querySelector(`.o_data_row [data-state=${state}]`);
            const good = symbol && symbol.querySelector(icon) && symbol.title === title
                && symbol.getAttribute("aria-label") === title && symbol.getAttribute("role") === "img";
            if (!good) { throw new Error(state + ": " + (symbol && symbol.outerHTML)); }
        };
        check("given", ".fa-check.text-success", "Datenschutzerklärung eingegangen");
        check("withdrawn", ".fa-times.text-danger", "Datenschutzerklärung widerrufen");
        check("missing", ".fa-question", "Datenschutzerklärung liegt noch nicht vor");
        const row = [...document.querySelectorAll(".o_data_row")].find((one) => one.querySelector("[data-state=missing]"));
        row.querySelector(".o_data_cell").click();
        (await wait(() => document.querySelector("button[name=action_drk_consent_window] [data-state=missing]"))).click();
        (await wait(() => document.querySelector(".modal button[name=action_drk_consent_give]"))).click();
        (await wait(() => document.querySelector(".modal [name=channel_id] input"))).click();
        (await wait(() => [...document.querySelectorAll(".o-autocomplete--dropdown-item a")].find(
            (item) => item.textContent.includes("schriftlich")))).click();
        (await wait(() => document.querySelector(".modal button[name=action_record]:not([disabled])"))).click();
        await wait(() => !document.querySelector(".modal button[name=action_record]"));
        console.log("test successful");
    })();
"""


@tagged("post_install", "-at_install")
class TestScreens(HttpCase):
    """What is true only in a browser, on one page; tests/system opens every menu on a real server."""

    def test_clerk_sees_and_captures_declarations(self):
        """K-2.1-3 K-2.1-4 K-2.1-5 K-2.1-6 K-2.1-7 K-2.1-8: symbols with German titles, button, window, capture."""
        self.env["res.lang"]._activate_lang("de_DE")
        association = self.env["res.company"].create(
            {
                "name": "Kreisverband Probe e.V.",
                "drk_is_association": True,
                "drk_code": "PRB",
                "drk_system_ids": [Command.set(self.env["drk.system"].search([]).ids)],
            }
        )
        people = self.env["res.partner"]
        missing, given, withdrawn = (
            people._drk_match_or_create_person(association, {**ERIKA, "lastname": name, "email": False})
            for name in ("Aal", "Bär", "Cäsar")
        )
        given._drk_record_consent("privacy", "given", "S")
        withdrawn._drk_record_consent("privacy", "withdrawn", "S")
        clerk = new_test_user(
            self.env,
            "screens_clerk",
            groups=USER,
            lang="de_DE",
            company_id=association.id,
            company_ids=[Command.set(association.ids)],
        )
        self.browser_js(LIST, LOOK, READY, login="screens_clerk", timeout=120)
        self.env.invalidate_all()
        self.assertEqual(missing.drk_consent_state, "given")
        self.assertEqual(missing.drk_consent_given_by_id, clerk)
        self.assertEqual(missing.drk_consent_given_channel_id.key, "S")
