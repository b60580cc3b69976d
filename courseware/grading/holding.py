"""Rows of work that jobs of workers hold while they run them: gradings and checks alike.

In: a table with `state` and `job`. Out: how many of its rows wait for a job, which jobs hold some, and rows
whose job is gone, let go of.
"""

from collections.abc import Collection

import sqlalchemy as sa


def waiting(connection: sa.Connection, table: sa.Table, among: sa.ColumnElement[bool]) -> int:
    """How many rows wait for a job, `among` those that may be run now. One that a service began by itself and
    left is counted too.
    """
    left = (table.c.state == "running") & table.c.job.is_(None)
    query = sa.select(sa.func.count()).select_from(table).where(((table.c.state == "waiting") & among) | left)
    return int(connection.execute(query).scalar_one())


def held(connection: sa.Connection, table: sa.Table) -> list[int]:
    """The jobs that run a row."""
    running = (table.c.state == "running") & table.c.job.is_not(None)
    return [int(job) for job in connection.execute(sa.select(table.c.job).where(running)).scalars()]


def let_go(connection: sa.Connection, table: sa.Table, jobs: Collection[int]) -> None:
    """Have the rows of these jobs, which are gone, wait again; a slow attempt finds nothing to write."""
    of_them = (table.c.state == "running") & table.c.job.in_(jobs)
    connection.execute(table.update().where(of_them).values(state="waiting", job=None))


def begun(connection: sa.Connection, table: sa.Table, job: int) -> int | None:
    """The key of the row that a job runs already."""
    mine = (table.c.state == "running") & (table.c.job == job)
    return connection.execute(sa.select(table.c.id).where(mine)).scalar()
