"""Whose grading comes next: in turn between courses, and within a course between its people.

In: the gradings that have not ended. Out: their order; of a course that is paused only what runs is in it.
What somebody waits for comes before what is graded again; of equal kinds each course has its turn, whatever
another one has waiting, and in a course each person, however much they handed in. What is being run has taken
the first turns of its course and person.
"""

import threading
import time
from collections import deque
from collections.abc import Collection, Mapping

import sqlalchemy as sa

from courseware.store import schema

OPEN = ("waiting", "running")
SHARE = 20
"""An order is used for so many times as long as it took to read: 5 % of one processor goes into it."""
_T, _S, _L, _C = schema.grading, schema.submission, schema.lesson, schema.course


def order(connection: sa.Connection) -> list[int]:
    """The keys of the gradings that have not ended, the next one first."""
    c = _in_people(_T.c.priority, _L.c.course_id).c
    turn = sa.func.row_number().over(partition_by=(c.priority, c.course_id), order_by=(c.begun, c.nth, c.id))
    return [
        int(key) for key in connection.execute(sa.select(c.id).order_by(c.priority, turn, c.id)).scalars()
    ]


def _in_people(priority: sa.ColumnElement[int], course: sa.ColumnElement[int]) -> sa.Subquery:
    """Each open grading, and the how manieth of its person it is."""
    begun = sa.case((_T.c.state == "running", 0), else_=1)
    nth = sa.func.row_number().over(
        partition_by=(priority, course, _S.c.person_id), order_by=(begun, _T.c.id)
    )
    return (
        sa.select(_T.c.id, priority, course, begun.label("begun"), nth.label("nth"))
        .join(_S, _S.c.id == _T.c.submission_id)
        .join(_L, _L.c.id == _S.c.lesson_id)
        .join(_C, _C.c.id == _L.c.course_id)
        .where(_T.c.state.in_(OPEN) & (_C.c.paused.is_(None) | (_T.c.state == "running")))
        .subquery()
    )


class Turns:
    """The order as it was a moment ago: reading it is work where thousands wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: deque[int] = deque()
        self._places: Mapping[int, int] = {}
        self._until = 0.0

    def next(self, connection: sa.Connection, busy: Collection[int]) -> int | None:
        """The next grading that is not `busy`; it is not given again before the order is read anew."""
        with self._lock:
            self._refresh(connection)
            found = self._take(busy)
            if found is None:
                self._read(connection)
                found = self._take(busy)
            return found

    def before(self, connection: sa.Connection, key: int) -> int:
        """How many gradings come before this one: at most, if the order does not hold it."""
        with self._lock:
            self._refresh(connection)
            return self._places.get(key, len(self._places))

    def _take(self, busy: Collection[int]) -> int | None:
        while self._left:
            key = self._left.popleft()
            if key not in busy:
                return key
        return None

    def _refresh(self, connection: sa.Connection) -> None:
        if time.monotonic() >= self._until:
            self._read(connection)

    def _read(self, connection: sa.Connection) -> None:
        begun = time.monotonic()
        found = order(connection)
        ended = time.monotonic()
        self._left, self._until = deque(found), ended + SHARE * (ended - begun)
        self._places = {key: place for place, key in enumerate(found)}
