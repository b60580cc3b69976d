"""Pages of marking by hand: the exercises, and one answer after the other.

In: the exercise that the address names, an answer if one is asked for, the form of a mark. Out: the page of
an answer with what it is marked with. Who opens an answer is seen by others to look at it. A mark that
somebody else has changed meanwhile is not overwritten: the form comes back with what was entered and what
they gave. What was entered for an answer that is not to be marked any more is shown by itself.
"""

import dataclasses
import re
import urllib.parse
from typing import Any

from courseware import errors
from courseware.course import dates, duties, model, people
from courseware.exchange import model as exchange_model
from courseware.exchange import releases, submissions
from courseware.grading import claims, notes, reaching, review, rubrics, saved_comments, scores
from courseware.service import access, call, called, render
from courseware.service.pages import answer as pages_answer
from courseware.service.pages import writing

MEANWHILE = "Somebody else has marked this meanwhile. Compare, and save again if yours is to hold."


@dataclasses.dataclass(frozen=True, kw_only=True)
class Draft:
    """The form of a mark as it is shown."""

    score: str
    comment: str
    items: frozenset[str]
    line: str = ""
    note: str = ""
    cell: str = ""
    problem: str = ""
    status: int = 200


def exercises(request: call.Call) -> call.Page:
    """The exercises that a person marks: how many answers are done and wait, who marked, the due date."""
    connection = request.connection
    reach = duties.reach(connection, request.viewer)
    found = review.tallies(connection, request.course, reach=reach, now=request.now)
    holding = dates.of_lessons(
        connection, {each.lesson.id for each in found}, person_id=request.viewer.person.id
    )
    names = people.by_ids(connection, {key for each in found for key in each.by})
    rows = [
        {
            "tally": each,
            "due": (
                holding.get((request.viewer.person.id, each.lesson.id)) or holding[None, each.lesson.id]
            ).due,
            "by": [
                (names[key].name or names[key].username, count)
                for key, count in sorted(each.by.items(), key=lambda pair: -pair[1])
            ],
        }
        for each in found
    ]
    return call.Page(template="marking.html", values=render.base_values(request, exercises=rows))


def read(request: call.Call) -> call.Page:
    """One answer and the form to mark it; the next that waits unless one is asked for."""
    with request.service.database.read() as connection:
        placed = dataclasses.replace(request, open_connection=connection)
        lesson, exercise = exercise_of(placed)
        shown, work = _page(placed, lesson, exercise)
    if work is not None:
        with request.service.database.write() as connection:
            place = (exercise.notebook, exercise.key)
            claims.take(connection, request.viewer.person, work, place, now=request.now)
    return shown


def mark(request: call.Call) -> call.Page | call.Redirect:
    """Save a mark and go to the next answer; what cannot be saved comes back with what is in the way. Notes
    and kept comments are changed on the way, and nothing of the form is lost by it.
    """
    draft, lesson = _sent(request), access.lesson(request)
    try:
        lesson, exercise = exercise_of(request)
    except errors.UserError as error:
        return _gone(request, lesson, dataclasses.replace(draft, problem=error.message, status=404))
    fields = request.body.fields
    found = submissions.find(request.connection, fields.get("submission", ""))
    if found.lesson_id != lesson.id or not access.looked_after(request, found):
        raise errors.UserError("This hand-in is of another lesson.", code="not-found")
    point = request.connection.begin_nested()
    act, _, which = fields.get("act", "").partition(":")
    try:
        if act in _ASIDE:
            draft = _ASIDE[act](request, found, (exercise.notebook, exercise.key), which, draft)
        else:
            _give(request, lesson, exercise, found)
    except errors.UserError as error:
        point.rollback()
        problem = MEANWHILE if error.code == "precondition" else error.message
        status = errors.STATUS.get(error.code, 422)
        draft = dataclasses.replace(draft, problem=problem, status=status)
        return _page(request, lesson, exercise, draft=draft)[0]
    point.commit()
    if act in _ASIDE:
        return _page(request, lesson, exercise, draft=draft)[0]
    reaching.note(request.connection, request.course, found.person_id, lesson, now=request.now)
    every = "&show=all" if fields.get("show") == "all" else ""
    every += "&cells=all" if fields.get("cells") == "all" else ""
    return call.Redirect(to=f"{address(request, lesson, exercise)}?after={found.public}&saved=yes{every}")


def _sent(request: call.Call) -> Draft:
    """The form as it came in."""
    fields = request.body.fields
    return Draft(
        score=fields.get("score", ""),
        comment=fields.get("comment", ""),
        items=ticked(request),
        line=fields.get("line", ""),
        note=fields.get("note", ""),
        cell=fields.get("cell", ""),
    )


