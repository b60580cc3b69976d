"""Marks to take along, on the page: who may, what comes back, and what is said of a wrong file."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from courseware.course import people
from tests import builders
from tests.builders import NOW
from tests.interchange import test_lms
from tests.service import inside

PAGE = "/courses/c/exports"


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    test_lms.table(world, sam=3.5)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def sent(served: inside.Inside, data: bytes) -> httpx.Response:
    token = served.token(served.world.teacher.person, "pages")
    return served.ask(token, "POST", f"{PAGE}/canvas", files=[("export", ("export.csv", data))])


def test_an_export_of_canvas_is_filled_on_the_page(served: inside.Inside) -> None:
    told = sent(served, test_lms.EXPORT.encode())
    assert told.status_code == 200
    (inside_,) = re.findall(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', told.text)
    assert '"Sample, Sam",1001,S-1001,sam,LEC-1,3.5' in base64.b64decode(inside_).decode()
    assert "Elsewhere, Eve" in told.text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no export of Canvas"),
        (b"name;mark\nSam;1\n", "no export of Canvas"),
        ("Müller".encode("latin-1"), "not UTF-8"),
        (test_lms.EXPORT.replace("4.00", "<b>9").encode(), "has &lt;b&gt;9 points in Canvas"),
    ],
)
def test_a_file_that_cannot_be_filled_is_told_on_the_page(
    served: inside.Inside, data: bytes, said: str
) -> None:
    told = sent(served, data)
    assert (told.status_code, "data:text/csv" in told.text) == (200, False)
    assert said in told.text


def test_moodle_and_what_is_refused(served: inside.Inside) -> None:
    teacher = served.token(served.world.teacher.person, "pages")
    page = served.ask(teacher, "GET", PAGE).text
    assert f'href="{PAGE}/moodle.csv"' in page
    file = served.ask(teacher, "GET", f"{PAGE}/moodle.csv")
    assert "sam,sam,,3.5" in file.text
    assert file.headers["Content-Disposition"].startswith("attachment")
    sam = served.token(served.world.sam.person, "pages")
    for path in (PAGE, f"{PAGE}/moodle.csv"):
        assert served.ask(sam, "GET", path).status_code == 403
    with served.world.database.write() as connection:
        people.end(connection, served.world.course, served.world.sam.person, now=NOW)
    assert served.ask(teacher, "GET", PAGE).status_code == 200
