"""Pages of marking by hand: the exercises, and one answer after the other.

In: the exercise that the address names, an answer if one is asked for, the form of a mark. Out: the page of
an answer with what it is marked with. Who opens an answer is seen by others to look at it. A mark that
somebody else has changed meanwhile is not overwritten: the form comes back with what was entered and what
they gave. Whatever is refused, the form comes back, and it still names the mark and the rubric that its
sender has seen. What was entered for an answer that is not to be marked any more is shown by itself, and none
of it is written. What the browser keeps of it belongs to a person and a hand-in.
"""

import dataclasses
import urllib.parse
from typing import Any

from courseware import errors
from courseware.course import dates, duties, model, people
from courseware.exchange import model as exchange_model
from courseware.exchange import releases, submissions, tell_apart
from courseware.grading import claims, notes, reaching, review, rubrics, saved_comments, scores, worth
from courseware.service import access, call, called, render
from courseware.service.pages import answer as pages_answer
from courseware.service.pages import mark_form, numbers, writing

AGAIN = "This hand-in counts no more: there is a newer one, or another was chosen. Mark the one that counts."
MEANWHILE = "Somebody else has marked this meanwhile. Compare, and save again if yours is to hold."


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
    draft, lesson = mark_form.sent(request), access.lesson(request)
    try:
        lesson, exercise = exercise_of(request)
    except errors.UserError as error:
        return _gone(request, lesson, dataclasses.replace(draft, problem=error.message, status=404))
    fields = request.body.fields
    found = submissions.find(request.connection, fields.get("submission", ""))
    if found.lesson_id != lesson.id or not access.looked_after(request, found):
        raise errors.UserError("This hand-in is of another lesson.", code="not-found")
    if not _counts(request, lesson, exercise, found):
        why = _why_gone(request, found, (exercise.notebook, exercise.key))
        return _gone(request, lesson, dataclasses.replace(draft, problem=why))
    point = request.connection.begin_nested()
    act, _, which = fields.get("act", "").partition(":")
    try:
        if act in mark_form.ASIDE:
            place = mark_form.Place(found=found, exercise=exercise, which=which)
            draft = mark_form.ASIDE[act](request, place, draft)
        else:
            _give(request, lesson, exercise, found)
    except errors.UserError as error:
        point.rollback()
        problem = MEANWHILE if error.code == "precondition" else error.message
        status = errors.STATUS.get(error.code, 422)
        draft = dataclasses.replace(draft, problem=problem, status=status)
        return _page(request, lesson, exercise, draft=draft)[0]
    point.commit()
    if act in mark_form.ASIDE:
        return _page(request, lesson, exercise, draft=draft)[0]
    reaching.note(request.connection, request.course, found.person_id, lesson, now=request.now)
    every = "&show=all" if fields.get("show") == "all" else ""
    every += "&cells=all" if fields.get("cells") == "all" else ""
    return call.Redirect(to=f"{address(request, lesson, exercise)}?after={found.public}&saved=yes{every}")


def address(request: call.Call, lesson: model.Lesson, exercise: exchange_model.Exercise) -> str:
    """Where the answers to an exercise are marked."""
    key = urllib.parse.quote(exercise.key, safe="")
    return f"/courses/{request.course.slug}/lessons/{lesson.slug}/marking/{key}"


def exercise_of(request: call.Call) -> tuple[model.Lesson, exchange_model.Exercise]:
    """The exercise that the address names, which a person marks."""
    lesson, exercise = any_exercise(request)
    if exercise.kind != review.KIND:
        raise errors.UserError("This lesson has no such exercise that a person marks.", code="not-found")
    return lesson, exercise


