"""The page of a draft release: what students would get, what the check said, and publishing it.

In: a lesson with a draft. Out: the lesson's own page with the draft as its release, or a release. The page
names the draft by its id, so that what is published is what was on it.
"""

import dataclasses
import datetime
import zoneinfo

from courseware import errors
from courseware.course import permissions, wall
from courseware.desk import release_history
from courseware.exchange import draft_releases, planned_releases, releases
from courseware.service import access, call, render, show, types_release
from courseware.service.api import draft_releases as api
from courseware.service.pages import checks, films, quiz, reading


def read(request: call.Call) -> call.Page:
    """The draft as students would get it, with the report for staff."""
    place = access.lesson(request)
    told = api.one(request)
    draft = draft_releases.find(request.connection, place.id)
    newest = releases.newest(request.connection, place.id)
    release = draft_releases.as_release(draft, newest.number + 1 if newest else 1)
    lesson_page = f"/courses/{request.course.slug}/lessons/{place.slug}"
    base = f"{lesson_page}/draft-release/files/"
    reel = films.Reel(films.lesson(request, base, draft.student))
    lesson = show.drafted(request, place, release)
    values = render.base_values(
        request,
        lesson=lesson,
        release=show.release(release),
        checks=checks.fresh(request, lesson),
        submissions=(),
        base=base,
        pack="",
        watching="",
        form_key="",
        teaches=False,
        desk=None,
        talks=False,
        may_submit=request.may(permissions.Action.SUBMIT),
        drafted=told,
        lesson_page=lesson_page,
        findings=told.report.get("findings", []),
        tests=release_history.tests(told.report, release_history.titles(release)),
        planned=planned_releases.of_lesson(request.connection, place.id),
        may_publish=request.may(permissions.Action.PUBLISH),
        may_try=newest is not None and request.may(permissions.Action.REGRADE),
        **reading.of_release(request, release, reel, quiz.of_draft(request, release, base)),
    )
    return call.Page(template="draft_release.html", values=values)


def publish(request: call.Call) -> call.Redirect:
    """Publish the draft that was on the page."""
    choice = types_release.DraftReleaseChoice(id=request.body.fields.get("id", ""))
    made = api.publish(dataclasses.replace(request, body=choice))
    here = f"/courses/{request.course.slug}/lessons/{request.path['l']}"
    return call.Redirect(to=f"{here}?published={made.number}")


def plan(request: call.Call) -> call.Redirect:
    """Have the draft that was on the page published at a time."""
    fields, place = request.body.fields, access.lesson(request)
    at = _moment(request, fields.get("at", ""))
    by, public = request.viewer.person, fields.get("id", "")
    planned_releases.put(request.connection, place, public, at, by=by, now=request.now)
    return _back(request)


def cancel(request: call.Call) -> call.Redirect:
    """Have it published at no time."""
    place, public = access.lesson(request), request.body.fields.get("id", "")
    planned_releases.cancel(request.connection, place, public, by=request.viewer.person, now=request.now)
    return _back(request)


def _back(request: call.Call) -> call.Redirect:
    return call.Redirect(to=f"/courses/{request.course.slug}/lessons/{request.path['l']}/draft-release")


def _moment(request: call.Call, text: str) -> datetime.datetime:
    """A time on the wall of the course's zone."""
    try:
        local = datetime.datetime.fromisoformat(text)
    except ValueError:
        local = None
    if local is None or local.tzinfo is not None or not 1970 <= local.year < 3000:
        raise errors.UserError("The time to publish is no time; write 2026-09-01T08:00.")
    return wall.instant(local, zoneinfo.ZoneInfo(request.course.time_zone), ends=False)


def drop(request: call.Call) -> call.Redirect:
    """Drop the draft that was on the page."""
    api.drop(dataclasses.replace(request, query={"id": request.body.fields.get("id", "")}))
    return call.Redirect(to=f"/courses/{request.course.slug}")
