"""What keeps a person from being deleted."""

from collections import namedtuple

#: One reason: of whom, which one (code, words), until when (date or None: as long as the records exist), records of which
#: model and how many.
Blocker = namedtuple("Blocker", "person_id code text keep_until model count")

#: Code of the reasons that stand for a declared period of any add-on.
KEEP = "keep"


def by_person(blockers):
    """Sort reasons by person; a plain period goes where a better reason holds at least as long.

    :param blockers: list of :class:`Blocker`
    :return: dict of person id to list of reasons, in the order in which they were found
    """
    people = {}
    for blocker in blockers:
        people.setdefault(blocker.person_id, []).append(blocker)
    return {person_id: [own for own in found if not _is_said(own, found)] for person_id, found in people.items()}


def _is_said(blocker, others):
    return blocker.code == KEEP and any(
        other.code != KEEP
        and other.keep_until
        and other.keep_until >= blocker.keep_until
        for other in others
    )
