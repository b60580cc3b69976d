"""Requests for another look at a mark, on the pages of the hand-in, of the discussion and of the inbox."""

import dataclasses
from collections.abc import Collection, Mapping

from courseware import errors
from courseware.course import lessons, people, permissions
from courseware.desk import second_look
from courseware.exchange import model as exchange_model
from courseware.exchange import submissions
from courseware.grading import requests, scores
from courseware.service import access, call
from courseware.service.api import requests as api


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """A request as the page of its discussion tells it; `score` of `most` points is what the exercise has,
    `version` counts who changed it, and `change` is the page on which staff change it.
    """

    submission: str
    exercise: str
    decision: requests.Decision | None
    may_decide: bool
    score: float | None
    most: float
    version: int
    change: str


def of_submission(
    request: call.Call, found: exchange_model.Submission
) -> Mapping[tuple[str, str], requests.Request]:
    """The newest request of each exercise of a hand-in."""
    listed = requests.of_submission(request.connection, found.id)
    return {(each.notebook, each.exercise): each for each in listed}


def of_thread(request: call.Call, thread: str) -> Asked | None:
    """The request that a discussion is about, if it is about one; the discussion was read by the sender."""
    known = requests.of_threads(request.connection, [thread]).get(thread)
    if known is None:
        return None
    connection = request.connection
    work = submissions.by_id(connection, known.submission_id)
    lesson = lessons.by_id(connection, work.lesson_id)
    person = people.by_id(connection, work.person_id)
    mark = scores.of_submission(connection, work.id).get((known.notebook, known.exercise))
    marks = f"/courses/{request.course.slug}/lessons/{lesson.slug}/marks/{person.public}"
    return Asked(
        submission=work.public,
        exercise=known.exercise,
        decision=known.decision,
        may_decide=request.may(permissions.Action.MARK),
        score=mark.score if mark else None,
        most=mark.points if mark else 0.0,
        version=mark.version if mark else 0,
        change=f"{marks}?submission={work.public}",
    )


def among(request: call.Call, threads: Collection[str]) -> frozenset[str]:
    """Which of these discussions are about a request."""
    return frozenset(requests.of_threads(request.connection, threads))


def ask(request: call.Call) -> call.Redirect:
    """Ask for another look at an exercise."""
    found, fields = access.work(request), request.body.fields
    place = (fields.get("notebook", ""), fields.get("exercise", ""))
    thread = second_look.ask(
        request.connection, request.viewer, found, place, fields.get("reason", ""), now=request.now
    )
    return call.Redirect(to=f"/threads/{thread}")


def decide(request: call.Call) -> call.Redirect:
    """Say what became of it. The version of the mark that the sender saw stands in the address of the form:
    it is another one when the form comes back, and what was typed is put into the form all the same.
    """
    thread, fields = request.path["t"], request.body.fields
    wish = second_look.Wish(
        decision=fields.get("decision", ""),
        reason=fields.get("reason", ""),
        over=fields.get("over", ""),
        points=_points(fields.get("points", "")),
        version=_version(request.query.get("version", "")),
    )
    api.decided(request, thread, wish)
    return call.Redirect(to=f"/threads/{thread}?told=done")


def _version(said: str) -> int | None:
    """The version of the mark that an address says, if it says one."""
    if not said:
        return None
    if not said.isascii() or not said.isdigit() or len(said) > 9:
        raise errors.UserError("This form could not be read. Load the page again.", code="bad-request")
    return int(said)


def _points(said: str) -> float | None:
    """The points that a form says, if it says some."""
    if not said.strip():
        return None
    try:
        return float(said.strip().replace(",", "."))
    except ValueError:
        raise errors.UserError("The points must be a number.") from None
