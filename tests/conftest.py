"""Fixtures for every suite: one PostgreSQL server per run, a database per test, on both engines."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from tests import databases, order, postgres

if TYPE_CHECKING:
    from tests import hubs

_RUN = pytest.StashKey[tuple[Path, int]]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the run's folder once; workers get it from the process that leads them."""
    told = getattr(config, "workerinput", None)
    if told is not None:
        config.stash[_RUN] = (Path(told["courseware_run"]), told["courseware_leader"])
    else:
        config.stash[_RUN] = (Path(tempfile.mkdtemp(prefix="cw-run-")), os.getpid())


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:  # type: ignore[no-untyped-def]  # xdist's class, which has no types
    """Tell a worker which run it belongs to."""
    folder, leader = node.config.stash[_RUN]
    node.workerinput["courseware_run"] = str(folder)
    node.workerinput["courseware_leader"] = leader


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and remove the folder, in the leading process only."""
    if hasattr(config, "workerinput"):
        return
    folder, _ = config.stash[_RUN]
    postgres.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long modules first: one that came last would keep one core busy while the other has nothing left. Mark
    what `make test-quick` leaves out.
    """
    items.sort(key=lambda item: -order.seconds(item.path))
    for item in items:
        if order.is_slow(item.path, item.name):
            item.add_marker(pytest.mark.slow)


@sa.event.listens_for(sa.Engine, "engine_connect")
def _unflushed(connection: sa.Connection) -> None:
    """In the tests' own process SQLite flushes nothing either.

    No test takes a machine's power away, and they waited for the disk longer than they worked.
    """
    if connection.dialect.name == "sqlite":
        held = connection.connection.dbapi_connection
        assert held is not None
        held.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> str:
    """URL of a server on which databases may be made: the one given by the site, else our own."""
    given = os.environ.get("COURSEWARE_TEST_DATABASE_URL")
    return given or postgres.url(*pytestconfig.stash[_RUN])


@pytest.fixture(scope="session")
def run_folder(pytestconfig: pytest.Config) -> Path:
    """The folder of the run, which all its workers share."""
    return pytestconfig.stash[_RUN][0]


@pytest.fixture(scope="session")
def kept_postgres(postgres_server: str) -> Iterator[databases.Kept]:
    """The migrated database that this worker's tests use one after the other."""
    kept = databases.Kept(postgres_server)
    yield kept
    kept.close()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """URL of an empty database of this test's own."""
    with databases.empty(postgres_server) as url:
        yield url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def served_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of the database for a service that a whole module asks, once on each engine; empty: its own."""
    if request.param == "sqlite":
        yield ""
        return
    with databases.empty(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database without tables, once on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'courseware.sqlite'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database with this version's tables and no row, once on each engine."""
    if request.param == "sqlite":
        path = tmp_path / "courseware.sqlite"
        path.write_bytes(databases.migrated_file())
        return f"sqlite:///{path}"
    kept: databases.Kept = request.getfixturevalue("kept_postgres")
    return kept.fresh()


@pytest.fixture(scope="module")
def hub_port() -> int:
    """Where a module's course service listens, which its Hub must know beforehand."""
    from tests.journeys import test_lab_student

    return test_lab_student.free_port()


@pytest.fixture(scope="module", params=["6", "5"])
def hub(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, hub_port: int
) -> "Iterator[hubs.Hub]":
    """A real JupyterHub of a module's own, of the courses `c` and `other`: each version that is supported."""
    from tests import hubs

    python = hubs.PYTHONS[request.param]
    made = hubs.of_courses(tmp_path_factory.mktemp(f"hub{request.param}"), hub_port, python)
    yield made
    made.end()
