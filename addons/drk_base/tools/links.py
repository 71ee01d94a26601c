"""What can be wrong with a signed link (see the model ``drk.link``)."""

from odoo.exceptions import UserError

TOKEN_PREFIX = "dl1"  # makes tokens recognisable: the log filter hides them


class LinkInvalid(UserError):  # noqa: N818
    """Not one of our links, changed on the way, or made for another purpose."""


class LinkExpired(UserError):  # noqa: N818
    """The link was right, but its time is over."""
