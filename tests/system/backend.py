"""Steps in the back office that several tests take."""


def open_action(page, server, name):
    page.goto(server.url(f"/odoo/action-{name}"))
    page.locator(".o_view_controller, .modal .o_form_view").first.wait_for()


def confirm(page):
    page.locator(".modal footer .btn-primary").click()
    page.locator(".modal").wait_for(state="detached")


def choose(page, field, text):
    """Fill in a link to another record and take the proposal with that text."""
    page.locator(f"[name={field}] input").fill(text)
    page.locator(".o-autocomplete--dropdown-item", has_text=text).first.click()


def pick(page, field, text):
    """Pick one of the values of a selection."""
    page.locator(f"[name={field}] input").click()
    page.locator(".o_select_menu_item", has_text=text).first.click()


def downloaded(page, click):
    """Return what a click hands over: (name of the file, bytes)."""
    with page.expect_download() as download:
        click()
    with open(download.value.path(), "rb") as file:
        return download.value.suggested_filename, file.read()
