"""Every menu of the back office opens in a real browser, for each role, without an error and without a foreign host."""

import pytest
from watch import Watch, login

# Roles of the invented association Musterstadt, and the technical administrator.
USERS = ["admin", "leitung", "kursbuero", "ausbilder"]
# Menus of ours; of Odoo's own apps the first one opens too.
OURS = ("/DRK", "/Kurse")

MENUS = """async () => {
    const menus = await (await fetch('/web/webclient/load_menus')).json();
    const found = [];
    const walk = (menu, path) => {
        if (menu.actionID) found.push([path, menu.actionID]);
        for (const id of menu.children) walk(menus[id], path + '/' + menus[id].name);
    };
    for (const id of menus.root.children) walk(menus[id], '/' + menus[id].name);
    return found;
}"""

# The action service resolves when the view is drawn; a page of its own (a link to the site) has nothing to draw.
OPEN = """async id => {
    const { services } = odoo.__WOWL_DEBUG__.root.env;
    const action = await services.action.loadAction(id);
    if (action.type === 'ir.actions.act_url') return '';
    try {
        await services.action.doAction(id, { clearBreadcrumbs: true });
    } catch (error) {
        return String(error.data?.message || error);
    }
    await new Promise(done => setTimeout(done, 100));
    const dialog = document.querySelector('.o_error_dialog');
    if (dialog) return dialog.innerText.slice(0, 300);
    const shown = document.querySelector('.o_action_manager > *, .modal .o_form_view');
    if (!shown) return 'nothing is shown';
    if (action.target === 'new') services.action.doAction({ type: 'ir.actions.act_window_close' });
    return '';
}"""


def chosen_menus(page):
    """Every menu of ours, and of Odoo's apps the first one.

    :return: dict id of the action -> path of the menu
    """
    menus = {}
    for path, action in page.evaluate(MENUS):
        if path.startswith(OURS) or path.count("/") == 1:
            menus.setdefault(action, path)
    return menus


@pytest.mark.parametrize("user", USERS)
def test_every_menu_opens(user, server, browser):
    context = browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60000)
    watch = Watch(page)
    login(page, server, user)
    page.goto(server.url("/odoo"))
    page.wait_for_function("odoo.__WOWL_DEBUG__ && document.querySelector('.o_main_navbar')", timeout=120000)
    menus, faults = chosen_menus(page), {}
    assert any(path.startswith("/Kurse") for path in menus.values()), f"{user} has no menu of courses: {menus}"
    for action, path in menus.items():
        watch.troubles.clear()
        trouble = page.evaluate(OPEN, action)
        if trouble or watch.troubles:
            faults[path] = [trouble, *watch.troubles]
    context.close()
    assert not faults
    assert not server.complaints()
