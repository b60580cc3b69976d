"""The fixtures that the store and service suites stand on."""

import psycopg
import pytest


@pytest.mark.parametrize("round_", [1, 2])
def test_each_test_gets_an_empty_database(postgres_url: str, round_: int) -> None:
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT to_regclass('seen')").fetchone() == (None,)
        connection.execute("CREATE TABLE seen (round integer)")


def test_both_engines(database_url: str) -> None:
    assert database_url.split(":", 1)[0] in {"sqlite", "postgresql"}
