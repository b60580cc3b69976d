"""A hand-in that was made and marked in another system comes into a course: files, time, marks, comments.

In: whose it is, a lesson with a release, the files, what was given for each exercise. Out: a hand-in with its
receipt, marks of the machine and of a person as they stood, nothing run again, and nobody told as if it were
new. Refused: exercises that the lesson's release does not have, points that they cannot be worth, files that
cannot be taken. The same brought twice is there once; another hand-in under the same key is refused.
"""

import collections
import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from courseware import errors
from courseware.course import model, people
from courseware.exchange import model as exchange_model
from courseware.exchange import publish, receive, releases, storage, submissions, submit
from courseware.grading import gradings, reaching, scores
from courseware.notebook import cells, files
from courseware.store import blobs as blobs_store
from courseware.store import journal

MOST_LATE = 100 * 366 * 24 * 3600
"""A hundred years, in seconds."""
_NEAR = 1e-9


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mark:
    """What stood for an exercise; `auto` is the machine's, None where a person had to look."""

    notebook: str
    exercise: str
    points: float
    auto: float | None
    manual: float | None
    needs_person: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class Work:
    """A hand-in of elsewhere: `key` is its name there; comments by (notebook, cell)."""

    key: str
    files: Mapping[str, bytes]
    at: datetime.datetime | None
    late_seconds: int
    marks: tuple[Mark, ...]
    comments: tuple[tuple[str, str, str], ...]


def hand_in(
    desk: submit.Desk,
    viewer: model.Viewer,
    person: model.Person,
    lesson: model.Lesson,
    work: Work,
    *,
    now: datetime.datetime,
) -> exchange_model.Submission:
    """Bring in one hand-in; the viewer is who does it.

    Raises:
        UserError: the lesson has no release, or not these exercises; points or a lateness that cannot be;
            files that cannot be taken; the key was used for another hand-in.
    """
    if not 1 <= len(work.key) <= 80:
        message = "A hand-in needs an Idempotency-Key of 1 to 80 characters."
        raise errors.UserError(message, code="bad-request")
    with desk.database.read() as connection:
        release = releases.in_force(connection, lesson.id)
    if release is None:
        raise errors.UserError(f"Release {lesson.title!r} first: it has no release yet.", code="conflict")
    _check(release, work)
    said = _said(desk.blobs, release, work)
    given = receive.checked(work.files, course=viewer.course.slug, lesson=lesson.slug)
    kept = publish.keep(desk.blobs, given)
    nothing = desk.blobs.put(b"[]")
    with desk.database.write() as connection:
        people.hold_alone(connection, person)
        before = submissions.by_key(connection, person.id, work.key)
        if before is not None:
            return submit.same(before, lesson, kept)
        made = _insert(connection, person, release, work, kept=kept, now=now)
        _mark(connection, made, work, said, by=viewer.person, nothing=nothing, now=now)
        data = {"lesson": lesson.public, "by": viewer.person.public}
        journal.append(
            connection, "submission.brought", made.public, now=now, actor_id=viewer.person.id, data=data
        )
        reaching.note(connection, viewer.course, person.id, lesson, now=now)
        course = viewer.course
        made, _ = submit.signed(
            desk, connection, course, person, made, lesson=lesson.slug, release=release.number
        )
        storage.take(connection, course.id, kept, purpose="staff", usual=desk.usual)
        return made


def _insert(
    connection: sa.Connection,
    person: model.Person,
    release: exchange_model.Release,
    work: Work,
    *,
    kept: tuple[exchange_model.FileEntry, ...],
    now: datetime.datetime,
) -> exchange_model.Submission:
    """The row of the hand-in; how late it was is known already."""
    worked = submit.claimed(work.at, now)
    upload = exchange_model.Upload(
        release=release.number, files=work.files, client_key=work.key, worked=worked
    )
    return submissions.insert(
        connection,
        person=person,
        lesson_id=release.lesson_id,
        release_id=release.id,
        upload=upload,
        files=kept,
        received=now,
        late_seconds=work.late_seconds,
    )