def any_exercise(request: call.Call) -> tuple[model.Lesson, exchange_model.Exercise]:
    """The exercise that the address names, whoever marks it."""
    lesson = access.taught(request)
    newest = releases.in_force(request.connection, lesson.id)
    for exercise in tell_apart.exercises(newest.exercises) if newest else ():
        if exercise.key == request.path["key"]:
            return lesson, exercise
    raise errors.UserError("This lesson has no such exercise.", code="not-found")


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
    wish = rubrics.Wish(items=mark_form.ticked(request), score=score, comment=comment, version=version)
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
    said, ticks = request.body.fields.get("score", "").strip().replace(",", "."), mark_form.ticked(request)
    adjustment = 0.0
    stands = mark is not None and use is not None and use.version == mark.version
    if stands and mark is not None and use is not None and said == render.points(mark.score):
        if ticks == use.items:
            return mark.score or 0.0
        said, adjustment = "", use.adjustment
    if not said and items and mark is not None:
        return rubrics.worth(items, ticks, adjustment=adjustment, most=mark.points)
    shown = (mark.score, mark.points) if mark is not None else ()
    return numbers.points(said, *shown)


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
    draft: mark_form.Draft | None = None,
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
        why = _why_gone(request, submissions.find(request.connection, wanted or ""), place)
        return _gone(request, lesson, dataclasses.replace(draft, problem=why)), None
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


def _counts(
    request: call.Call,
    lesson: model.Lesson,
    exercise: exchange_model.Exercise,
    found: exchange_model.Submission,
) -> bool:
    """Whether a hand-in is the one of its student that counts, with an answer that a machine has looked at:
    one of `answers`, without reading all of the class.
    """
    connection, person_id = request.connection, found.person_id
    member = people.member(connection, request.course, person_id)
    ledger = worth.ledger(connection, request.course, [lesson], now=request.now, person_id=person_id)
    work = ledger.counting(person_id, lesson) if member and member.role == "student" else None
    marks = scores.of_submission(connection, found.id)
    return work is not None and work.id == found.id and (exercise.notebook, exercise.key) in marks


def _why_gone(request: call.Call, found: exchange_model.Submission, place: notes.Place) -> str:
    """Why a hand-in has no answer that is to be marked here."""
    return AGAIN if place in scores.of_submission(request.connection, found.id) else rubrics.NO_MARK


def _gone(request: call.Call, lesson: model.Lesson, draft: mark_form.Draft) -> call.Page:
    """What was entered for an answer that is not to be marked any more, to be taken elsewhere."""
    values = {"lesson": lesson, "draft": draft, "problem": draft.problem}
    status = draft.status if draft.status >= 400 else 409
    return call.Page(template="mark_gone.html", values=render.base_values(request, **values), status=status)


def _answer(
    request: call.Call,
    lesson: model.Lesson,
    exercise: exchange_model.Exercise,
    current: review.Answer,
    draft: mark_form.Draft | None,
    *,
    every: bool,
) -> dict[str, Any]:
    """What is shown of one answer, and with what it is marked."""
    connection, place = request.connection, (exercise.notebook, exercise.key)
    shown = pages_answer.shown(request, current.submission, exercise, every=every)
    fresh = _fresh(current, rubrics.use_of(connection, current.submission, place))
    noted: dict[str, list[tuple[notes.Note, Any]]] = {}
    for (notebook, cell), some in notes.of_submission(connection, current.submission).items():
        if notebook == exercise.notebook:
            noted[cell] = [(note, writing.html(note.body)) for note in some]
    if draft and draft.problem == MEANWHILE:
        # Who is told of the newest may save over it.
        draft = dataclasses.replace(draft, version=fresh.version, rubric=fresh.rubric)
    return {
        "mark": current.score,
        "marked_by": _name(request, current.by),
        "rubric": rubrics.seen(connection, lesson, place, (draft or fresh).rubric),
        "shown": shown,
        "given": writing.html(current.score.comment) if current.score.comment else "",
        "draft": draft or fresh,
        "fresh": fresh if draft else None,
        "noted": noted,
        "ended": notes.last_ended(connection, current.submission, exercise.notebook),
        "kept": saved_comments.listed(connection, request.viewer),
    }


def _fresh(current: review.Answer, use: rubrics.Use | None) -> mark_form.Draft:
    """The form with the mark as it stands."""
    mark = current.score
    stands = use is not None and use.version == mark.version
    return mark_form.Draft(
        score="" if mark.score is None or mark.needs_person else render.points(mark.score),
        comment=mark.comment,
        items=use.items if use is not None and stands else frozenset(),
        version=str(mark.version),
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
