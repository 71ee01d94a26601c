"""Text messages without a database: how long a text is, what a number may look like, what a gateway is asked."""

import ipaddress
import json
import re
import socket
import unicodedata
from urllib.parse import parse_qsl, urlencode, urlsplit

import phonenumbers
from odoo.addons.phone_validation.tools import phone_validation
from odoo.exceptions import UserError

MAX_PARTS = 7
# GSM 03.38 (3GPP TS 23.038 s. 6.2.1): what is not in it makes the whole text UCS-2, with less than half the length
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = frozenset("^{}\\[~]|€\f")
_JOINER = "\u200d"  # holds emoji together, the other invisible characters only deceive
_NUMBER = re.compile(r"\+?[0-9 ()/.\-–]{3,30}")
_PLACEHOLDER = re.compile(r"\{\{\s*(number|text|sender)\s*\}\}")
_SENDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .\-]{1,9}[A-Za-z0-9]|\+?[0-9]{3,15}")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z\-]{1,64}")  # RFC 9110 s. 5.6.2
_OWN_HEADERS = {"host", "content-length", "content-type", "transfer-encoding", "connection"}
_LOCAL_NAMES = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
_COSTLY = (phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST)


class PrivateAddress(ValueError):  # noqa: N818
    """The gateway lies in a private network: somebody may want to reach a machine behind the firewall."""


def clean_text(text):
    """Return ``text`` without control and invisible characters, line ends as line feed."""
    text = unicodedata.normalize("NFC", (text or "").replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    kept = (char for char in text if char in ("\n", _JOINER) or not unicodedata.category(char).startswith("C"))
    return "".join(kept).strip()


def count_parts(text):
    """Return how many parts a text is sent (and paid) in, 0 for none.

    GSM alphabet: 160 characters, 153 in each of several parts. All others: 70 or 67 units of UTF-16.
    """
    if all(char in _GSM or char in _GSM_DOUBLE for char in text):
        length, single, several = len(text) + sum(char in _GSM_DOUBLE for char in text), 160, 153
    else:
        length, single, several = len(text.encode("utf-16-le", "surrogatepass")) // 2, 70, 67
    return min(length, 1) if length <= single else -(-length // several)


def format_number(number, country):
    """Return a number in the form E.164, or False for what is none and for premium services.

    :param country: ``res.country`` of numbers without a country code
    """
    number = clean_text(number).replace("\u00a0", " ").replace("\u202f", " ")  # as address books copy them
    if not _NUMBER.fullmatch(number):
        return False
    try:
        phone = phone_validation.phone_parse(number, country.code or None)
    except UserError:
        return False
    if phonenumbers.number_type(phone) in _COSTLY:
        return False
    return phonenumbers.format_number(phone, phonenumbers.PhoneNumberFormat.E164)


def is_sender(sender):
    """Return whether the network takes this as a sender: 3 to 11 letters and digits, or a number."""
    return bool(_SENDER.fullmatch(sender))


def is_header(name, value):
    """Return whether a header can be sent: no line break that would smuggle in another one, none of our own."""
    printable = all(" " <= char <= "~" for char in value)
    return bool(_HEADER.fullmatch(name)) and name.lower() not in _OWN_HEADERS and printable


def build_body(body_format, template, values):
    """Fill a template; a text can never become more than one value of it.

    :param body_format: ``json`` or ``form``
    :param template: JSON object or ``a=b&c=d`` with ``{{number}}``, ``{{text}}`` and, if wanted, ``{{sender}}``
    :param values: dict of these three
    :return: body as bytes, content type
    :raise ValueError: when the template is none
    """
    if body_format == "json":
        data = json.loads(template)
        if not isinstance(data, dict):
            raise ValueError("no JSON object")
        return json.dumps(_fill(data, values)).encode(), "application/json"
    pairs = parse_qsl(template.strip(), keep_blank_values=True, strict_parsing=True)
    filled = [(key, _fill(value, values)) for key, value in pairs]
    return urlencode(filled).encode(), "application/x-www-form-urlencoded"


def _fill(value, values):
    if isinstance(value, dict):
        return {key: _fill(item, values) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_fill(item, values) for item in value]
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda match: values[match[1]], value)
    return value


def check_template(body_format, template):
    """Check that a template can be filled and that number and text arrive.

    :raise ValueError: when not
    """
    body = build_body(body_format, template, {"number": "NUMBER0", "text": "TEXT0", "sender": ""})[0]
    if b"NUMBER0" not in body or b"TEXT0" not in body:
        raise ValueError("number and text must be in it")


def check_url(url, allow_private=False):
    """Check the address of a gateway without asking the network.

    :raise PrivateAddress: when its host is a private one
    :raise ValueError: when it is no plain https address
    """
    parts = urlsplit(url)
    odd = not url.isascii() or any(char <= " " for char in url) or "\\" in url
    if odd or parts.scheme != "https" or not parts.hostname or "@" in parts.netloc or parts.fragment or parts.port == 0:
        raise ValueError("no plain https address")
    if not allow_private and _is_local_name(parts.hostname):
        raise PrivateAddress(parts.hostname)


def _is_local_name(host):
    try:
        return not _is_public(ipaddress.ip_address(host))
    except ValueError:
        name = host.rstrip(".").lower()
        # the last label of a name has a letter: 127.1 and 0x7f.1 are addresses in disguise
        return "." not in name or name.endswith(_LOCAL_NAMES) or name.rpartition(".")[2][0] in "0123456789"


def _is_public(address):
    address = getattr(address, "ipv4_mapped", None) or address
    tunnels = getattr(address, "sixtofour", None) or getattr(address, "teredo", None)
    return address.is_global and not address.is_multicast and not tunnels


def resolve(host, port, allow_private=False):
    """Return the address to connect to; whoever connects to it cannot be sent elsewhere by a second answer.

    :raise PrivateAddress: when one of the addresses is private
    :raise OSError: when the name is not known
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(entry[4][0].partition("%")[0]) for entry in found]
    if not allow_private and not all(_is_public(address) for address in addresses):
        raise PrivateAddress(host)
    return str(addresses[0])