def _mark(
    connection: sa.Connection,
    made: exchange_model.Submission,
    work: Work,
    said: Mapping[tuple[str, str], str],
    *,
    by: model.Person,
    nothing: str,
    now: datetime.datetime,
) -> None:
    """Write the marks as they stood, under a grading that nobody ran."""
    key = gradings.enqueue(connection, made, now)
    grading = gradings.claim(connection, key, now=now) or gradings.by_id(connection, key)
    gradings.finish(
        connection, grading, state="marked", now=now, result={"brought": True}, feedback_hash=nothing
    )
    scores.save(connection, grading, [_row(mark) for mark in work.marks], now=now)
    for mark in work.marks:
        place = (mark.notebook, mark.exercise)
        if mark.manual is not None or said.get(place):
            comment = said.get(place, "")
            scores.bring(connection, made, place, score=mark.manual, comment=comment, by=by, now=now)


def _row(mark: Mark) -> dict[str, Any]:
    """A machine's mark as its table has it."""
    if mark.auto is None:
        verdict = "manual"
    else:
        verdict = "pass" if mark.auto >= mark.points else "partial" if mark.auto > 0 else "fail"
    return {
        "notebook": mark.notebook,
        "exercise": mark.exercise,
        "points": mark.points,
        "score": mark.auto,
        "needs_person": mark.needs_person,
        "verdict": verdict,
        "test_mode": "in-process",
        "hint": "",
    }


def _check(release: exchange_model.Release, work: Work) -> None:
    """Refuse marks that the release's exercises cannot have, and a lateness that nobody has.

    Raises:
        UserError: says which.
    """
    known = {(each.notebook, each.key): each.points for each in release.exercises}
    places = collections.Counter((mark.notebook, mark.exercise) for mark in work.marks)
    lacking = sorted({key for notebook, key in places if (notebook, key) not in known})
    if lacking:
        raise errors.UserError(
            f"The lesson's release has no exercise {', '.join(map(repr, lacking[:5]))}. Release it from the "
            "source that was marked.",
            code="conflict",
        )
    for mark in work.marks:
        _check_mark(mark, known[mark.notebook, mark.exercise], places[mark.notebook, mark.exercise])
    if not 0 <= work.late_seconds <= MOST_LATE:
        raise errors.UserError(f"A hand-in can be from 0 to {MOST_LATE} seconds late.")


def _check_mark(mark: Mark, points: float, number: int) -> None:
    """Refuse a mark that an exercise of so many points cannot have; a person's may be above the maximum."""
    if number > 1:
        raise errors.UserError(f"The exercise {mark.exercise!r} has {number} marks. Give it one.")
    if abs(mark.points - points) > _NEAR:
        raise errors.UserError(
            f"The exercise {mark.exercise!r} was marked out of {mark.points:g}; the lesson's release gives "
            f"{points:g}. Release it from the source that was marked.",
            code="conflict",
        )
    if mark.auto is not None and not 0 <= mark.auto <= points + _NEAR:
        raise errors.UserError(
            f"The machine's points for {mark.exercise!r} must be from 0 to {points:g}, not {mark.auto:g}."
        )
    if mark.manual is not None and mark.manual < 0:
        raise errors.UserError(f"The points for {mark.exercise!r} must be 0 or more, not {mark.manual:g}.")


def _said(
    blobs: blobs_store.Blobs, release: exchange_model.Release, work: Work
) -> dict[tuple[str, str], str]:
    """The comments by exercise: one at a solution is of the next exercise below it."""
    known = {(each.notebook, each.key) for each in release.exercises}
    found: dict[tuple[str, str], str] = {}
    for notebook, cell, text in work.comments:
        place = (notebook, cell) if (notebook, cell) in known else _below(blobs, release, notebook, cell)
        if place is not None:
            found[place] = f"{found[place]}\n\n{text}" if place in found else text
    return found


def _below(
    blobs: blobs_store.Blobs, release: exchange_model.Release, notebook: str, cell: str
) -> tuple[str, str] | None:
    """The exercise that stands next below a cell."""
    entry = next((each for each in release.instructor if each.path == f"{notebook}.ipynb"), None)
    book = files.read(blobs.get(entry.sha256), name=entry.path) if entry else None
    order: Sequence[str | None] = [cells.grade_id(each) for each in book["cells"]] if book else []
    keys = {each.key for each in release.exercises if each.notebook == notebook}
    if cell not in order:
        return None
    return next(((notebook, key) for key in order[order.index(cell) :] if key in keys), None)
