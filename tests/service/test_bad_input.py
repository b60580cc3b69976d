"""Class lists as they come, through the page: in which form they are saved, who stands in them twice; and
that no file which is handed out holds a formula, whatever somebody is called. On both databases.
"""

import base64
import csv
import html
import io
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from courseware.course import people
from courseware.desk import audit
from courseware.store import schema
from tests import builders
from tests.builders import NOW
from tests.interchange import test_lms
from tests.service import inside

C = "/courses/c"
LIST = "username,name,email\nlou,Lou Müller,lou@uni.example\nmia,Mia,\n"
STARTS = ("=", "+", "-", "@", "\t", "\r")
FORMULAS = tuple(f'{start}HYPERLINK("http://evil.example","x")' for start in STARTS)


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    test_lms.table(world, sam=3.5)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def taken(served: inside.Inside, data: bytes) -> str:
    """What the page says once a list is uploaded."""
    tess = served.token(served.world.teacher.person, "pages")
    files = [("list", ("list.csv", data))]
    looked = served.ask(tess, "POST", f"{C}/people/import", files=files)
    assert looked.status_code == 200, looked.text
    page = html.unescape(looked.text)
    wish = re.search(
        r'name="seen" value="(\w+)".*?<textarea name="csv"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL
    )
    if wish is None:
        return page
    sent = {"seen": wish[1], "csv": wish[2]}
    answer = served.ask(tess, "POST", f"{C}/people/import/take", sent)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def here(served: inside.Inside) -> dict[str, str]:
    with served.world.database.read() as connection:
        members = people.members(connection, served.world.course)
    return {each.person.username: each.person.name for each in members if each.ended is None}


FORMS = {
    "as it is": LIST.encode(),
    "mark": LIST.encode("utf-8-sig"),
    "semicolons": LIST.replace(",", ";").encode("utf-8-sig"),
    "tabs": LIST.replace(",", "\t").encode(),
    "wide": LIST.replace(",", "\t").encode("utf-16"),
    "wide, the other way": b"\xfe\xff" + LIST.encode("utf-16-be"),
    "Windows": LIST.replace("\n", "\r\n").encode(),
    "old Macintosh": LIST.replace("\n", "\r").encode(),
    "quoted": 'username,name,email\n"lou","Lou Müller","lou@uni.example"\n"mia","Mia",""\n'.encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_list_is_taken_in_whatever_form_it_is_saved(served: inside.Inside, form: str) -> None:
    assert "The list was taken" in taken(served, FORMS[form])
    assert here(served) == {"tess": "tess", "sam": "sam", "kim": "Kim", "lou": "Lou Müller", "mia": "Mia"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (LIST.encode() + b"lou,Somebody,\n", "'lou' twice (line 4)"),
        ("username,name\nlou,Müller\n".encode("latin-1"), "The file is not UTF-8"),
        (LIST.encode("utf-16")[2:], "The file is not UTF-8"),
        (b"surname;mark\nA;1\n", "first line must name the columns"),
        (b'username,name\nlou,"Lou\n', "is no CSV"),
        (b"username,name\nlou,Lou\nmia smith,Mia\n", "line 3"),
    ],
)
def test_what_cannot_be_taken_is_named_and_nothing_is_changed(
    served: inside.Inside, data: bytes, said: str
) -> None:
    before = here(served)
    assert said in taken(served, data)
    assert here(served) == before


def test_a_line_break_in_a_quoted_name_is_a_blank(served: inside.Inside) -> None:
    taken(served, b'username,name\nlou,"Lou\nM\xc3\xbcller"\n')
    assert here(served).get("lou") == "Lou Müller"


def test_a_list_without_a_column_changes_nothing_of_it(served: inside.Inside) -> None:
    """Not the address that letters go to, and nobody's role."""
    with served.world.database.write() as connection:
        people.add(
            connection,
            served.world.course,
            username="gus",
            name="Gus",
            email="gus@x.org",
            role="grader",
            now=NOW,
        )
    taken(served, b"username,name\ngus,Gus Gray\nkim,Kim\nsam,Sam\n")
    with served.world.database.read() as connection:
        found = {each.person.username: each for each in people.members(connection, served.world.course)}
    assert (found["gus"].person.name, found["gus"].person.email, found["gus"].role) == (
        "Gus Gray",
        "gus@x.org",
        "grader",
    )
    assert (found["kim"].person.email, found["kim"].role) == ("kim@example.org", "student")
    taken(served, b"username,name,email\nkim,Kim,\n")
    with served.world.database.read() as connection:
        assert people.find(connection, served.world.course, "kim").person.email == "kim@example.org"


def exports(served: inside.Inside, canvas: str) -> dict[str, str]:
    """All files for a spreadsheet that the desk hands out."""
    tess = served.token(served.world.teacher.person, "pages")
    paths = ("grades.csv", "exports/moodle.csv")
    found = {path: served.ask(tess, "GET", f"{C}/{path}").raise_for_status() for path in paths}
    assert {each.headers["Content-Type"].split(";")[0] for each in found.values()} == {"text/csv"}
    filled: httpx.Response = served.ask(
        tess, "POST", f"{C}/exports/canvas", files=[("export", ("e.csv", canvas.encode()))]
    )
    (inside_,) = re.findall(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', filled.text)
    texts = {path: answer.content.decode("utf-8-sig") for path, answer in found.items()}
    with served.world.database.read() as connection:
        lines = audit.page(connection, audit.Wanted(), now=served.now, limit=99).lines
    return {**texts, "canvas": base64.b64decode(inside_).decode(), "audit": audit.to_csv(lines)}


@pytest.mark.parametrize("formula", FORMULAS, ids=["equals", "plus", "minus", "at", "tab", "return"])
def test_no_cell_of_any_file_is_a_formula(served: inside.Inside, formula: str) -> None:
    with served.world.database.write() as connection:
        person, lesson = schema.person, schema.lesson
        connection.execute(person.update().where(person.c.username == "sam").values(name=formula))
        connection.execute(person.update().where(person.c.username == "tess").values(username=formula))
        connection.execute(lesson.update().where(lesson.c.slug == "one").values(title=formula))
    served.ask(served.token(served.world.teacher.person, "pages"), "GET", f"{C}/class")
    served.recording.write()
    quoted = formula.replace('"', '""')
    canvas = test_lms.EXPORT.replace("One (4314282)", f'"{quoted} (4314282)"')
    for path, text in exports(served, canvas.replace("Sample, Sam", quoted)).items():
        lines = list(csv.reader(io.StringIO(text, newline="")))
        assert len(lines) > 1, path
        assert not [cell for line in lines for cell in line if cell.startswith(STARTS)], path
        assert any(formula.strip() in cell for line in lines for cell in line), path
