"""The page of a lesson's releases, on both databases: who sees it, and what it tells."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.course import model, people
from courseware.exchange import drafts, publish
from tests import builders
from tests.builders import NOW
from tests.service import inside

PAGE = "/courses/c/lessons/one/releases"
ROLES: dict[str, model.Role] = {"gus": "grader", "ida": "instructor"}
REPORT = {
    "findings": [
        {"code": "key-like", "level": "warning", "where": "n.ipynb, cell 1", "message": "<b>hm</b>"},
        {"code": "key-copy", "level": "error", "where": "n.ipynb, cell 2", "message": "It stands there."},
    ],
    "exercises": [
        {
            "notebook": "n",
            "key": "t",
            "points": 4,
            "on_key": 4,
            "on_blank": 0,
            "test_mode": "in-process",
            "reason": "It asks for a figure.",
            "asks": [],
        }
    ],
    "took": [{"notebook": "n", "key": "t", "seconds": 0.25}],
    "accepted": ["key-copy"],
}


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def release(world: builders.World, notes: str = "") -> int:
    """Another release of lesson one, with a report."""
    bundle = dataclasses.replace(builders.bundle(), report=REPORT, notes=notes)
    made = publish.publish(
        world.database, world.blobs, world.one, bundle, by=world.teacher.person, now=NOW + builders.HOUR
    )
    return made.number


def text(page: str) -> str:
    return " ".join(page.split())


def test_staff_alone_see_it(world: builders.World, tmp_path: Path) -> None:
    members = {"sam": world.sam.person, "tess": world.teacher.person}
    with world.database.write() as connection:
        for name, role in ROLES.items():
            members[name] = people.add(
                connection, world.course, username=name, name=name, email=None, role=role, now=NOW
            )
    with inside.serving(world, tmp_path, now=NOW) as site:
        seen = {
            who: site.ask(site.token(person, "pages"), "GET", PAGE).status_code
            for who, person in members.items()
        }
        in_lab = site.ask(site.token(members["tess"], "lab"), "GET", PAGE).status_code
    assert (seen, in_lab) == ({"sam": 403, "tess": 200, "gus": 200, "ida": 200}, 403)


def test_what_it_tells(world: builders.World, tmp_path: Path) -> None:
    assert release(world, "A <i>clearer</i> task") == 2
    drafts.keep(world.database, world.blobs, world.sam, world.one, builders.upload("d", release=2), now=NOW)
    with inside.serving(world, tmp_path, now=NOW + 2 * builders.HOUR) as site:
        token = site.token(world.teacher.person, "pages")
        page = text(site.ask(token, "GET", PAGE).text)
        lesson = site.ask(token, "GET", "/courses/c/lessons/one").text
    assert f'href="{PAGE}"' in lesson
    assert "Students get version <b>2</b>." in page
    assert "A &lt;i&gt;clearer&lt;/i&gt; task" in page
    assert "&lt;b&gt;hm&lt;/b&gt;" in page
    assert '<span class="tag bad">accepted</span>' in page
    assert "It asks for a figure." in page
    assert "<bdi>0.25</bdi>" in page
    assert "<dt>Copies kept in the course</dt><dd>1</dd>" in page
    assert page.index("Version 2") < page.index("Version 1")
