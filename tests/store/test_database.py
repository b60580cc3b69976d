"""Connections that die while they rest, and many writers at once."""

import concurrent.futures

import pytest
import sqlalchemy as sa

from courseware import errors
from courseware.store import database


@pytest.mark.parametrize("kind", ["read", "write"])
def test_a_connection_that_died_at_rest_is_replaced(
    kind: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "RESTED", 0.0)
    db = database.open_at(postgres_url)
    other = database.open_at(postgres_url)
    begin = db.read if kind == "read" else db.write
    try:
        with begin() as connection:
            mine = connection.execute(sa.text("select pg_backend_pid()")).scalar_one()
        with other.write() as connection:
            connection.execute(sa.text("select pg_terminate_backend(:pid, 5000)"), {"pid": mine})
        with begin() as connection:
            assert connection.execute(sa.text("select pg_backend_pid()")).scalar_one() != mine
    finally:
        db.close()
        other.close()


def test_a_server_that_is_away_is_told_as_a_passing_thing(postgres_url: str) -> None:
    url = sa.make_url(postgres_url).set(database="nothing_here")
    db = database.open_at(url.render_as_string(hide_password=False))
    with pytest.raises(errors.Temporary), db.read():
        pass
    db.close()


def test_too_many_at_once_are_told_to_come_again(postgres_url: str) -> None:
    engine = sa.create_engine(
        sa.make_url(postgres_url).set(drivername="postgresql+psycopg"),
        pool_size=1,
        max_overflow=0,
        pool_timeout=0.1,
    )
    small = database.Database(engine)
    with small.read(), pytest.raises(errors.Temporary, match="too many wait"), small.read():
        pass
    small.close()


def test_many_writers_lose_nothing(empty_url: str) -> None:
    db = database.open_at(empty_url)
    with db.write() as connection:
        connection.execute(sa.text("create table t (n integer)"))
        connection.execute(sa.text("insert into t values (0)"))

    def add(_: int) -> None:
        with db.write() as connection:
            database.lock(connection, "t")
            seen = connection.execute(sa.text("select n from t")).scalar_one()
            connection.execute(sa.text("update t set n = :n"), {"n": seen + 1})

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(100)))
    with db.read() as connection:
        assert connection.execute(sa.text("select n from t")).scalar_one() == 100
    db.close()
