"""Every menu of the back office opens in a real browser, for each role, without an error and without a foreign host."""

import pytest
from watch import Watch, login

# Roles of the invented association Musterstadt, and the technical administrator.
USERS = ["admin", "leitung", "kursbuero", "ausbilder"]

MENUS = """async () => {
    const menus = await (await fetch('/web/webclient/load_menus')).json();
    const top = id => { const menu = menus[id]; return menu; };
    const found = [];
    const walk = (id, path) => {
        const menu = top(id);
        if (!menu) return;
        const here = id === 'root' ? '' : path + '/' + menu.name;
        if (menu.actionID && id !== 'root') found.push([here, menu.actionID]);
        for (const child of menu.children) walk(child, here);
    };
    walk('root', '');
    return found;
}"""


def open_menu(page, server, action):
    page.goto(server.url(f"/odoo/action-{action}"))
    page.wait_for_selector(".o_action_manager > *:not(.o_skeleton)", timeout=30000)
    page.wait_for_function("!document.querySelector('.o_blockUI, .o_loading_indicator')", timeout=30000)
    page.wait_for_timeout(150)


@pytest.mark.parametrize("user", USERS)
def test_every_menu_opens(user, server, browser):
    context = browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    watch = Watch(page)
    login(page, server, user)
    page.goto(server.url("/odoo"))
    page.wait_for_selector(".o_main_navbar", timeout=120000)
    menus = {action: path for path, action in page.evaluate(MENUS)}
    assert menus, f"{user} has no menu"
    faults = {}
    for action, path in menus.items():
        watch.troubles.clear()
        open_menu(page, server, action)
        if page.query_selector(".o_error_dialog, .modal .o_error_detail"):
            watch.troubles.append("error dialog: " + page.inner_text(".modal")[:300])
        if watch.troubles:
            faults[path] = list(watch.troubles)
    context.close()
    assert not faults
    assert not server.complaints()
