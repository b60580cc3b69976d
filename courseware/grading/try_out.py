"""Try a regrade out: run the hand-ins that count by other tests, and write nothing of what they would get.

In: a lesson, and the newest release or the content of a draft. Out: a trial whose marks stand in a table of
its own; later those marks in place of the old ones, or these again as they were. `trying` does the work.
Refused: a second trial of a lesson, a trial while the lesson is graded again, and to write what does not fit
any more: another release came, or a regrade.
"""

import dataclasses
import datetime

import sqlalchemy as sa

from courseware import errors
from courseware.course import lessons, people
from courseware.course import model as course_model
from courseware.exchange import draft_releases, releases, submissions
from courseware.exchange import model as exchange_model
from courseware.grading import gradings, regrade, trial_steps, trials
from courseware.jobs import port
from courseware.store import blobs as blobs_store
from courseware.store import database, journal

_ALREADY = (
    ("applying", "applied"),
    ("applied", "applied"),
    ("undoing", "undone"),
    ("undone", "undone"),
    ("dropped", "dropped"),
)
"""Of a trial in this state, this was asked for once more."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Draft:
    """The content of a draft release, as it would be published."""

    public: str
    manifest: str
    environment: str


def start(
    db: database.Database,
    blobs: blobs_store.Blobs,
    lesson: course_model.Lesson,
    draft: Draft | None,
    *,
    by: course_model.Person,
    now: datetime.datetime,
    queue: port.Queue,
) -> trials.Trial:
    """Begin to try a regrade of a lesson by its newest release, or by a draft.

    Raises:
        UserError: it has no release, or a trial or a regrade is not over.
    """
    with db.read() as connection:
        newest = releases.newest(connection, lesson.id)
        if newest is None:
            raise errors.UserError(f"The lesson {lesson.title!r} has no release yet.", code="not-found")
        by_tests = newest
        if draft is not None:
            by_tests = _after(newest, draft.manifest, draft.environment)
        of_lesson = submissions.of_lesson(connection, lesson.id)
        earlier = [releases.by_id(connection, key) for key in {each.release_id for each in of_lesson}]
    fitting = {each.id for each in earlier if each.id == by_tests.id}
    fitting |= {each.id for each in earlier if regrade.same_tasks(blobs, each, by_tests)}
    with db.write() as connection:
        trials.lock(connection, lesson.id)
        check_none_open(connection, lesson)
        _check_no_regrade(connection, lesson)
        asked = [
            trials.Asked(
                submission_id=each.id, release_id=None if each.release_id in fitting else each.release_id
            )
            for each in regrade.counting(connection, lesson, now)
        ]
        values: dict[str, object] = {"lesson_id": lesson.id, "release_id": newest.id}
        if draft is not None:
            values |= {"draft": draft.public, "manifest": draft.manifest, "environment": draft.environment}
        trial = trials.insert(connection, values, asked, by=by, now=now)
        queue.announce(connection, trials.KIND, number=len(asked))
        _note(connection, "trial.started", lesson, trial, by=by, now=now)
    queue.wake()
    return trial


def check_none_open(connection: sa.Connection, lesson: course_model.Lesson) -> None:
    """Refuse a second trial.

    Raises:
        UserError: says who began the first and when.
    """
    known = trials.newest(connection, lesson.id)
    if known is None or known.state not in trials.OPEN:
        return
    who = people.by_id(connection, known.started_by)
    raise errors.UserError(
        f"{who.name or who.username} began a dry run of this lesson at {known.started:%Y-%m-%d %H:%M} UTC. "
        f"Apply or drop that one first, on the page “Grade again” or with: courseware dry-run {lesson.slug}",
        code="conflict",
    )


def _check_no_regrade(connection: sa.Connection, lesson: course_model.Lesson) -> None:
    """Refuse a trial while the lesson is graded again."""
    waiting = regrade.standing(connection, lesson).waiting
    if waiting:
        raise errors.UserError(
            f"The lesson is being graded again: {waiting} of its hand-ins wait. Begin when that is done.",
            code="conflict",
        )


def obstacle(connection: sa.Connection, trial: trials.Trial) -> str:
    """Why what was tried, and is not written yet, cannot be written; empty if it can."""
    lesson = lessons.by_id(connection, trial.lesson_id)
    newest = releases.newest(connection, lesson.id)
    if newest is None:
        return ""
    if any(row.queued >= trial.started for row in gradings.regraded(connection, lesson.id)):
        return "The lesson was graded again since this dry run began. Drop it and begin another."
    if trial.draft is None or trial.manifest is None:
        if newest.id == trial.release_id:
            return ""
        return f"Release {newest.number} was published since this dry run began. Drop it and begin another."
    if newest.id != trial.release_id:
        if _same_tests(newest, tests(connection, trial)):
            return ""
        return f"Release {newest.number} is not the draft that was tried. Drop this and begin another."
    draft = draft_releases.of_lesson(connection, lesson.id)
    if draft is None or draft.public != trial.draft:
        return "The draft that was tried is there no more. Drop this dry run and begin another."
    if trial.state == "running":  # it is not to be published before it is known what it does
        return ""
    return "The draft that was tried is not published yet. Publish it, then apply this."


def _same_tests(one: exchange_model.Release, other: exchange_model.Release) -> bool:
    """Whether two releases mark alike."""
    same_files = one.instructor == other.instructor and one.answers == other.answers
    same_marks = one.exercises == other.exercises and one.settings == other.settings
    same_tests = one.report.get("exercises") == other.report.get("exercises")
    return same_files and same_marks and same_tests and one.environment == other.environment


def tests(connection: sa.Connection, trial: trials.Trial) -> exchange_model.Release:
    """The release whose tests are tried; that of a draft has no row."""
    release = releases.by_id(connection, trial.release_id)
    if trial.manifest is None or trial.environment is None:
        return release
    return _after(release, trial.manifest, trial.environment)


def _after(newest: exchange_model.Release, held: str, environment: str) -> exchange_model.Release:
    """What a draft would be as the release after the newest."""
    return releases.unpublished(
        held,
        environment,
        lesson_id=newest.lesson_id,
        number=newest.number + 1,
        at=newest.published,
    )


def apply(
    db: database.Database,
    lesson: course_model.Lesson,
    public: str,
    *,
    by: course_model.Person,
    now: datetime.datetime,
    queue: port.Queue,
) -> None:
    """Write what was tried: each hand-in in a transaction of its own, by the queue.

    Raises:
        UserError: it is not ready, or does not fit any more.
    """
    with db.write() as connection:
        trial = _named(connection, lesson, public, ("ready",), "applied")
        releases.lock(connection, lesson.id)  # what is compared is what is written down
        why = obstacle(connection, trial)
        if why:
            raise errors.UserError(why, code="conflict")
        number = trials.begin_step(connection, trial, "write", after="try")
        newest = releases.keys_of_lesson(connection, lesson.id)[0]  # of a draft, what it was published as
        trials.move(connection, trial, "applying", release_id=newest, applied_by=by.id, applied=now)
        trials.settle(connection, trial.id)
        queue.announce(connection, trials.KIND, number=number)
        _note(connection, "trial.applied", lesson, trial, by=by, now=now)
    queue.wake()


def undo(
    db: database.Database,
    lesson: course_model.Lesson,
    public: str,
    *,
    by: course_model.Person,
    now: datetime.datetime,
    queue: port.Queue,
) -> None:
    """Have marks, gradings and feedback as they were before the trial was applied.

    Raises:
        UserError: it was not applied.
    """
    with db.write() as connection:
        trial = _named(connection, lesson, public, ("applied",), "undone")
        number = trials.begin_step(connection, trial, "restore", after="write")
        trials.move(connection, trial, "undoing")
        trials.settle(connection, trial.id, now=now)
        queue.announce(connection, trials.KIND, number=number)
        _note(connection, trial_steps.UNDONE, lesson, trial, by=by, now=now)
    queue.wake()


def drop(
    db: database.Database,
    lesson: course_model.Lesson,
    public: str,
    *,
    by: course_model.Person,
    now: datetime.datetime,
) -> None:
    """Give a trial up before it is applied.

    Raises:
        UserError: it is neither running nor ready.
    """
    with db.write() as connection:
        trial = _named(connection, lesson, public, ("running", "ready"), "dropped")
        trials.drop_work(connection, trial)
        trials.move(connection, trial, "dropped", ended=now)
        _note(connection, "trial.dropped", lesson, trial, by=by, now=now)


def _named(
    connection: sa.Connection,
    lesson: course_model.Lesson,
    public: str,
    among: tuple[trials.State, ...],
    verb: str,
) -> trials.Trial:
    """The newest trial of a lesson, which is to be this one and in one of these states."""
    trials.lock(connection, lesson.id)
    trial = trials.newest(connection, lesson.id)
    if trial is None or trial.public != public:
        raise errors.UserError(
            "There is no such dry run, or a newer one. Load the page again.", code="not-found"
        )
    if (trial.state, verb) in _ALREADY:
        raise errors.UserError(
            f"This dry run is {verb} already, or just being {verb}: nothing was done twice.", code="conflict"
        )
    if trial.state not in among:
        raise errors.UserError(f"A dry run that is {trial.state} cannot be {verb}.", code="conflict")
    return trial


def _note(
    connection: sa.Connection,
    kind: str,
    lesson: course_model.Lesson,
    trial: trials.Trial,
    *,
    by: course_model.Person,
    now: datetime.datetime,
) -> None:
    data = {"trial": trial.public}
    journal.append(
        connection, kind, lesson.public, now=now, actor_id=by.id, course_id=lesson.course_id, data=data
    )
