"""The signed time stamp of a public form: says when it was shown, and carries its one-time number (nonce)."""

import re
import secrets
import time

from odoo.tools import consteq, hmac

SCOPE = "drk_web.form"
_STAMP = re.compile(r"(\d{10})\.([A-Za-z0-9_-]{22})\.([0-9a-f]{64})")


def make(env, form):
    """Return a new stamp ``<time>.<nonce>.<mac>`` for the form of this name."""
    body = f"{int(time.time())}.{secrets.token_urlsafe(16)}"
    return f"{body}.{hmac(env(su=True), SCOPE, f'{form}|{body}')}"


def read(env, form, stamp):
    """Check a stamp that came back.

    :return: ``(age in seconds, nonce)``, or ``None`` when the stamp is not ours or belongs to another form
    """
    match = _STAMP.fullmatch(stamp) if isinstance(stamp, str) else None  # it may be a file that somebody sent
    if not match:
        return None
    shown, nonce, mac = match.groups()
    if not consteq(mac, hmac(env(su=True), SCOPE, f"{form}|{shown}.{nonce}")):
        return None
    return time.time() - int(shown), nonce
