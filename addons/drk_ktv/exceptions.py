"""What the door to a seat answers; all are messages a person can read."""

from odoo.exceptions import UserError


class CourseFull(UserError):  # noqa: N818 - it is the answer of the door
    """There are fewer free places than people; ``free`` says how many there are."""

    def __init__(self, message, free=0):
        super().__init__(message)
        self.free = free


class CourseClosed(UserError):  # noqa: N818 - it is the answer of the door
    """The course is over, cancelled, not published or its booking time has passed."""


class AlreadyBooked(UserError):  # noqa: N818 - it is the answer of the door
    """This person already stands on this course; ``person`` is a ``res.partner`` or None."""

    def __init__(self, message, person=None):
        super().__init__(message)
        self.person = person


class NamedTwice(UserError):  # noqa: N818 - it is the answer of the door
    """Two of the people of one booking are the same person."""


class OfferExpired(UserError):  # noqa: N818 - it is the answer of the door
    """The time to accept an offered place has passed, or the offer is gone."""
