"""Checks on the course on a lesson's page: what is checked, how each exercise stands, and asking for one. The
form needs no script.

In: a lesson, and what a form said. Out: what the template shows, None where nobody can check; or back to the
lesson at its checks.
"""

import dataclasses

from courseware import errors
from courseware.course.permissions import Action
from courseware.grading import course_checks, feedback
from courseware.service import access, call, types, types_checks
from courseware.service.api import checks as api_checks


@dataclasses.dataclass(frozen=True, kw_only=True)
class Exercise:
    """How an exercise stands; `words` say the verdict of the last check, `asks` that another is taken."""

    told: course_checks.Standing
    words: str
    asks: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class Shown:
    """The checks of a lesson; no `work` where there is none yet, or why it cannot be read in `problem`.
    `busy` is the API's address of one that has not ended, or nothing; `newest` what was asked last.
    """

    closed: bool
    work: course_checks.Work | None
    problem: str = ""
    exercises: tuple[Exercise, ...] = ()
    newest: Exercise | None = None
    busy: str = ""


def of_lesson(request: call.Call, lesson: types.Lesson) -> Shown | None:
    """The checks of the lesson in the address; None where the course has none for whoever asks, and for
    staff who have nothing to check.
    """
    machine = any(each.kind == "tests" for each in lesson.exercises)
    if lesson.checks is None or not machine or not request.may(Action.CHECK):
        return None
    connection, viewer, place = request.connection, request.viewer, access.lesson(request)
    closed = lesson.state == "closed" and not viewer.is_staff
    try:
        work = course_checks.work(connection, viewer, place)
    except errors.UserError as error:
        return Shown(closed=closed, work=None, problem=error.message)
    if work is None:
        return None if viewer.is_staff else Shown(closed=closed, work=None)
    standing = course_checks.standing(connection, viewer, place, work, now=request.now)
    found = tuple(_exercise(each, closed=closed) for each in standing)
    asked = [each for each in found if each.told.last]
    newest = max(asked, key=_asked, default=None)
    runs = next((each for each in asked if _runs(each.told)), None)
    return Shown(
        closed=closed,
        work=work,
        exercises=found,
        newest=runs or newest,
        busy=_address(request, runs.told) if runs else "",
    )


def fresh(request: call.Call, lesson: types.Lesson) -> Shown | None:
    """What somebody sees of the checks who has kept and handed in nothing; None where the course has none."""
    machine = any(each.kind == "tests" for each in lesson.exercises)
    if lesson.checks is None or not machine or not request.may(Action.CHECK):
        return None
    return Shown(closed=lesson.state == "closed", work=None)


def ask(request: call.Call) -> call.Redirect:
    """Have the exercise of the form checked."""
    wish = types_checks.CheckRequest(exercise=request.body.fields.get("exercise", ""))
    api_checks.ask(dataclasses.replace(request, body=wish))
    return call.Redirect(to=f"/courses/{request.course.slug}/lessons/{request.path['l']}#checks")


def _exercise(told: course_checks.Standing, *, closed: bool) -> Exercise:
    verdict = told.last.verdict if told.last else None
    asks = told.left > 0 and not _runs(told) and not closed
    return Exercise(told=told, words=feedback.words(verdict) if verdict else "", asks=asks)


def _runs(told: course_checks.Standing) -> bool:
    """Whether the last check has not ended."""
    return told.last is not None and told.last.state in ("waiting", "running")


def _asked(each: Exercise) -> int:
    """The order in which checks were asked for."""
    return each.told.last.id if each.told.last else 0


def _address(request: call.Call, told: course_checks.Standing) -> str:
    """Where the API tells of a check."""
    public = told.last.public if told.last else ""
    return f"/api/v1/courses/{request.course.slug}/lessons/{request.path['l']}/checks/{public}"
