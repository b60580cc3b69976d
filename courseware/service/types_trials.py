"""What travels over HTTP when a regrade is tried out before anything is written; see `types`."""

import datetime

import msgspec

from courseware.service import types


class TrialRequest(msgspec.Struct, kw_only=True):
    """By the newest release, or by the lesson's draft."""

    draft: bool = False


class TrialChoice(msgspec.Struct, kw_only=True):
    """Which trial is meant, by its id: not one that came meanwhile."""

    id: str


class TrialProgress(msgspec.Struct, kw_only=True):
    """How far a trial is: so many of its hand-ins are through what is done now."""

    state: str
    done: int
    total: int


class TrialCell(msgspec.Struct, kw_only=True):
    """A test cell that differs: points (null if there are none), verdict and what it said, before and after.
    `stays` says that a person gave the mark (`given` points), so that it does not change; `over` that this is
    more than the exercise would be worth, and `look` that its maximum changes.
    """

    notebook: str
    exercise: str
    before: float | None
    after: float | None
    points_before: float | None
    points_after: float | None
    verdict_before: str
    verdict_after: str
    said_before: str
    said_after: str
    stays: bool
    given: float | None = None
    over: bool = False
    look: bool = False


class TrialHandIn(msgspec.Struct, kw_only=True):
    """One hand-in: whose, its sum before and after and the most that each could be (null before it was
    tried), which way the sum goes and how it `fares`, as a share of the most; what differs, and in `reason`
    why it could not be tried or was left as it is. `set_points` are those that staff set for the whole
    lesson: they stay.
    """

    person: types.Person
    submission: str
    state: str
    reason: str
    before: float | None
    after: float | None
    most_before: float | None = None
    most_after: float | None = None
    direction: str
    fares: str = "same"
    cells: list[TrialCell]
    set_points: float | None = None


class Trial(msgspec.Struct, kw_only=True):
    """A regrade that was tried: `changes` marks change, `up` and `down`, of so many `students`; `stay` differ
    but were given by a person, `over` of these are above the maximum that there would be, and `look` were
    given of another one. The share of all points rises for `gain` students and falls for `lose`. `obstacle`
    says why it cannot be applied now.
    """

    id: str
    state: str
    draft: bool
    release: int
    by: types.Person
    started: datetime.datetime
    applied: datetime.datetime | None
    ended: datetime.datetime | None
    total: int
    done: int
    failed: int
    left: int
    changes: int
    up: int
    down: int
    students: int
    stay: int
    over: int = 0
    look: int = 0
    gain: int = 0
    lose: int = 0
    obstacle: str
    hand_ins: list[TrialHandIn]
