"""What applying a trial, or taking that back, does to one hand-in, in a transaction of the queue's.

In: a trial's work that is through the step before. Out: the marks, the news, who asked for it in the history
of the marks, and what the work's row says then. Refused: nothing; what was graded since is left as it is.
"""

import datetime

import sqlalchemy as sa

from courseware.course import lessons
from courseware.exchange import submissions
from courseware.grading import gradings, mark_changes, run, trials
from courseware.store import journal

MARKED_SINCE = "It was graded again since, so it was left as it is."
APPLIED = "By a dry run that was applied."
TAKEN_BACK = "A dry run was taken back."
UNDONE = "trial.undone"


def written(connection: sa.Connection, work: trials.Work, now: datetime.datetime) -> dict[str, object]:
    """Write the marks of a hand-in, unless it was graded since; what the work's row says then."""
    standing = gradings.current(connection, work.submission_id)
    if standing is None or standing.id != work.before_id:
        return {"state": "left", "reason": MARKED_SINCE}
    trial = trials.by_id(connection, work.trial_id)
    made = gradings.take_over(
        connection,
        standing,
        work.release_id or trial.release_id,
        result=work.found.told,
        feedback_hash=work.feedback_hash or "",
        now=now,
    )
    submission = submissions.by_id(connection, work.submission_id)
    told = run.first_changed(standing, made)
    why = mark_changes.Why(by=trial.applied_by, reason=APPLIED, act=f"applied {trial.public}")
    run.save(connection, made, submission, work.found.rows, told=told, why=why, now=now)
    return {"state": "done", "written_id": made.id}


def restored(connection: sa.Connection, work: trials.Work, now: datetime.datetime) -> dict[str, object]:
    """Have a hand-in as it was, unless it was graded since; what the work's row says then."""
    standing = gradings.current(connection, work.submission_id)
    if standing is None or standing.id != work.written_id or work.before_id is None:
        return {"state": "left", "reason": MARKED_SINCE}
    gradings.put_back(connection, standing.id, work.before_id)
    before = gradings.by_id(connection, work.before_id)
    submission = submissions.by_id(connection, work.submission_id)
    told = run.first_changed(standing, before)
    trial = trials.by_id(connection, work.trial_id)
    by = _who_undid(connection, trial)
    why = mark_changes.Why(by=by, reason=TAKEN_BACK, act=f"undone {trial.public}")
    run.save(connection, before, submission, work.before.rows, told=told, why=why, now=now)
    return {"state": "done"}


def _who_undid(connection: sa.Connection, trial: trials.Trial) -> int | None:
    """Who asked for the undo, as the journal has it."""
    lesson = lessons.by_id(connection, trial.lesson_id)
    asked = journal.about(connection, [lesson.public], [UNDONE])
    return next((each.actor_id for each in asked if each.data.get("trial") == trial.public), None)
