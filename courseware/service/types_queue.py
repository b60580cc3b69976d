"""What travels over HTTP about the queue of a course; see `types`."""

import datetime

import msgspec


class FailedGrading(msgspec.Struct, kw_only=True):
    """A hand-in that could not be graded, and why."""

    submission: str
    lesson: str
    username: str
    reason: str
    finished: datetime.datetime


class Queue(msgspec.Struct, kw_only=True):
    """How many hand-ins of a course wait and run, since when the oldest waits, how many had marks in the last
    hour, how many seconds the latest gradings of all courses took on average, the newest 100 that failed, and
    since when the course is paused.
    """

    waiting: int
    running: int
    oldest: datetime.datetime | None
    marked_in_an_hour: int
    usual_seconds: float | None
    failed: list[FailedGrading]
    paused: datetime.datetime | None


class RetryRequest(msgspec.Struct, kw_only=True):
    """Of one hand-in, or of all that failed."""

    submission: str | None = None


class Retried(msgspec.Struct, kw_only=True):
    """How many gradings run once more."""

    retried: int
