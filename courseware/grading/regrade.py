"""Grade a lesson's hand-ins again, after a test was mended; what has not changed is not run again.

In: a lesson. Out: gradings that wait behind all that students hand in, and how far they are. Graded again is
the hand-in of each person that counts, by the newest release where that has the same tasks: the same
answer cells, unchanged, and every exercise that was marked. Else it stays with the release that it was made
from. Marks stay as they are until the new ones are there; a person's marks stay anyway.
"""

import dataclasses
import datetime

import sqlalchemy as sa

from courseware import errors
from courseware.course import courses
from courseware.course import model as course_model
from courseware.exchange import model, releases, submissions
from courseware.grading import executions, gradings, trials, worth
from courseware.jobs import port
from courseware.notebook import cells, files
from courseware.store import blobs as blobs_store
from courseware.store import database, journal


@dataclasses.dataclass(frozen=True, kw_only=True)
class Standing:
    """How far it is: hand-ins graded again by the newest release and by their own, and how many of all still
    wait or failed; the cells that were run, and those that were taken over from before.
    """

    release: int
    newest: int
    own: int
    waiting: int
    failed: int
    ran: int
    taken: int


def lesson(
    db: database.Database,
    blobs: blobs_store.Blobs,
    found: course_model.Lesson,
    *,
    by: course_model.Person,
    fresh: bool,
    now: datetime.datetime,
    queue: port.Queue,
) -> None:
    """Have a lesson graded again; `fresh` takes nothing over from before.

    Raises:
        UserError: the lesson was never released, or a dry run of it is being written.
    """
    with db.read() as connection:
        newest = releases.newest(connection, found.id)
        if newest is None:
            raise errors.UserError(f"The lesson {found.title!r} has no release yet.", code="not-found")
        handed_in = submissions.of_lesson(connection, found.id)
        others = {each.release_id for each in handed_in} - {newest.id}
        earlier = [releases.by_id(connection, key) for key in others]
    fitting = {newest.id, *(each.id for each in earlier if same_tasks(blobs, each, newest))}
    with db.write() as connection:
        _check_not_written(connection, found)
        if fresh:
            executions.forget(connection, [each.id for each in handed_in])
        asked = counting(connection, found, now)
        for each in asked:
            by_release = newest.id if each.release_id in fitting else each.release_id
            gradings.again(connection, each, by_release, now=now)
        queue.announce(connection, gradings.KIND, number=len(asked))
        data = {"release": newest.number, "hand_ins": len(asked)}
        journal.append(connection, "lesson.regraded", found.public, now=now, actor_id=by.id, data=data)


def _check_not_written(connection: sa.Connection, lesson: course_model.Lesson) -> None:
    """Refuse to grade a lesson again while a dry run of it is applied or undone: each would take the marks of
    the other as those from before.
    """
    trials.lock(connection, lesson.id)
    known = trials.newest(connection, lesson.id)
    if known is not None and known.state in ("applying", "undoing"):
        message = (
            f"A dry run of the lesson {lesson.title!r} is being {trials.AFTER[known.state]}. Try again soon."
        )
        raise errors.UserError(message, code="conflict")


def fitting(connection: sa.Connection, blobs: blobs_store.Blobs, submission: model.Submission) -> int:
    """The release whose tests grade a hand-in: the newest with the tasks of the one that it was made from,
    which may be that one.
    """
    newest_first = releases.keys_of_lesson(connection, submission.lesson_id)
    if newest_first[0] == submission.release_id:
        return submission.release_id  # as nearly always; nothing is read then
    own = releases.by_id(connection, submission.release_id)
    for key in newest_first:
        if key == own.id or same_tasks(blobs, own, releases.by_id(connection, key)):
            return key
    return own.id


def counting(
    connection: sa.Connection, lesson: course_model.Lesson, now: datetime.datetime
) -> list[model.Submission]:
    """The hand-in of each person that counts, oldest first; all of them where the best counts, since another
    may be the best then.
    """
    course = courses.by_id(connection, lesson.course_id)
    ledger = worth.ledger(connection, course, [lesson], now=now)
    found = [each for (_, key), listed in ledger.work.items() if key == lesson.id for each in listed]
    if worth.replaceable(course, lesson):
        people = {each.person_id for each in found}
        found = [counts for key in people if (counts := ledger.counting(key, lesson))]
    return sorted(found, key=lambda each: each.id)


def standing(connection: sa.Connection, found: course_model.Lesson) -> Standing:
    """How far it is."""
    newest = releases.newest(connection, found.id)
    rows = gradings.regraded(connection, found.id)
    told = [row.result.get("reused", {}).values() for row in rows]
    return Standing(
        release=newest.number if newest else 0,
        newest=sum(newest is not None and row.release_id == newest.id for row in rows),
        own=sum(newest is None or row.release_id != newest.id for row in rows),
        waiting=sum(row.state in ("waiting", "running") for row in rows),
        failed=sum(row.state == "failed" for row in rows),
        ran=sum(each["ran"] for notebooks in told for each in notebooks),
        taken=sum(each["taken"] for notebooks in told for each in notebooks),
    )


def same_tasks(blobs: blobs_store.Blobs, own: model.Release, newest: model.Release) -> bool:
    """Whether work on one release can be graded by the tests of another."""
    marked = {(e.notebook, e.key) for e in own.exercises}
    kept = {(e.notebook, e.key) for e in newest.exercises}
    return marked <= kept and _tasks(blobs, own) == _tasks(blobs, newest)


def _tasks(blobs: blobs_store.Blobs, release: model.Release) -> dict[tuple[str, str], str]:
    """The cells that students fill in, as they get them, by notebook and grade_id."""
    found = {}
    for entry in release.student:
        if not entry.path.endswith(".ipynb"):
            continue
        for cell in files.read(blobs.get(entry.sha256), name=entry.path)["cells"]:
            known = cells.marking(cell)
            if known is not None and (known.solution or known.kind == "task"):
                found[entry.path, known.grade_id] = cell["source"]
    return found
