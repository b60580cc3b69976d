"""The page of a rubric: its items, what a change of them does to marks, and what it was before.

In: the form of all items, and the version that it began from. Out: the same page with how many marks would
change, and after just these are confirmed, the changed rubric. What somebody else changed meanwhile is shown
beside what was entered, and nothing of either is lost: an item that was not touched takes what they made of
it. A version from before can be brought back.
"""

import dataclasses
import hashlib
import json
import re
from typing import Any

from courseware import errors
from courseware.course import duties, model, people
from courseware.exchange import model as exchange_model
from courseware.grading import reaching, rubrics
from courseware.service import call, render
from courseware.service.pages import marking, numbers

_FREE = 4
"""Empty lines below the items, for new ones."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Line:
    """An item as it stands in the form."""

    id: str = ""
    text: str = ""
    points: str = ""
    drop: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Form:
    """The form as it is shown; `changes` are marks that saving it changes, None before that was asked."""

    version: int
    lines: tuple[Line, ...]
    changes: tuple[rubrics.Change, ...] | None = None
    problem: str = ""
    status: int = 200

    @property
    def seen(self) -> str:
        """What is confirmed by saving the form again: just these marks, and what becomes of them."""
        told = [(each.submission_id, each.before, each.after) for each in self.changes or ()]
        return hashlib.sha256(json.dumps(sorted(told)).encode()).hexdigest() if told else ""


def read(request: call.Call) -> call.Page:
    """The rubric that holds, or the form filled with one from before."""
    lesson, exercise = marking.exercise_of(request)
    place = (exercise.notebook, exercise.key)
    current = rubrics.current(request.connection, lesson, place)
    wanted = request.query.get("version", "")
    before = rubrics.history(request.connection, lesson, place)
    source = next((each for each in before if str(each.version) == wanted), current)
    return _page(request, lesson, exercise, Form(version=current.version, lines=_lines(source.items)))


def save(request: call.Call) -> call.Page | call.Redirect:
    """Change the rubric; where marks change with it, first say how many."""
    lesson, exercise = marking.exercise_of(request)
    place, form = (exercise.notebook, exercise.key), _sent(request)
    point = request.connection.begin_nested()
    try:
        items = rubrics.checked(_items(form))
        rubrics.lock(request.connection, lesson.id)
        reach = duties.reach(request.connection, request.viewer)
        changes = rubrics.effects(request.connection, lesson, place, items, reach=reach)
        told = dataclasses.replace(form, changes=changes)
        if told.seen != request.body.fields.get("seen", ""):
            point.rollback()
            return _page(request, lesson, exercise, told)
        changed = rubrics.change(
            request.connection,
            lesson,
            place,
            items,
            version=form.version,
            by=request.viewer.person,
            reach=reach,
            now=request.now,
        )
    except errors.UserError as error:
        point.rollback()
        status = errors.STATUS.get(error.code, 422)
        if error.code == "precondition":
            form = _merged(form, rubrics.history(request.connection, lesson, place))
        return _page(
            request, lesson, exercise, dataclasses.replace(form, problem=error.message, status=status)
        )
    point.commit()
    for person_id in {work.person_id for work in changed}:
        reaching.note(request.connection, request.course, person_id, lesson, now=request.now)
    there = marking.address(request, lesson, exercise)
    return call.Redirect(to=f"{there}/rubric?changed={len(changed)}")


def _page(
    request: call.Call, lesson: model.Lesson, exercise: exchange_model.Exercise, form: Form
) -> call.Page:
    """The page with the form as it stands."""
    place = (exercise.notebook, exercise.key)
    before = rubrics.history(request.connection, lesson, place)
    names = people.by_ids(request.connection, {each.by for each in before if each.by is not None})
    changed = request.query.get("changed", "")
    values: dict[str, Any] = {
        "lesson": lesson,
        "exercise": exercise,
        "here": marking.address(request, lesson, exercise),
        "form": form,
        "free": range(len(form.lines), len(form.lines) + _FREE),
        "current": before[0] if before else None,
        "before": [(each, names[each.by].name or names[each.by].username) for each in before if each.by],
        "changed": int(changed) if re.fullmatch(r"[0-9]{1,6}", changed) else None,
    }
    return call.Page(template="rubric.html", values=render.base_values(request, **values), status=form.status)


def _merged(form: Form, before: tuple[rubrics.Rubric, ...]) -> Form:
    """The form on the newest rubric: of an item that its sender did not touch, what somebody else made of it
    holds, and one that they removed is gone; what they added is below.
    """
    newest = before[0]
    seen = next((each.items for each in before if each.version == form.version), ())
    old = {line.id: line for line in _lines(seen)}
    new = {line.id: line for line in _lines(newest.items)}
    lines = []
    for line in form.lines:
        if line.id not in old or not _alike(line, old[line.id]):
            lines.append(line)
        elif line.id in new:
            lines.append(dataclasses.replace(new[line.id], drop=line.drop))
    known = {line.id for line in lines}
    added = [line for key, line in new.items() if key not in old and key not in known]
    return dataclasses.replace(form, version=newest.version, lines=(*lines, *added))


def _alike(one: Line, other: Line) -> bool:
    """Whether two lines say the same item."""
    return (one.text.split(), _plain(one.points)) == (other.text.split(), _plain(other.points))


def _plain(points: str) -> str:
    """Points as the form shows them; what is no number stays as it is."""
    try:
        return render.points(numbers.points(points))
    except errors.UserError:
        return points


def _lines(items: tuple[rubrics.Item, ...]) -> tuple[Line, ...]:
    return tuple(Line(id=each.id, text=each.text, points=render.points(each.points)) for each in items)


def _sent(request: call.Call) -> Form:
    """The form as it came in: lines with nothing in them are none."""
    fields = request.body.fields
    numbers = [int(name[5:]) for name in fields if re.fullmatch(r"text-[0-9]{1,3}", name)]
    lines = tuple(
        Line(
            id=fields.get(f"id-{n}", "")[:40],
            text=fields[f"text-{n}"],
            points=fields.get(f"points-{n}", ""),
            drop=f"drop-{n}" in fields,
        )
        for n in sorted(numbers)
        if fields[f"text-{n}"].strip() or fields.get(f"points-{n}", "").strip() or fields.get(f"id-{n}")
    )
    version = fields.get("version", "")
    return Form(version=int(version) if re.fullmatch(r"[0-9]{1,9}", version) else 0, lines=lines)


def _items(form: Form) -> list[rubrics.Item]:
    """The items that are to hold.

    Raises:
        UserError: points are no number, or too fine.
    """
    found = []
    for line in form.lines:
        if line.drop:
            continue
        points = numbers.points(line.points.strip() or "0")
        found.append(rubrics.Item(id=line.id, text=line.text, points=points))
    return found
