"""The fixtures that the store and service suites stand on."""

import datetime

import psycopg
import pytest
import sqlalchemy as sa

from courseware.store import database, journal, migrate, tables
from tests import databases, order, words


@pytest.mark.parametrize("round_", [1, 2])
def test_each_test_gets_an_empty_database(postgres_url: str, round_: int) -> None:
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT to_regclass('seen')").fetchone() == (None,)
        connection.execute("CREATE TABLE seen (round integer)")


def test_every_module_that_is_to_begin_early_is_there() -> None:
    assert [path for path in order.LONG if not path.is_file()] == []


def test_both_engines(database_url: str) -> None:
    assert database_url.split(":", 1)[0] in {"sqlite", "postgresql"}


@pytest.mark.parametrize("round_", [1, 2])
def test_each_test_gets_the_tables_and_no_row(database_url: str, round_: int) -> None:
    db = database.open_at(database_url)
    migrate.require(db)
    with db.write() as connection:
        for table in tables.metadata.sorted_tables:
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0
        journal.append(connection, "a", "x", now=datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC))
        (entry,) = connection.execute(sa.select(sa.text("id from journal"))).scalars()
    assert entry == 1
    db.close()


def test_what_an_earlier_test_left_open_reaches_no_later_one(postgres_server: str) -> None:
    kept = databases.Kept(postgres_server)
    first = kept.fresh()
    with psycopg.connect(first) as left:
        left.execute("LOCK TABLE journal")
        second = kept.fresh()
        with pytest.raises(psycopg.OperationalError):
            left.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(first)
    with psycopg.connect(second) as connection:
        connection.execute("CREATE TABLE seen (round integer)")
    with psycopg.connect(kept.fresh()) as connection:
        assert connection.execute("SELECT to_regclass('seen')").fetchone() == (None,)
    kept.close()


def test_a_word_is_found_anywhere_but_in_what_is_random() -> None:
    person, token = f"per_{'kimq' * 6}ab", f"{'x' * 20}-kim_{'Y' * 18}"
    for text in ("by kim.", "skimmed", "group_kim-2", f"{person}/kim", f"Kim, {token} and kim"):
        assert words.has(text, "kim"), text
    for text in ("Kim", person, f"/posts/{person}?once={token}", f"answer+{token[:24]}=\n{token[24:]}@here"):
        assert not words.has(text, "kim"), text
