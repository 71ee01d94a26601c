"""The reasons that keep a person, as they are shown."""

from .blocker import Blocker

#: Codes of the reasons that stand for a declared period of any add-on, without saying more.
PLAIN = ("kept", "confidential")
#: Code of a reason that even the person's own wish to be erased waits for: the answer to their access request.
ANSWER_FIRST = "answer_first"


def by_person(blockers):
    """Sort reasons by person; the same reason for several records becomes one line.

    A plain period goes where a better reason holds at least as long.

    :param blockers: list of ``Blocker``
    :return: dict of person id to list of reasons, in the order in which they were found
    """
    people = {}
    for blocker in blockers:
        people.setdefault(blocker.person_id, []).append(blocker)
    return {
        person_id: _joined([own for own in found if not _is_said(own, found)]) for person_id, found in people.items()
    }


def _is_said(blocker, others):
    return blocker.code in PLAIN and any(
        other.code not in PLAIN and other.keep_until and other.keep_until >= blocker.keep_until for other in others
    )


def _joined(blockers):
    lines = {}
    for blocker in blockers:
        key = (blocker.code, blocker.text, blocker.model)
        if key in lines:
            earlier = lines[key]
            until = max(filter(None, (earlier.keep_until, blocker.keep_until)), default=None)
            blocker = Blocker(*blocker[:3], until, blocker.model, earlier.count + blocker.count)
        lines[key] = blocker
    return list(lines.values())


#: Reasons that keep the record of a person, so that numbers stay right, but none of their data.
RECORD_ONLY = ("booked", "fee", "payer", "certificate")


def keeps_data(blocker):
    """Whether this reason keeps data of the person when they ask for erasure."""
    return bool(blocker.keep_until) or blocker.code not in RECORD_ONLY
