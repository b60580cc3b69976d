"""Regrades that are tried out: begun, looked at, applied, taken back or dropped."""

import dataclasses
from collections.abc import Callable

from courseware import errors
from courseware.course import people
from courseware.desk import rehearse
from courseware.exchange import releases
from courseware.grading import compare, comparison, trials, try_out
from courseware.service import access, call, show, types_trials
from courseware.service.api import draft_releases


def start(request: call.Call) -> types_trials.Trial:
    """Begin to try a regrade of a lesson."""
    wish: types_trials.TrialRequest | None = request.body
    rehearse.rehearse(
        draft_releases.tools(request),
        request.viewer,
        draft_releases.lesson(request),
        draft=wish is not None and wish.draft,
        queue=request.service.queue,
        now=request.now,
    )
    return _now(request)


def one(request: call.Call) -> types_trials.Trial:
    """The newest trial of a lesson, compared."""
    found = newest(request)
    if found is None:
        raise errors.UserError("No regrade of this lesson was tried out yet.", code="not-found")
    return _shown(request, found)


def progress(request: call.Call) -> types_trials.TrialProgress:
    """How far the newest trial is."""
    told = trials.newest(request.connection, access.lesson(request).id)
    if told is None:
        return types_trials.TrialProgress(state="", done=0, total=0)
    counts = trials.counts(request.connection, told)
    left = sum(number for (_, state), number in counts.items() if state in trials.UNFINISHED)
    total = sum(counts.values())
    return types_trials.TrialProgress(state=told.state, done=total - left, total=total)


def apply(request: call.Call) -> types_trials.Trial:
    """Write what was tried."""
    return _decided(request, try_out.apply)


def undo(request: call.Call) -> types_trials.Trial:
    """Have everything as it was before."""
    return _decided(request, try_out.undo)


def drop(request: call.Call) -> types_trials.Trial:
    """Give the trial up."""
    lesson, by = draft_releases.lesson(request), request.viewer.person
    try_out.drop(request.service.database, lesson, request.body.id, by=by, now=request.now)
    return _now(request)


def newest(request: call.Call) -> compare.Compared | None:
    """The newest trial of the lesson of the address."""
    found = trials.newest(request.connection, access.lesson(request).id)
    return compare.compare(request.connection, found) if found else None


def obstacle(request: call.Call, found: trials.Trial) -> str:
    """Why a trial that is ready, or will be, cannot be applied."""
    return try_out.obstacle(request.connection, found) if found.state in ("running", "ready") else ""


def _decided(request: call.Call, act: Callable[..., None]) -> types_trials.Trial:
    service, lesson = request.service, draft_releases.lesson(request)
    by = request.viewer.person
    act(service.database, lesson, request.body.id, by=by, now=request.now, queue=service.queue)
    return _now(request)


def _now(request: call.Call) -> types_trials.Trial:
    """How it stands after a change."""
    with request.service.database.read() as connection:
        return one(dataclasses.replace(request, open_connection=connection))


def _shown(request: call.Call, found: compare.Compared) -> types_trials.Trial:
    trial, summary = found.trial, found.summary
    return types_trials.Trial(
        id=trial.public,
        state=trial.state,
        draft=trial.draft is not None,
        release=releases.by_id(request.connection, trial.release_id).number,
        by=show.person(people.by_id(request.connection, trial.started_by), with_email=False),
        started=trial.started,
        applied=trial.applied,
        ended=trial.ended,
        total=found.total,
        done=found.done,
        failed=found.failed,
        left=found.left,
        changes=summary.changes,
        up=summary.up,
        down=summary.down,
        students=summary.students,
        stay=summary.stay,
        over=summary.over,
        look=summary.look,
        gain=summary.gain,
        lose=summary.lose,
        obstacle=obstacle(request, trial),
        hand_ins=[_hand_in(line) for line in found.lines],
    )


def _hand_in(line: compare.Line) -> types_trials.TrialHandIn:
    student = line.student
    return types_trials.TrialHandIn(
        person=show.person(line.person, with_email=False),
        submission=line.submission,
        state=line.work.state,
        reason=line.work.reason,
        before=student.before if student else None,
        after=student.after if student else None,
        most_before=student.most_before if student else None,
        most_after=student.most_after if student else None,
        direction=student.direction if student else "same",
        fares=student.fares if student else "same",
        cells=[_cell(each) for each in (student.cells if student else ())],
        set_points=line.set_points,
    )


def _cell(cell: comparison.Cell) -> types_trials.TrialCell:
    return types_trials.TrialCell(**dataclasses.asdict(cell))
