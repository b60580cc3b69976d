"""Fixtures of the service's tests that look at a class: sixty people with their marks, and its teacher."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import builders
from tests.benchmarks import big_class
from tests.builders import NOW
from tests.service import inside


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    """The class; a module that needs another world has a fixture of this name of its own."""
    world = builders.world(database_url, tmp_path)
    big_class.fill(world, students=60, places=3)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


@pytest.fixture
def tess(served: inside.Inside) -> str:
    """A credential of the teacher, for pages."""
    return served.token(served.world.teacher.person, "pages")
