"""Where somebody stands in a course, read from what they did.

In: who asks, and now. Out: their map and their week, and nobody else's. The number of queries does not depend
on how many lessons and people there are. Nothing of it is kept: it follows from what is kept.
"""

import dataclasses
import datetime

import sqlalchemy as sa

from courseware.course import dates, lessons, manifest, model, rules, schedule
from courseware.exchange import releases, submissions
from courseware.progress import checked, completion, views, watched
from courseware.progress import week as weeks


@dataclasses.dataclass(frozen=True, kw_only=True)
class Standing:
    """The map of a course and the week that goes on, for one person."""

    map: completion.Map
    week: weeks.Week


def of_viewer(connection: sa.Connection, viewer: model.Viewer, *, now: datetime.datetime) -> Standing:
    """Where the asking person stands."""
    course, me = viewer.course, viewer.person.id
    said = manifest.of(course).rules
    found = dates.persons(connection, course, person_id=me).get(me) or rules.Person(joined=now)
    told = completion.course_map(said, found, _known(connection, viewer, said), now=now)
    return Standing(map=told, week=weeks.week(said, found, told, now=now))


def _known(
    connection: sa.Connection, viewer: model.Viewer, said: rules.Course
) -> dict[str, completion.Known]:
    """What is known of each lesson and this person."""
    places = lessons.of_course(connection, viewer.course)
    keys, me = [each.id for each in places], viewer.person.id
    holding = dates.of_lessons(connection, keys, person_id=me)
    newest = releases.offered_of(connection, keys)
    handed, opened = submissions.handed_in(connection, me, keys), views.of_person(connection, viewer)
    seen = watched.of_person(connection, viewer)
    by_checks = {each.slug for each in said.lessons if each.complete and each.complete.kind == "checked"}
    asked = {e.id: newest[e.id] for e in places if e.slug in by_checks and e.id in newest}
    checks = checked.of_person(connection, viewer, asked)
    found = {}
    for each in places:
        work, release = handed.get(each.id), newest.get(each.id)
        holds = holding.get((me, each.id)) or holding.get((None, each.id))
        videos = [seen.get((each.id, path)) for path in release.films] if release else []
        found[each.slug] = completion.Known(
            title=each.title,
            released=release is not None,
            exercises=release is not None and bool(release.exercises),
            dates=holds or schedule.same_for_all(model.Dates()),
            opened=opened.get(each.id),
            handed_in=work.first if work else None,
            times=work.times if work else 0,
            covered=min((100 * video.coverage if video else 0.0 for video in videos), default=None),
            grown=max((video.grown for video in videos if video), default=None),
            checked=checks.get(each.id),
        )
    return found
