from odoo.tests import HttpCase, new_test_user, tagged

READY = "!!document.querySelector('.o_action_manager .o_view_controller, .o_action_manager .o_form_view')"


@tagged("post_install", "-at_install")
class TestScreens(HttpCase):
    """Every menu of the add-on opens in a browser without a console error (the browser fails the test on one)."""

    def test_every_menu_opens(self):
        new_test_user(
            self.env,
            login="screens",
            groups="drk_base.group_drk_base_manager,base.group_system",
            lang="de_DE",
        )
        menus = self.env["ir.ui.menu"].search([("id", "child_of", self.env.ref("drk_base.menu_drk_root").id)])
        for menu in menus.filtered("action"):
            with self.subTest(menu.complete_name):
                self.browser_js(
                    f"/odoo/action-{menu.action.id}", "console.log('test successful');", READY, login="screens"
                )
