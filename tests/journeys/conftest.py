"""Fixtures of the journeys: a class that was made through the real service, served for those who change
nothing in it that others look at, and a copy for those who do. When a journey fails, its report has what its
pages showed.
"""

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.journeys import chromium, generated


@pytest.fixture(scope="session")
def generated_class(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[generated.Class]:
    """The class, served once for all modules of a worker."""
    made = generated.Class(tmp_path_factory.mktemp("generated"), generated.once(run_folder))
    yield made
    made.end()


@pytest.fixture(scope="module")
def own_class(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[generated.Class]:
    """A copy of the class of a module's own."""
    made = generated.Class(tmp_path_factory.mktemp("own"), generated.once(run_folder))
    yield made
    made.end()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" and report.failed:
        report.sections += [(f"shown at {url}", told) for url, told in chromium.shown()]
    return report
