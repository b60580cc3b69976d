"""The page of a lesson's releases: which is out, who made each, who works on it, what its check said, and
which exercises are on hold.

In: a lesson. Out: the draft, if there is one, holds, and all releases, newest first; a release withdrawn or
offered again, other notes. Holding and letting go is `staff.hold`, here as on the lesson's page. Staff alone
see it.
"""

from courseware import errors
from courseware.course import people, permissions
from courseware.desk import release_history
from courseware.exchange import draft_releases, planned_releases, publish, releases, withdrawals
from courseware.grading import holds
from courseware.service import access, call, render, show
from courseware.service.api import uploads


def read(request: call.Call) -> call.Page:
    """The page."""
    return _page(request)


def withdraw(request: call.Call) -> call.Redirect | call.Page:
    """Offer a release no more."""
    place, fields = access.lesson(request), request.body.fields
    found = releases.find(request.connection, place.id, uploads.number(request) or 0)
    reason = fields.get("reason", "")
    try:
        withdrawals.withdraw(
            request.connection, place, found, reason, by=request.viewer.person, now=request.now
        )
    except errors.UserError as error:
        return _page(request, error.message)
    return _back(request)


def offer(request: call.Call) -> call.Redirect | call.Page:
    """Offer a release again."""
    place = access.lesson(request)
    found = releases.find(request.connection, place.id, uploads.number(request) or 0)
    try:
        withdrawals.offer(request.connection, place, found, by=request.viewer.person, now=request.now)
    except errors.UserError as error:
        return _page(request, error.message)
    return _back(request)


def note(request: call.Call) -> call.Redirect:
    """Say something else to students about a release."""
    place = access.lesson(request)
    found = releases.find(request.connection, place.id, uploads.number(request) or 0)
    notes = request.body.fields.get("notes", "")
    publish.note(request.connection, place, found, notes, by=request.viewer.person, now=request.now)
    return _back(request)


def _back(request: call.Call) -> call.Redirect:
    return call.Redirect(to=f"/courses/{request.course.slug}/lessons/{request.path['l']}/releases")


def _page(request: call.Call, problem: str = "") -> call.Page:
    """The page, with what was refused."""
    place = access.lesson(request)
    draft = draft_releases.of_lesson(request.connection, place.id)
    made = release_history.of_lesson(request.connection, place)
    shown = draft_releases.as_release(draft, 0) if draft else None
    values = render.base_values(
        request,
        lesson=show.lesson(request, place),
        draft=draft,
        draft_tests=release_history.tests(shown.report, release_history.titles(shown)) if shown else (),
        planned=planned_releases.of_lesson(request.connection, place.id),
        draft_by=people.by_id(request.connection, draft.uploaded_by) if draft else None,
        made=made,
        offered=[each.release.number for each in made if each.withdrawn is None],
        problem=problem,
        holds=holds.told(request.connection, place),
        titles={each.key: each.title for one in reversed(made) for each in one.release.exercises},
        may_hold=request.may(permissions.Action.HOLD),
        may_publish=request.may(permissions.Action.PUBLISH),
    )
    return call.Page(template="releases.html", values=values, status=409 if problem else 200)
