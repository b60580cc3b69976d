"""A lesson's releases at the desk of staff: how they stand, planned, withdrawn, offered again, noted."""

from courseware import errors
from courseware.course import model, people, permissions
from courseware.exchange import draft_releases, planned_releases, publish, releases, withdrawals
from courseware.exchange import model as exchange_model
from courseware.grading import holds
from courseware.service import access, call, show, types, types_release
from courseware.service.api import uploads


def of_lesson(request: call.Call) -> types_release.Desk:
    """How a lesson stands with its releases. Why is for staff alone: a Jupyter server of theirs, where
    notebooks of students may run, is not told.
    """
    told = request.may(permissions.Action.READ_DRAFTS)
    connection, place = request.connection, access.lesson(request)
    offered, newest = releases.offered(connection, place.id), releases.newest(connection, place.id)
    draft = draft_releases.of_lesson(connection, place.id)
    numbers = {each.id: each.number for each in releases.of_lesson(connection, place.id)}
    gone = withdrawals.of_lesson(connection, place.id).values()
    return types_release.Desk(
        lesson=place.slug,
        offered=offered.number if offered else None,
        next=newest.number + 1 if newest else 1,
        draft=types_release.DraftRef(id=draft.public, uploaded=draft.uploaded) if draft else None,
        planned=_planned(request, place),
        withdrawn=[
            types_release.Withdrawn(
                number=numbers[each.release_id],
                reason=each.reason if told else "",
                by=_person(request, each.by),
                at=each.at,
            )
            for each in sorted(gone, key=lambda one: numbers[one.release_id])
        ],
        held=[
            types_release.Hold(exercise=key, reason=reason if told else "")
            for key, reason in sorted(holds.of_lesson(connection, place.id).items())
        ],
    )


def plan(request: call.Call) -> types_release.Desk:
    """Have the draft of this id published at a time."""
    place, wish, by = access.lesson(request), request.body, request.viewer.person
    planned_releases.put(request.connection, place, wish.id, wish.at, by=by, now=request.now)
    return of_lesson(request)


def cancel(request: call.Call) -> None:
    """Have the draft that the query names published at no time."""
    wanted = request.query.get("id", "")
    if not wanted:
        raise errors.UserError("Say which draft: ?id=drl_…", code="bad-request")
    place, by = access.lesson(request), request.viewer.person
    planned_releases.cancel(request.connection, place, wanted, by=by, now=request.now)


def withdraw(request: call.Call) -> types_release.Desk:
    """Offer a release no more."""
    (place, found), by = _release(request), request.viewer.person
    withdrawals.withdraw(request.connection, place, found, request.body.reason, by=by, now=request.now)
    return of_lesson(request)


def offer(request: call.Call) -> None:
    """Offer a release again."""
    (place, found), by = _release(request), request.viewer.person
    withdrawals.offer(request.connection, place, found, by=by, now=request.now)


def note(request: call.Call) -> types.ReleaseRef:
    """Say something else to students about a release."""
    (place, found), by = _release(request), request.viewer.person
    publish.note(request.connection, place, found, request.body.notes, by=by, now=request.now)
    return show.release_ref(releases.find(request.connection, place.id, found.number))


def _release(request: call.Call) -> tuple[model.Lesson, exchange_model.Release]:
    """The lesson and the release of the address."""
    place = access.lesson(request)
    return place, releases.find(request.connection, place.id, uploads.number(request) or 0)


def _planned(request: call.Call, place: model.Lesson) -> types_release.PlannedRelease | None:
    found = planned_releases.of_lesson(request.connection, place.id)
    if found is None:
        return None
    told = request.may(permissions.Action.READ_DRAFTS) or not found.problem
    problem = found.problem if told else "The page of the draft says why."
    return types_release.PlannedRelease(at=found.at, by=_person(request, found.by), problem=problem)


def _person(request: call.Call, key: int) -> types.Person:
    return show.person(people.by_id(request.connection, key), with_email=False)
