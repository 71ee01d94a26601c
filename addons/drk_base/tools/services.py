"""Odoo's paid services (partner lookup, letters, SMS, enrichment) would send names and addresses to a foreign host."""

from odoo.addons.iap.tools import iap_tools
from odoo.exceptions import AccessError
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)
_CLOSED = _lt("This system calls no foreign service.")


def refuse(url, method="call", params=None, timeout=15):
    """Stand in for ``iap_jsonrpc``: all of Odoo's services are called through it.

    :raise AccessError: always; the callers treat it as "service not available"
    """
    raise AccessError(str(_CLOSED))


iap_tools.iap_jsonrpc = refuse
