import base64
import binascii
import json
from datetime import UTC, datetime
from types import SimpleNamespace

from odoo import api, fields, models
from odoo.tools import consteq
from odoo.tools.misc import hmac

from ..tools.links import TOKEN_PREFIX, LinkExpired, LinkInvalid

TOKEN_MAX_LENGTH = 2000


class DrkLink(models.AbstractModel):
    """Signed links that act for a person without a login.

    The token names a record and carries a MAC over purpose, record, expiry and extra. It can be read by who has it,
    so ``extra`` takes keys, never personal data.
    """

    _name = "drk.link"
    _description = "Signed link"

    @api.model
    def _sign(self, purpose, res_id, expires=None, extra=""):
        """Return a token for an address.

        :param str purpose: what the link is for, e.g. ``ktv_offer``; another purpose does not accept it
        :param int res_id: record the link acts on
        :param expires: naive UTC ``datetime`` after which it is refused, or None
        :param str extra: any short key
        """
        stamp = int(expires.replace(tzinfo=UTC).timestamp()) if expires else 0
        payload = _encode(json.dumps([res_id, stamp, extra], separators=(",", ":")).encode())
        return f"{TOKEN_PREFIX}.{payload}.{self._mac(purpose, payload)}"

    @api.model
    def _verify(self, purpose, token):
        """Return what the token names as ``res_id``, ``expires`` and ``extra``.

        :raise LinkInvalid: when it is not ours, was changed or is for another purpose
        :raise LinkExpired: when its time is over
        """
        payload = self._check_mac(purpose, token)
        res_id, stamp, extra = json.loads(_decode(payload))
        expires = datetime.fromtimestamp(stamp, UTC).replace(tzinfo=None) if stamp else None
        if expires and expires < fields.Datetime.now():
            raise LinkExpired(self.env._("This link has expired."))
        return SimpleNamespace(res_id=res_id, expires=expires, extra=extra)

    def _check_mac(self, purpose, token):
        token = token if isinstance(token, str) and len(token) <= TOKEN_MAX_LENGTH else ""
        prefix, _dot, rest = token.partition(".")
        payload, _dot, mac = rest.partition(".")
        if prefix != TOKEN_PREFIX or not mac.isascii() or not consteq(mac, self._mac(purpose, payload)):
            raise LinkInvalid(self.env._("This link is not valid. Please copy it completely from the message."))
        return payload

    def _mac(self, purpose, payload):
        # the database secret is for the system only
        return _encode(binascii.unhexlify(hmac(self.sudo().env, f"drk.link:{purpose}", payload)))


def _encode(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
