"""Demo data of a course that is over: attendance, a scan of the signed list, complete papers and certificates."""

from datetime import UTC, date, timedelta

from . import demo_sketch
from .demo_calendar import BERLIN

AUTHORISATION = "8.0000"  # given to nobody


def let_pass(course, clerk):
    """Move a course to last week or the one before, and let the course office finish it.

    :param course: ``event.event`` with bookings that is still to come, of who may write everything
    :param clerk: ``res.users``
    """
    if not course.company_id.drk_ktv_authorisation_number:
        course.company_id.drk_ktv_authorisation_number = AUTHORISATION
    _move_back(course)
    people = course._drk_listed()
    _record(course, people, clerk)
    scan = demo_sketch.draw_signed_list(course.display_name, people.mapped("name"))
    course.with_user(clerk)._drk_add_papers([("Unterschriftenliste.pdf", scan)])
    course.with_user(clerk).action_drk_papers_complete()
    people.with_user(clerk)._drk_issue_certificates()


def _move_back(course):
    """By whole weeks: the day of the week stays, and the clock on the wall."""
    last = course.date_end.replace(tzinfo=UTC).astimezone(BERLIN).date()
    weeks = (last - date.today()).days // 7 + 1
    for session in course.drk_session_ids:
        session.write({name: _earlier(session[name], weeks) for name in ("date_begin", "date_end")})


def _earlier(moment, weeks):
    local = moment.replace(tzinfo=UTC).astimezone(BERLIN)
    return (local - timedelta(weeks=weeks)).astimezone(UTC).replace(tzinfo=None)


def _record(course, people, clerk):
    """All were there but the last one, if there are a few."""
    absent = people[3:][-1:]
    course.env["drk.course.attendance"].create(
        [
            {
                "registration_id": person.id,
                "session_id": session.id,
                "state": "absent" if person in absent else "present",
                "recorded_at": session.date_begin + timedelta(minutes=20),
                "recorded_by_id": clerk.id,
            }
            for person in people
            for session in course.drk_session_ids
        ]
    )
