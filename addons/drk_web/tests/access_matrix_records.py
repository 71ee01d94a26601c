"""One record of each model for an association, made by the superuser."""

import secrets


def _build_page(env, company):
    slug = f"test-{secrets.token_hex(4)}"
    return env["drk.web.page"].create({"name": "Test", "slug": slug, "company_id": company.id})


def _build_once(env, company):
    nonce = secrets.token_urlsafe(16)
    return env["drk.form.once"].create({"nonce": nonce, "form": "test", "claimed_at": "2031-01-01 00:00:00"})


BUILDERS = {
    "drk.form.once": _build_once,
    "drk.web.page": _build_page,
}
