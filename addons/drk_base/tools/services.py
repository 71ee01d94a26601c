"""Odoo's paid services (partner lookup, letters, SMS, enrichment) would send names and addresses to a foreign host."""

from contextlib import contextmanager
from contextvars import ContextVar

from odoo.addons.iap.tools import iap_tools
from odoo.exceptions import AccessError
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__, default_lang="en_US")
_CLOSED = _lt("This system calls no foreign service.")
_OPEN = ContextVar("drk_services_open", default=False)
core_jsonrpc = iap_tools.iap_jsonrpc


@contextmanager
def opened():
    """Let the body call Odoo's services: only for what an administrator switched on for an association."""
    token = _OPEN.set(True)
    try:
        yield
    finally:
        _OPEN.reset(token)


def guard(url, method="call", params=None, timeout=15):
    """Stand in for ``iap_jsonrpc``: all of Odoo's services are called through it.

    :raise AccessError: outside of ``opened``; the callers treat it as "service not available"
    """
    if not _OPEN.get():
        raise AccessError(str(_CLOSED))
    return core_jsonrpc(url, method=method, params=params, timeout=timeout)


iap_tools.iap_jsonrpc = guard
