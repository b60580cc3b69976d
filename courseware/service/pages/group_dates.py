"""The page of a group's dates: what course.toml says of the group, what was granted to its people, and the
form to grant more, to all of them in one go.

In: the name of a group in the address, and what a form said. Out: the page, or back to it.
"""

import urllib.parse

from courseware.course import group_grants, lessons, manifest, rules
from courseware.grading import reaching
from courseware.service import call, render
from courseware.service.pages import schedule


def read(request: call.Call) -> call.Page:
    """The dates of a group."""
    connection, course, name = request.connection, request.course, request.path["g"]
    said = manifest.of(course).rules
    values = render.base_values(
        request,
        group=name,
        people=group_grants.people(connection, course, name),
        acts=group_grants.holding(connection, course, name),
        of_group=said.group([name]),
        dates=[{"lesson": each.slug, "title": each.title} for each in lessons.of_course(connection, course)],
    )
    return call.Page(template="group_dates.html", values=values)


def grant(request: call.Call) -> call.Redirect:
    """Grant what the form says to everybody in the group."""
    wish = schedule.wish(request)
    granted = rules.Granted(
        kind=wish.kind, lesson=wish.lesson, amount=wish.amount, until=wish.until, text=wish.text
    )
    connection, course, now = request.connection, request.course, request.now
    by, name = request.viewer.person, request.path["g"]
    for person in group_grants.grant(connection, course, name, granted, reason=wish.reason, by=by, now=now):
        reaching.note_person(connection, course, person.id, now=now)
    return _here(request)


def take_back(request: call.Call) -> call.Redirect:
    """End what was granted in one go."""
    connection, course, now = request.connection, request.course, request.now
    by, name = request.viewer.person, request.path["g"]
    for person in group_grants.take_back(connection, course, name, request.path["a"], by=by, now=now):
        reaching.note_person(connection, course, person.id, now=now)
    return _here(request)


def _here(request: call.Call) -> call.Redirect:
    name = urllib.parse.quote(request.path["g"], safe="")
    return call.Redirect(to=f"/courses/{request.course.slug}/groups/{name}/dates")