def _put_note(
    request: call.Call, found: exchange_model.Submission, place: notes.Place, which: str, draft: Draft
) -> Draft:
    """Put the note of the form at a cell of the notebook, which is the answer's where it names none."""
    line = draft.line.strip()
    if line and not re.fullmatch(r"[0-9]{1,6}", line):
        raise errors.UserError("The line of a note must be a number from 1.")
    exercise = exercise_of(request)[1]
    known = {each.name for each in pages_answer.shown(request, found, exercise, every=False).cells}
    if draft.cell and draft.cell not in {place[1], *known}:
        raise errors.UserError("The notebook has no such cell. Load the page again.", code="not-found")
    notes.put(
        request.connection,
        found,
        (place[0], draft.cell or place[1]),
        line=int(line) if line else None,
        body=draft.note,
        by=request.viewer.person,
        now=request.now,
    )
    return dataclasses.replace(draft, line="", note="", cell="")


def _aim(
    request: call.Call, found: exchange_model.Submission, place: notes.Place, which: str, draft: Draft
) -> Draft:
    """Have the next note stand at the cell of the button."""
    return dataclasses.replace(draft, cell=which, line="")


def _end_note(
    request: call.Call, found: exchange_model.Submission, place: notes.Place, which: str, draft: Draft
) -> Draft:
    """Take a note away."""
    by, now = request.viewer.person, request.now
    notes.end(request.connection, found, which, ended=True, by=by, now=now)
    return draft


def _bring_note(
    request: call.Call, found: exchange_model.Submission, place: notes.Place, which: str, draft: Draft
) -> Draft:
    """Bring a note back."""
    by, now = request.viewer.person, request.now
    notes.end(request.connection, found, which, ended=False, by=by, now=now)
    return draft


def _keep(
    request: call.Call, found: exchange_model.Submission, place: notes.Place, which: str, draft: Draft
) -> Draft:
    """Keep the comment of the form, to use it again."""
    saved_comments.keep(request.connection, request.viewer, draft.comment, now=request.now)
    return draft


def _insert(
    request: call.Call, found: exchange_model.Submission, place: notes.Place, which: str, draft: Draft
) -> Draft:
    """Put a kept comment after what is written."""
    for kept in saved_comments.listed(request.connection, request.viewer):
        if kept.id == which:
            return dataclasses.replace(draft, comment=f"{draft.comment.rstrip()}\n\n{kept.body}".lstrip())
    raise errors.UserError("This comment is kept no more.", code="not-found")


def _forget(
    request: call.Call, found: exchange_model.Submission, place: notes.Place, which: str, draft: Draft
) -> Draft:
    """Keep a comment no more."""
    saved_comments.remove(request.connection, request.viewer, which)
    return draft


_ASIDE = {
    "at": _aim,
    "note": _put_note,
    "end": _end_note,
    "bring": _bring_note,
    "keep": _keep,
    "insert": _insert,
    "forget": _forget,
}
"""What is done beside the mark, by the first word of the button."""


def address(request: call.Call, lesson: model.Lesson, exercise: exchange_model.Exercise) -> str:
    """Where the answers to an exercise are marked."""
    key = urllib.parse.quote(exercise.key, safe="")
    return f"/courses/{request.course.slug}/lessons/{lesson.slug}/marking/{key}"


def exercise_of(request: call.Call) -> tuple[model.Lesson, exchange_model.Exercise]:
    """The exercise that the address names."""
    lesson = access.taught(request)
    newest = releases.in_force(request.connection, lesson.id)
    for exercise in newest.exercises if newest else ():
        if exercise.key == request.path["key"] and exercise.kind == review.KIND:
            return lesson, exercise
    raise errors.UserError("This lesson has no such exercise that a person marks.", code="not-found")


def _give(
    request: call.Call,
    lesson: model.Lesson,
    exercise: exchange_model.Exercise,
    found: exchange_model.Submission,
) -> None:
    """Give the mark of the form, or take back the one that was given."""
    fields, place = request.body.fields, (exercise.notebook, exercise.key)
    try:
        version = int(fields.get("version", ""))
    except ValueError:
        raise errors.UserError(
            "This form could not be read. Load the page again.", code="bad-request"
        ) from None
    by, now, comment = request.viewer.person, request.now, fields.get("comment", "")
    if fields.get("act") == "back":
        scores.put_by_person(
            request.connection, found, place, score=None, comment=comment, by=by, now=now, version=version
        )
        return
    seen = rubrics.seen(request.connection, lesson, place, fields.get("rubric", ""))
    score = _points(request, found, place, seen.items)
    wish = rubrics.Wish(items=ticked(request), score=score, comment=comment, version=version)
    rubrics.give(request.connection, found, place, wish, seen=seen, by=by, now=now)


def _points(
    request: call.Call,
    found: exchange_model.Submission,
    place: rubrics.Place,
    items: tuple[rubrics.Item, ...],
) -> float:
    """The points in all. Where a browser without scripts ticked items and left the points as they were, those
    of the items change.
    """
    mark = scores.of_submission(request.connection, found.id).get(place)
    use = rubrics.use_of(request.connection, found, place)
    said, ticks = request.body.fields.get("score", "").strip().replace(",", "."), ticked(request)
    adjustment = 0.0
    stands = mark is not None and use is not None and use.version == mark.version
    if stands and mark is not None and use is not None and said == render.points(mark.score):
        if ticks == use.items:
            return mark.score or 0.0
        said, adjustment = "", use.adjustment
    if not said and items and mark is not None:
        return rubrics.worth(items, ticks, adjustment=adjustment, most=mark.points)
    try:
        return float(said)
    except ValueError:
        raise errors.UserError("The points must be a number.") from None


