"""A lesson's page: the release to be read, what is said about each cell in reading order, and handing in."""

import dataclasses
import secrets
from collections.abc import Mapping
from typing import Any

from courseware.course import duties, permissions
from courseware.discussion import look, model
from courseware.exchange import fetch
from courseware.exchange import model as exchange_model
from courseware.grading import standing
from courseware.progress import watched
from courseware.service import access, call, render, show
from courseware.service.api import lessons as api_lessons
from courseware.service.api import submissions as api_submissions
from courseware.service.pages import checks, films, quiz, reading, writing


def read(request: call.Call) -> call.Page:
    """The lesson; `?ask=KEY` opens the form at that cell, `&at=SECOND` for a moment of its video."""
    moment = writing.second(request.query.get("at", ""))
    return page(request, writing.fresh(key=request.query.get("ask"), moment=moment))


def page(request: call.Call, draft: writing.Draft, sent: quiz.Sent | None = None) -> call.Page:
    """A lesson to be read, its files, its questions and discussions, and the form to hand in; `sent` is an
    answer that was refused.
    """
    place = access.lesson(request)
    release = fetch.release(request.connection, request.viewer, place, None, now=request.now)
    base = f"/courses/{request.course.slug}/lessons/{place.slug}/files/"
    seen = watched.of_lesson(request.connection, request.viewer, place)
    reel = films.Reel(films.lesson(request, base, release.student, seen))
    put = reading.of_release(request, release, reel, quiz.of_lesson(request, sent))
    told = show.lesson(request, place)
    values = render.base_values(
        request,
        lesson=told,
        checks=checks.of_lesson(request, told),
        release=show.release(release),
        submissions=api_submissions.listed(request).submissions,
        base=base,
        pack=f"/courses/{request.course.slug}/lessons/{place.slug}/pack",
        watching=f"/api/v1/courses/{request.course.slug}/lessons/{place.slug}/watched",
        teaches=request.viewer.is_staff,
        desk=_desk(request, release) if request.viewer.is_staff else None,
        form_key=secrets.token_urlsafe(24),
        may_submit=request.may(permissions.Action.SUBMIT),
        may_regrade=request.may(permissions.Action.REGRADE),
        may_release=request.may(permissions.Action.RELEASE_MARKS),
        may_hold=request.may(permissions.Action.HOLD),
        draft=draft,
        kinds=writing.kinds(request.viewer, announce=False),
        can=look.rights(request.viewer),
        set_comment=writing.html(told.set_mark.comment) if told.set_mark and told.set_mark.comment else "",
        **put,
        **_said(request, put["shown"]),
    )
    return call.Page(template="lesson.html", values=values, status=sent.status if sent else draft.status)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Desk:
    """What staff have in place of a student's hand-in: how the class `stands`, where the marks show; and that
    this version was `published` just now.
    """

    stands: standing.Standing | None
    published: bool


def _desk(request: call.Call, release: exchange_model.Release) -> Desk:
    """A lesson's desk."""
    place, connection = access.lesson(request), request.connection
    stands = None
    if release.exercises and request.may(permissions.Action.READ_GRADES):
        reach = duties.reach(connection, request.viewer)
        stands = standing.of_lesson(connection, request.course, place, release, reach=reach, now=request.now)
    return Desk(stands=stands, published=request.query.get("published") == str(release.number))


def _said(request: call.Call, shown: list[dict[str, Any]]) -> Mapping[str, Any]:
    """What is said at each cell, and about cells that the lesson has no more."""
    if not request.may(permissions.Action.TALK):
        return {"threads": {}, "counts": {}, "gone": {}, "moments": {}, "talks": False}
    place = access.lesson(request)
    told = look.discussion(request.connection, request.viewer, place, now=request.now)
    threads = look.beside(request.connection, request.viewer, place, now=request.now)
    here = {cell.key for each in shown for cell in each["cells"]}
    gone = {key: told.texts.get(key) for key in threads if key is not None and key not in here}
    counts: dict[str | None, model.Count] = {None: told.general}
    counts.update(told.cells)
    said = {"threads": threads, "counts": counts, "gone": gone, "moments": told.moments}
    return {**said, "talks": True}


def file(request: call.Call) -> call.File:
    """A file of the newest release."""
    return api_lessons.release_file(request)


def pack(request: call.Call) -> call.File:
    """The newest release to take along."""
    return api_lessons.release_pack(request)
