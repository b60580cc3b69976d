"""A student asks for another look at a mark, in a discussion with staff; staff decide it there.

In: an exercise of somebody's own hand-in whose mark they see, and why. Out: a private discussion, and later
its decision as a comment. Refused: a mark that does not show yet, work of others, a second open request of an
exercise, a request or a decision without a reason.
"""

import datetime

import sqlalchemy as sa

from courseware import errors, language
from courseware.course import courses, lessons, manifest, model, permissions
from courseware.discussion import model as discussion_model
from courseware.discussion import moderation, threads, write
from courseware.exchange import model as exchange_model
from courseware.exchange import releases
from courseware.grading import grades, requests, scores
from courseware.store import journal

_TITLE = "Another look at {exercise}"
_SAID: dict[requests.Decision, str] = {
    "changed": "The mark was changed.",
    "stays": "The mark stays as it is.",
}
TEXTS = (_TITLE, *_SAID.values())
"""What is written into discussions in the course's language."""


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
    words: tuple[str, str],
    *,
    now: datetime.datetime,
) -> None:
    """Record a decision and its reason (`words`), say it in the discussion, and close that as answered.

    Raises:
        UserError: no such decision, no reason, or it was decided already.
    """
    permissions.check(viewer, permissions.Action.MARK)
    decision, reason = words
    chosen = next((each for each in _SAID if each == decision), None)
    if chosen is None:
        raise errors.UserError("Say whether the mark was changed or stays.", code="bad-request")
    if not reason.strip():
        raise errors.UserError("Say why, for the student.", code="bad-request")
    requests.decide(connection, request, chosen, by=viewer.person.id, now=now)
    said = _words(connection, lessons.by_id(connection, submission.lesson_id))(_SAID[chosen])
    body = discussion_model.Words(body=f"**{said}**\n\n{reason}")
    write.reply(connection, viewer, request.thread, body, now=now)
    closed = moderation.ThreadChange(state="resolved")
    moderation.change_thread(connection, viewer, request.thread, closed, now=now)
    data = {"thread": request.thread, "decision": chosen}
    _note(connection, "request.decided", submission, viewer, data, now=now)


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