def ticked(request: call.Call) -> frozenset[str]:
    """The items of the rubric that the form names."""
    return frozenset(name.removeprefix("item-") for name in request.body.fields if name.startswith("item-"))


def answers(
    request: call.Call, lesson: model.Lesson, exercise: exchange_model.Exercise
) -> tuple[review.Answer, ...]:
    """The answers that the asking person looks after."""
    reach = duties.reach(request.connection, request.viewer)
    return review.answers(request.connection, request.course, lesson, exercise, reach=reach, now=request.now)


def _page(
    request: call.Call,
    lesson: model.Lesson,
    exercise: exchange_model.Exercise,
    *,
    draft: Draft | None = None,
) -> tuple[call.Page, exchange_model.Submission | None]:
    """The page of an answer, and which it is."""
    place = (exercise.notebook, exercise.key)
    names = called.names(request)
    queue = names.ordered(answers(request, lesson, exercise))
    claimed = claims.of_others(request.connection, lesson, place, request.viewer.person, now=request.now)
    wanted = request.body.fields.get("submission") if draft else request.query.get("submission")
    asked = request.body.fields.get("show") if draft else request.query.get("show")
    current = next((each for each in queue if each.submission.public == wanted), None)
    if current is None and draft is not None:
        # What was typed for one must never stand in the form of another.
        return _gone(request, lesson, draft), None
    current = current or review.coming(queue, claimed, after=request.query.get("after", ""))
    values: dict[str, Any] = {
        "lesson": lesson,
        "exercise": exercise,
        "here": address(request, lesson, exercise),
        "waiting": sum(1 for each in queue if each.score.needs_person),
        "total": len(queue),
        "saved": _saved(request, queue),
        "every": asked == "all",
        "cells": (request.body.fields if draft else request.query).get("cells") == "all",
        "current": current,
        "called": names,
    }
    if current is not None:
        before, behind = review.beside(queue, current, waiting=asked != "all")
        values |= {
            "number": queue.index(current) + 1,
            "looks": claimed.get(current.submission.id, ""),
            "previous": before,
            "following": behind,
            **_answer(request, lesson, exercise, current, draft, every=bool(values["cells"])),
        }
    told, status = render.base_values(request, **values), draft.status if draft else 200
    return call.Page(
        template="mark.html", values=told, status=status
    ), current.submission if current else None


def _gone(request: call.Call, lesson: model.Lesson, draft: Draft) -> call.Page:
    """What was entered for an answer that is not to be marked any more, to be taken elsewhere."""
    values = {"lesson": lesson, "draft": draft, "problem": draft.problem or rubrics.NO_MARK}
    status = draft.status if draft.problem else 409
    return call.Page(template="mark_gone.html", values=render.base_values(request, **values), status=status)


def _answer(
    request: call.Call,
    lesson: model.Lesson,
    exercise: exchange_model.Exercise,
    current: review.Answer,
    draft: Draft | None,
    *,
    every: bool,
) -> dict[str, Any]:
    """What is shown of one answer, and with what it is marked."""
    connection, place = request.connection, (exercise.notebook, exercise.key)
    shown = pages_answer.shown(request, current.submission, exercise, every=every)
    noted: dict[str, list[tuple[notes.Note, Any]]] = {}
    for (notebook, cell), some in notes.of_submission(connection, current.submission).items():
        if notebook == exercise.notebook:
            noted[cell] = [(note, writing.html(note.body)) for note in some]
    return {
        "mark": current.score,
        "marked_by": _name(request, current.by),
        "rubric": rubrics.current(connection, lesson, place),
        "shown": shown,
        "given": writing.html(current.score.comment) if current.score.comment else "",
        "draft": draft or _fresh(current, rubrics.use_of(connection, current.submission, place)),
        "noted": noted,
        "ended": notes.last_ended(connection, current.submission, exercise.notebook),
        "kept": saved_comments.listed(connection, request.viewer),
    }


def _fresh(current: review.Answer, use: rubrics.Use | None) -> Draft:
    """The form with the mark as it stands."""
    mark = current.score
    stands = use is not None and use.version == mark.version
    return Draft(
        score="" if mark.score is None or mark.needs_person else render.points(mark.score),
        comment=mark.comment,
        items=use.items if use is not None and stands else frozenset(),
    )


def _saved(request: call.Call, queue: tuple[review.Answer, ...]) -> review.Answer | None:
    """The answer whose mark was saved just before."""
    if "saved" not in request.query:
        return None
    return next((each for each in queue if each.submission.public == request.query.get("after")), None)


def _name(request: call.Call, key: int | None) -> str:
    """What the grader is called; nothing where nobody marked."""
    if key is None:
        return ""
    found = people.by_id(request.connection, key)
    return found.name or found.username
