"""Why a person cannot be deleted."""

from collections import namedtuple

#: person_id: number of the person; code: short name of the reason; text: the reason in plain words; keep_until: last day
#: on which it holds (date), or False as long as something is open; model and count: the records that are the reason.
Blocker = namedtuple("Blocker", "person_id code text keep_until model count")
