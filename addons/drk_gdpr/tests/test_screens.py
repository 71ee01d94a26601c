from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ERIKA, OFFICER, USER

READY = "!!document.querySelector('.o_action_manager .o_view_controller')"
STATE = "document.querySelector('button[name=action_drk_consent_window] [data-state]')"
DONE = "console.log('test successful');"


@tagged("post_install", "-at_install")
class TestScreens(HttpCase):
    """The people of an association in a real browser; it fails a test on any console error."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.association = cls.env["res.company"].create(
            {
                "name": "Kreisverband Probe e.V.",
                "drk_is_association": True,
                "drk_code": "PRB",
                "drk_system_ids": [Command.set(cls.env["drk.system"].search([]).ids)],
            }
        )
        cls.person = cls.env["res.partner"]._drk_match_or_create_person(cls.association, ERIKA)

    def _login(self, login, groups):
        return new_test_user(
            self.env,
            login,
            groups=groups,
            lang="de_DE",
            company_id=self.association.id,
            company_ids=[Command.set(self.association.ids)],
        )

    def _form(self):
        return f"/odoo/action-contacts.action_contacts/{self.person.id}"

    def test_every_menu_opens(self):
        self._login("screens_officer", f"{OFFICER},drk_gdpr.group_drk_gdpr_bank")
        data = self.env["ir.model.data"].search([("module", "=", "drk_gdpr"), ("model", "=", "ir.ui.menu")])
        for menu in self.env["ir.ui.menu"].browse(data.mapped("res_id")).filtered("action"):
            with self.subTest(menu.complete_name):
                self.browser_js(f"/odoo/action-{menu.action.id}", DONE, READY, login="screens_officer")

    def test_employee_without_role_opens_the_person(self):
        self._login("screens_employee", "base.group_user")
        self.browser_js(self._form(), DONE, READY, login="screens_employee")

    def test_symbol_is_named_in_german(self):
        """K-2.1-7 K-2.1-6: question mark, with its meaning as accessible title."""
        self._login("screens_clerk", USER)
        self._check_symbol("missing", "fa-question", "Datenschutzerklärung liegt noch nicht vor")

    def test_tick(self):
        """K-2.1-4: green tick."""
        self._login("screens_clerk", USER)
        self.person._drk_record_consent("privacy", "given", "S")
        self._check_symbol("given", "fa-check text-success", "Datenschutzerklärung eingegangen")

    def test_cross(self):
        """K-2.1-5: red cross."""
        self._login("screens_clerk", USER)
        self.person._drk_record_consent("privacy", "withdrawn", "S")
        self._check_symbol("withdrawn", "fa-times text-danger", "Datenschutzerklärung widerrufen")

    def _check_symbol(self, state, icon, title):
        selector = "." + icon.replace(" ", ".")
        code = f"""
            const symbol = {STATE};
            const good = symbol.dataset.state === "{state}" && symbol.querySelector("{selector}")
                && symbol.title === "{title}" && symbol.getAttribute("aria-label") === "{title}"
                && symbol.getAttribute("role") === "img";
            console[good ? "log" : "error"](good ? "test successful" : symbol.outerHTML);
        """
        self.browser_js(self._form(), code, f"!!{STATE}", login="screens_clerk")

    def test_clerk_captures_a_declaration(self):
        """K-2.1-3 K-2.1-8: the button beside the status opens the window; a declaration is captured in it."""
        clerk = self._login("screens_clerk", USER)
        code = """
            const wait = async (find) => {
                for (let turn = 0; turn < 100; turn++) {
                    const found = find();
                    if (found) { return found; }
                    await new Promise((resolve) => setTimeout(resolve, 100));
                }
                throw new Error("not found: " + find);
            };
            (async () => {
                document.querySelector("button[name=action_drk_consent_window]").click();
                (await wait(() => document.querySelector(".modal button[name=action_drk_consent_give]"))).click();
                const input = await wait(() => document.querySelector(".modal [name=channel_id] input"));
                input.click();
                (await wait(() => [...document.querySelectorAll(".o-autocomplete--dropdown-item a")].find(
                    (item) => item.textContent.includes("schriftlich")))).click();
                (await wait(() => document.querySelector(".modal button[name=action_record]:not([disabled])"))).click();
                await wait(() => !document.querySelector(".modal button[name=action_record]"));
                console.log("test successful");
            })();
        """
        self.browser_js(self._form(), code, f"!!{STATE}", login="screens_clerk")
        self.env.invalidate_all()
        self.assertEqual(self.person.drk_consent_state, "given")
        self.assertEqual(self.person.drk_consent_given_by_id, clerk)
        self.assertEqual(self.person.drk_consent_given_channel_id.key, "S")
