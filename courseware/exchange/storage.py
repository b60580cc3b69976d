"""How many bytes of files a course keeps, and how many it may: the tables of both.

In: files before they are kept, and their list in the transaction of the row that names them. Out: nothing, or
a refusal; a course's use and quota. Each file counts once in its course, however often it is sent, because
the store keeps it once; a file counts for as long as the store has it, and the store lets go only what nobody
names any more once somebody was erased. What is left of the service's disk is not asked here, so no course's
fullness is another's.

Refused first is what staff upload, at the quota. Students may go on beyond it: kept copies for half of the
reserve, hand-ins for all of it, so that neither films nor copies stop a hand-in. A hand-in that finds the
reserve full too is for now: it waits where it was made.
"""

import dataclasses
import functools
import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import sqlalchemy as sa

from courseware import errors
from courseware.course import model as course_model
from courseware.exchange import model
from courseware.store import database, schema_storage

_F, _S = schema_storage.course_file, schema_storage.course_storage
_OF_COURSE = sa.select(_S).where(_S.c.course_id == sa.bindparam("course"))
GB = 1_000_000_000
Purpose = Literal["staff", "copy", "hand-in"]
SHARES: Mapping[Purpose, float] = {"staff": 1.0, "copy": 1.05, "hand-in": 1.1}
"""How much of its quota a course may have filled by what is kept for this purpose."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Storage:
    """The bytes that a course keeps and those it may keep; a quota of 0 is none."""

    used: int
    quota: int

    def fits(self, more: int, purpose: Purpose) -> bool:
        """Whether so many bytes more may be kept. What adds nothing always fits."""
        return not more or not self.quota or self.used + more <= self.quota * SHARES[purpose]


def of_course(connection: sa.Connection, course_id: int, *, usual: int) -> Storage:
    """What a course keeps; `usual` is the quota of those that have none of their own."""
    row = connection.execute(_OF_COURSE, {"course": course_id}).one_or_none()
    if row is None:
        return Storage(used=0, quota=usual)
    return Storage(used=row.used, quota=usual if row.quota is None else row.quota)


def put_quota(connection: sa.Connection, course: course_model.Course, quota: int | None) -> None:
    """Give a course a quota of its own; 0 is none, None the usual one."""
    mine = database.insert(connection.dialect.name, _S).values(course_id=course.id, used=0, quota=quota)
    connection.execute(mine.on_conflict_do_update(index_elements=["course_id"], set_={"quota": quota}))


def check(
    connection: sa.Connection, course_id: int, given: Sequence[bytes], *, purpose: Purpose, usual: int
) -> None:
    """Refuse files before the first of them is kept.

    Raises:
        UserError: the course may not keep so much.
        Temporary: the same, of a hand-in.
    """
    holds = of_course(connection, course_id, usual=usual)
    if holds.fits(sum(map(len, given)), purpose):
        return  # the usual case, in which nothing has to be hashed
    sizes = {hashlib.sha256(data).hexdigest(): len(data) for data in given}
    _check(holds, sum(_fresh(connection, course_id, sizes).values()), purpose)


def take(
    connection: sa.Connection,
    course_id: int,
    kept: Sequence[model.FileEntry],
    *,
    purpose: Purpose,
    usual: int,
) -> None:
    """Count files in the transaction of the row that names them. What came meanwhile counts too: of two
    uploads at the same time the second may be refused only here.

    Raises:
        UserError: the course may not keep so much.
        Temporary: the same, of a hand-in.
    """
    # In the order of their hashes: of two uploads with the same files each would else wait for the other.
    sizes = sorted({entry.sha256: entry.size for entry in kept}.items())
    rows = [{"course_id": course_id, "sha256": sha256, "size": size} for sha256, size in sizes]
    dialect = connection.dialect.name
    more = sum(connection.execute(_listing(dialect), rows).scalars()) if rows else 0
    if not more:
        return
    row = connection.execute(_growing(dialect), {"course_id": course_id, "used": more}).one()
    quota = usual if row.quota is None else row.quota
    _check(Storage(used=row.used - more, quota=quota), more, purpose)


def let_go(connection: sa.Connection, gone: Collection[str]) -> None:
    """Count files no more that nobody names."""
    mine = _F.c.sha256.in_(sorted(gone))
    sizes = sa.select(_F.c.course_id, sa.func.sum(_F.c.size).label("size")).where(mine)
    for row in connection.execute(sizes.group_by(_F.c.course_id)).all():
        less = _S.update().where(_S.c.course_id == row.course_id)
        connection.execute(less.values(used=_S.c.used - int(row.size)))
    connection.execute(_F.delete().where(mine))


@functools.cache
def _listing(dialect: str) -> sa.Executable:
    """Write down files that the course has not; the sizes of those. Built once, as what follows."""
    return database.insert(dialect, _F).on_conflict_do_nothing().returning(_F.c.size)


@functools.cache
def _growing(dialect: str) -> sa.Executable:
    """Add to what a course uses; what it uses then, and its quota."""
    mine = database.insert(dialect, _S)
    grown = {"used": _S.c.used + mine.excluded.used}
    made = mine.on_conflict_do_update(index_elements=["course_id"], set_=grown)
    return made.returning(_S.c.used, _S.c.quota)


def told(size: int) -> str:
    """Bytes for people."""
    return f"{size / GB:.1f} GB" if size >= GB else f"{size / 1e6:.1f} MB"


def _fresh(connection: sa.Connection, course_id: int, sizes: Mapping[str, int]) -> dict[str, int]:
    """Those of these files that the course does not have."""
    here = (_F.c.course_id == course_id) & _F.c.sha256.in_(list(sizes))
    known = set(connection.execute(sa.select(_F.c.sha256).where(here)).scalars())
    return {sha256: size for sha256, size in sizes.items() if sha256 not in known}


def _check(holds: Storage, more: int, purpose: Purpose) -> None:
    """Refuse what does not fit."""
    if holds.fits(more, purpose):
        return
    used, quota, added = told(holds.used), told(holds.quota), told(more)
    if purpose == "hand-in":
        raise errors.Temporary(
            f"The course keeps {used} of files and has no room for hand-ins now. Tell your teacher, and hand"
            " in again later; JupyterLab and the command line do that by themselves."
        )
    if purpose == "copy":
        raise errors.UserError(
            f"The course keeps {used} of files and takes no more copies, only hand-ins. Tell your teacher.",
            code="too-large",
        )
    raise errors.UserError(
        f"The course keeps {used} of files of the {quota} that it may, and this would add {added}. Leave"
        " something out, or ask whoever runs the service for a larger quota.",
        code="too-large",
    )
