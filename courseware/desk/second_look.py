"""A student asks for another look at a mark, in a discussion with staff; staff decide it there.

In: an exercise of somebody's own hand-in whose mark they see, and why. Out: a private discussion, and later
its decision as a comment. Refused: a mark that does not show yet, work of others, a second open request of an
exercise, a request or a decision without a reason, to say that a mark was changed where none was, points with
a mark that stays, and points over a mark that the sender has not seen.
"""

import dataclasses
import datetime

import sqlalchemy as sa

from courseware import errors, language
from courseware.course import courses, lessons, manifest, model, permissions
from courseware.discussion import model as discussion_model
from courseware.discussion import moderation, threads, write
from courseware.exchange import model as exchange_model
from courseware.exchange import releases
from courseware.grading import grades, lesson_marks, mark_changes, reaching, requests, scores
from courseware.store import journal

_TITLE = "Another look at {exercise}"
_SAID: dict[requests.Decision, str] = {
    "changed": "The mark was changed.",
    "stays": "The mark stays as it is.",
}
_CORRECTED: dict[requests.Decision, str] = {
    "changed": "The decision was corrected: the mark was changed.",
    "stays": "The decision was corrected: the mark stays as it is.",
}
TEXTS = (_TITLE, *_SAID.values(), *_CORRECTED.values())
"""What is written into discussions in the course's language."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wish:
    """A decision and its reason; `over` is the one that it corrects, `points` what the exercise gets in place
    of the mark of this `version`, whichever it is where none is named.
    """

    decision: str
    reason: str
    over: str = ""
    points: float | None = None
    version: int | None = None


def ask(
    connection: sa.Connection,
    viewer: model.Viewer,
    submission: exchange_model.Submission,
    place: tuple[str, str],
    reason: str,
    *,
    now: datetime.datetime,
) -> str:
    """Ask for another look; the public id of the discussion.

    Raises:
        UserError: it is not the viewer's own or its mark does not show, one is open, or there is no reason.
    """
    if submission.person_id != viewer.person.id:
        raise errors.UserError("Only who handed it in can ask for another look.", code="forbidden")
    standing = grades.standing(connection, submission, now=now)
    shown = {(each.notebook, each.key) for each in standing.open if _is_given(each)}
    if place not in {(notebook, key) for notebook, key in shown if key not in standing.held}:
        raise errors.UserError("This exercise has no mark that shows yet.", code="conflict")
    requests.check_none_open(connection, submission, place)
    lesson = lessons.by_id(connection, submission.lesson_id)
    release = releases.by_id(connection, submission.release_id)
    titles = {(each.notebook, each.key): each.title for each in release.exercises}
    wish = discussion_model.Beginning(
        words=discussion_model.Words(body=reason),
        kind="private",
        title=_words(connection, lesson)(_TITLE).format(exercise=titles.get(place) or place[1])[:150],
    )
    where = discussion_model.Place(course=viewer.course, lesson=lesson)
    thread = write.begin(connection, viewer, where, wish, now=now).id
    requests.insert(connection, submission, place, thread, now=now)
    _note(connection, "request.asked", submission, viewer, {"thread": thread}, now=now)
    return thread


def _is_given(score: scores.Score) -> bool:
    """Whether its author sees the points."""
    return score.score is not None and not score.withheld


def decide(
    connection: sa.Connection,
    viewer: model.Viewer,
    request: requests.Request,
    submission: exchange_model.Submission,
    wish: Wish,
    *,
    now: datetime.datetime,
) -> None:
    """Record a decision, change the mark where the wish says so, say it in the discussion, and close that as
    answered. One that corrects another stands beside it.

    Raises:
        UserError: no such decision, no reason, points for a mark that stays, it was decided or marked
            meanwhile, or no mark changed.
    """
    permissions.check(viewer, permissions.Action.MARK)
    chosen, reason = next((each for each in _SAID if each == wish.decision), None), wish.reason
    if chosen is None:
        raise errors.UserError("Say whether the mark was changed or stays.", code="bad-request")
    if not reason.strip():
        raise errors.UserError("Say why, for the student.", code="bad-request")
    if chosen == "stays" and wish.points is not None:
        raise errors.UserError(
            "A mark that stays gets no new points. Say that it was changed, or leave the points out.",
            code="bad-request",
        )
    over = next((each for each in _SAID if each == wish.over), None)
    requests.decide(connection, request, chosen, over=over, by=viewer.person.id, now=now)
    lesson = lessons.by_id(connection, submission.lesson_id)
    if chosen == "changed":
        if wish.points is not None:
            _mark(connection, viewer, request, submission, wish, now=now)
        _check_changed(connection, request, submission)
    said = _words(connection, lesson)((_CORRECTED if over else _SAID)[chosen])
    body = discussion_model.Words(body=f"**{said}**\n\n{reason}")
    write.reply(connection, viewer, request.thread, body, now=now)
    closed = moderation.ThreadChange(state="resolved")
    moderation.change_thread(connection, viewer, request.thread, closed, now=now)
    data = {"thread": request.thread, "decision": chosen, "over": over or ""}
    _note(connection, "request.decided", submission, viewer, data, now=now)


def _mark(
    connection: sa.Connection,
    viewer: model.Viewer,
    request: requests.Request,
    submission: exchange_model.Submission,
    wish: Wish,
    *,
    now: datetime.datetime,
) -> None:
    """Give the exercise its points; its comment stays, and its history has the beginning of a long reason."""
    place = (request.notebook, request.exercise)
    known = scores.of_submission(connection, submission.id).get(place)
    scores.put_by_person(
        connection,
        submission,
        place,
        score=wish.points,
        comment=known.comment if known else "",
        by=viewer.person,
        now=now,
        version=wish.version,
        reason=wish.reason[: scores.MAX_REASON],
    )
    lesson = lessons.by_id(connection, submission.lesson_id)
    reaching.note(connection, viewer.course, submission.person_id, lesson, now=now)


def _check_changed(
    connection: sa.Connection, request: requests.Request, submission: exchange_model.Submission
) -> None:
    """Refuse to say that a mark was changed that is as it was when the student asked."""
    place = (request.notebook, request.exercise)
    of_exercise = [
        each
        for each in mark_changes.of_submissions(connection, [submission.id])
        if (each.notebook, each.key) == place and each.at >= request.asked
    ]
    if of_exercise and of_exercise[0].before != of_exercise[-1].after:
        return
    if not _whole_changed(connection, request, submission):
        raise errors.UserError(
            "The mark has not changed since the request. Give the points that it gets, or say that it stays.",
            code="conflict",
        )


def _whole_changed(
    connection: sa.Connection, request: requests.Request, submission: exchange_model.Submission
) -> bool:
    """Whether a mark that is set for the whole lesson has it worth something else than when they asked."""
    known = lesson_marks.changes(connection, submission.lesson_id, submission.person_id)
    since = [each for each in known if each.at >= request.asked]
    if not since:
        return False
    earlier = known[: len(known) - len(since)]
    set_then = earlier[-1].points if earlier else None
    return since[-1].worth != (since[0].computed if set_then is None else set_then)


def listed(
    connection: sa.Connection,
    viewer: model.Viewer,
    *,
    lesson: model.Lesson | None = None,
    only_open: bool,
    now: datetime.datetime,
) -> list[requests.Request]:
    """The requests that the viewer looks after, oldest first: those whose discussion they may see."""
    found = requests.of_course(
        connection, viewer.course.id, lesson_id=lesson.id if lesson else None, only_open=only_open
    )
    me = viewer.person.id
    seen = threads.of_readers(connection, viewer, [(me, each.thread) for each in found], now=now)
    return [each for each in found if (me, each.thread) in seen]


def _words(connection: sa.Connection, lesson: model.Lesson) -> language.Words:
    """The language of the course."""
    course = courses.by_id(connection, lesson.course_id)
    return language.pages(manifest.of(course).language)


def _note(
    connection: sa.Connection,
    kind: str,
    submission: exchange_model.Submission,
    viewer: model.Viewer,
    data: dict[str, str],
    *,
    now: datetime.datetime,
) -> None:
    journal.append(
        connection,
        kind,
        submission.public,
        now=now,
        actor_id=viewer.person.id,
        course_id=viewer.course.id,
        data=data,
    )
