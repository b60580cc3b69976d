"""The page of answers that are alike: mark a whole group at once, see who is in it, undo it.

In: an exercise; of a group, the hand-ins that were seen with the versions of their marks. Out: the groups of
two and more, the largest first, and what was marked at once before. Where a machine marks, these are answers
that have not all points, and a group is answered: each gets the same comment, and keeps its points. Each
hand-in is read once: what it says is remembered by its content, which never changes.
"""

import dataclasses
import re
from collections.abc import Sequence
from typing import Any

from courseware import errors
from courseware.course import duties, model, people
from courseware.exchange import model as exchange_model
from courseware.exchange import submissions
from courseware.grading import batches, likeness, reaching, review, rubrics, scores
from courseware.service import call, called, render
from courseware.service.pages import mark_form, marking, numbers, saying

_GROUPS, _MEMBERS = 40, 900
"""The most that the page shows: a group after so many members waits until those before it are marked."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Draft:
    """The form of a group as it came in."""

    signature: str
    score: str
    comment: str
    items: frozenset[str]
    problem: str
    status: int


def read(request: call.Call) -> call.Page:
    """The groups."""
    lesson, exercise = marking.any_exercise(request)
    return _page(request, lesson, exercise)


def act(request: call.Call) -> call.Page | call.Redirect:
    """Mark or answer a group, or undo that."""
    lesson, exercise = marking.any_exercise(request)
    fields = request.body.fields
    point = request.connection.begin_nested()
    try:
        done, told = _done(request, lesson, exercise)
    except errors.UserError as error:
        point.rollback()
        draft = Draft(
            signature=fields.get("group", ""),
            score=fields.get("score", ""),
            comment=fields.get("comment", ""),
            items=mark_form.ticked(request),
            problem=error.message,
            status=errors.STATUS.get(error.code, 422),
        )
        return _page(request, lesson, exercise, draft)
    point.commit()
    for work in done:
        reaching.note(request.connection, request.course, work.person_id, lesson, now=request.now)
    return call.Redirect(to=f"{marking.address(request, lesson, exercise)}/alike?{told}")


def _done(
    request: call.Call, lesson: model.Lesson, exercise: exchange_model.Exercise
) -> tuple[Sequence[exchange_model.Submission], str]:
    """Do what the form says: to which hand-ins it was done, and what the next page tells of it."""
    connection, by, now = request.connection, request.viewer.person, request.now
    fields, place = request.body.fields, (exercise.notebook, exercise.key)
    name, _, which = fields.get("act", "").partition(":")
    if name == "undo":
        reach = duties.reach(connection, request.viewer)
        done = batches.undo(connection, lesson, place, which, by=by, reach=reach, now=now)
        return done, f"back={len(done)}"
    members, comment = _members(request, lesson), fields.get("comment", "")
    if exercise.kind == review.KIND:
        seen = rubrics.seen(connection, lesson, place, fields.get("rubric", ""))
        items, score = mark_form.ticked(request), _points(request, exercise, seen)
        wish = batches.Wish(items=items, score=score, comment=comment, members=members)
        done = batches.give(connection, lesson, place, wish, seen=seen, by=by, now=now)
    else:
        done = batches.answer(connection, lesson, place, comment, members, by=by, now=now)
    return done, f"marked={len(done)}&out={len(members) - len(done)}"


def _points(request: call.Call, exercise: exchange_model.Exercise, rubric: rubrics.Rubric) -> float:
    """The points of the form, or those of the items where it has none."""
    said = request.body.fields.get("score", "").strip()
    if not said and rubric.items:
        items = mark_form.ticked(request)
        return rubrics.worth(rubric.items, items, adjustment=0.0, most=exercise.points)
    return numbers.points(said, exercise.points)


def _members(request: call.Call, lesson: model.Lesson) -> batches.Members:
    """The hand-ins of the form that the sender looks after, with the versions of the marks that they saw."""
    seen = re.findall(r"(sub_[a-z0-9]{1,36}):([0-9]{1,9})(?:,|$)", request.body.fields.get("members", ""))
    handed_in = submissions.of_lesson(request.connection, lesson.id)
    reach = duties.reach(request.connection, request.viewer)
    known = {each.public: each for each in handed_in if reach.covers(each.lesson_id, each.person_id)}
    return tuple((known[public], int(version)) for public, version in seen if public in known)


def _open(exercise: exchange_model.Exercise, score: scores.Score) -> bool:
    """Whether an answer still waits to be marked, or to be answered where a machine has marked it."""
    return score.needs_person if exercise.kind == review.KIND else batches.answerable(score)


def _page(
    request: call.Call,
    lesson: model.Lesson,
    exercise: exchange_model.Exercise,
    draft: Draft | None = None,
) -> call.Page:
    """The page, with what came in and cannot be done."""
    place = (exercise.notebook, exercise.key)
    queue = [
        each
        for each in marking.answers(request, lesson, exercise)
        if exercise.kind == review.KIND or (each.score.score or 0.0) < each.score.points
    ]
    answers = {each.submission.public: each for each in queue}
    said = saying.of_all(request, answers, exercise)
    found = likeness.groups({public: each.signature for public, each in said.items()})
    several = [group for group in found if len(group.members) > 1]
    # What is all marked is read last.
    several.sort(key=lambda group: not any(_open(exercise, answers[each].score) for each in group.members))
    listed = _fitting(several)
    reach = duties.reach(request.connection, request.viewer)
    before = batches.latest(request.connection, lesson, place, reach=reach)
    names = people.by_ids(request.connection, {each.by for each in before})
    groups = [
        {
            "signature": group.signature,
            "members": [answers[each] for each in group.members],
            "left": [answers[each] for each in group.members if _open(exercise, answers[each].score)],
            "said": said[group.members[0]],
            "draft": draft if draft and draft.signature == group.signature else None,
        }
        for group in listed
    ]
    values: dict[str, Any] = {
        "lesson": lesson,
        "exercise": exercise,
        "tested": exercise.kind != review.KIND,
        "here": marking.address(request, lesson, exercise),
        "groups": groups,
        "more": sum(len(group.members) for group in several[len(listed) :]),
        "alone": len(found) - len(several),
        "rubric": rubrics.current(request.connection, lesson, place),
        "called": called.names(request),
        "before": [(each, names[each.by].name or names[each.by].username) for each in before],
        "told": {name: _number(request, name) for name in ("marked", "out", "back")},
        "draft": draft,
    }
    status = draft.status if draft else 200
    return call.Page(template="alike.html", values=render.base_values(request, **values), status=status)


def _fitting(several: list[likeness.Group]) -> list[likeness.Group]:
    """The first groups, as far as a page holds them."""
    held, members = 0, 0
    while held < min(len(several), _GROUPS) and (not held or members < _MEMBERS):
        members += len(several[held].members)
        held += 1
    return several[:held]


def _number(request: call.Call, name: str) -> int | None:
    """How many were marked, left out or taken back just before."""
    said = request.query.get(name, "")
    return int(said) if re.fullmatch(r"[0-9]{1,6}", said) else None
