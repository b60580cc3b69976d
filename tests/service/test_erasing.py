"""Somebody takes along what a course keeps of them, and an owner erases them, on the pages."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from courseware.course import courses, lessons, manifest, model, people
from courseware.desk import erase
from courseware.exchange import drafts, submissions, submit
from courseware.grading import notes
from tests import builders
from tests.builders import NOW, upload
from tests.interchange import test_lms
from tests.service import inside

OTHER = builders.MANIFEST.replace('id = "c"', 'id = "d"')


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    test_lms.table(world, sam=3.5)
    with world.database.write() as connection:
        for name, role in (("ina", "instructor"), ("oz", "owner")):
            people.add(connection, world.course, username=name, name=name, email=None, role=role, now=NOW)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def token(served: inside.Inside, name: str) -> str:
    with served.world.database.read() as connection:
        return served.token(people.by_username(connection, name), "pages")


def page(served: inside.Inside, name: str) -> str:
    with served.world.database.read() as connection:
        return f"/courses/c/people/{people.by_username(connection, name).public}/erase"


def test_everybody_takes_along_what_is_theirs(served: inside.Inside) -> None:
    assert "/courses/c/seen/mine.zip" in served.ask(token(served, "sam"), "GET", "/courses/c/seen").text
    got = served.ask(token(served, "sam"), "GET", "/courses/c/seen/mine.zip")
    assert got.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(got.content)) as archive:
        names = archive.namelist()
        (file,) = [name for name in names if name.startswith("hand-ins/one/")]
        assert archive.read(file) == builders.NOTEBOOK
        data = json.loads(archive.read("data.json"))
        marks = json.loads(archive.read("marks.json"))
    assert data["person"][0]["username"] == "sam"
    assert data["submission"][0]["lesson"] == "one"
    # Due at 13:00, marks show after: an hour before it there is nothing to see.
    assert (marks[0]["lesson"], marks[0]["exercises"]) == ("one", [])
    served.now = NOW + 2 * builders.HOUR
    later = served.ask(token(served, "sam"), "GET", "/courses/c/seen/mine.zip")
    with zipfile.ZipFile(io.BytesIO(later.content)) as archive:
        (told,) = json.loads(archive.read("marks.json"))[0]["exercises"]
    assert (told["points"], told["of"]) == (3.5, 4)


def taken(served: inside.Inside, name: str) -> tuple[zipfile.ZipFile, list[Any], list[Any]]:
    """What somebody takes along: the archive, its marks and where files stand."""
    got = served.ask(token(served, name), "GET", "/courses/c/seen/mine.zip")
    assert got.headers["Content-Length"] == str(len(got.content))
    archive = zipfile.ZipFile(io.BytesIO(got.content))
    return archive, json.loads(archive.read("marks.json")), json.loads(archive.read("files.json"))


def test_each_content_is_taken_along_once(served: inside.Inside) -> None:
    world = served.world
    for number in range(3):
        submit.receive_upload(world.desk, world.sam, "one", upload(f"again-{number}"), now=served.now)
    wish = upload("copy")
    drafts.keep(world.database, world.blobs, world.sam, world.one, wish, now=served.now)
    archive, marks, stand = taken(served, "sam")
    books = [name for name in archive.namelist() if name.endswith("n.ipynb")]
    assert (len(books), len(marks), len(stand)) == (1, 4, 5)
    assert {each["files"]["n.ipynb"] for each in stand} == set(books)
    assert archive.read(books[0]) == builders.NOTEBOOK


def test_notes_and_requests_are_taken_along_once_they_show(served: inside.Inside) -> None:
    world = served.world
    with world.database.write() as connection:
        (work,) = submissions.of_person(connection, world.sam.person.id, world.one.id)
        for place in (("n", "t"), ("n", "@1/a")):
            notes.put(
                connection, work, place, line=2, lines=2, body="zqnote", by=world.teacher.person, now=NOW
            )
    assert taken(served, "sam")[1][0]["notes"] == []
    served.now = NOW + 2 * builders.HOUR
    asked = {"notebook": "n", "exercise": "t", "reason": "zqreason"}
    sam = token(served, "sam")
    made = served.ask(sam, "POST", f"/api/v1/submissions/{work.public}/requests", asked)
    assert made.status_code == 201, made.text
    (told,) = taken(served, "sam")[1]
    assert [(each["cell"], each["line"], each["note"]) for each in told["notes"]] == [
        ("t", 2, "zqnote"),
        ("@1/a", 2, "zqnote"),
    ]
    (request,) = told["requests"]
    assert (request["exercise"], request["decision"]) == ("t", None)
    assert request["thread"] == made.json()["thread"]


def test_a_jupyter_server_of_staff_takes_nothing_along(served: inside.Inside) -> None:
    """Notebooks of others may run there, and what staff answered in private is in it."""
    tess, wish = token(served, "tess"), {"kind": "private", "title": "t", "body": "zqprivate"}
    assert served.ask(tess, "POST", "/api/v1/courses/c/threads", wish).status_code == 201
    with served.world.database.read() as connection:
        labs = [served.token(people.by_username(connection, name), "lab") for name in ("tess", "sam")]
    asked = [served.ask(lab, "GET", "/courses/c/seen/mine.zip").status_code for lab in (*labs, tess)]
    assert asked == [403, 200, 200]  # a student's own Jupyter server reads all of theirs anyway


def test_an_owner_erases_once_the_name_is_typed(served: inside.Inside, tmp_path: Path) -> None:
    owner, sam = token(served, "tess"), token(served, "sam")
    where = page(served, "sam")
    assert f'href="{where}"' in served.ask(owner, "GET", where.removesuffix("/erase")).text
    wrong = served.ask(owner, "POST", where, {"username": "Sam"})
    assert (wrong.status_code, "Nothing was erased" in wrong.text) == (200, True)
    assert served.ask(sam, "GET", "/courses/c").status_code == 200
    done = served.ask(owner, "POST", where, {"username": "sam"})
    assert (done.status_code, done.headers["Location"]) == (303, "/courses/c/people")
    assert served.ask(sam, "GET", "/courses/c").status_code == 401
    for path in ("/courses/c/people", "/courses/c/class", "/courses/c/marking", "/courses/c/audit"):
        shown = served.ask(owner, "GET", path)
        assert (shown.status_code, ">sam<" in shown.text) == (200, False), path
    assert (tmp_path / erase.FILE).read_text().count("per_") == 1


@pytest.mark.parametrize("name", ["ina", "kim"])
def test_nobody_else_erases(served: inside.Inside, name: str) -> None:
    where = page(served, "sam")
    for method in ("GET", "POST"):
        assert served.ask(token(served, name), method, where, {"username": "sam"}).status_code == 403


def test_who_is_in_another_course_too_is_not_this_owners_to_erase(served: inside.Inside) -> None:
    parsed = manifest.parse(OTHER)
    with served.world.database.write() as connection:
        other = courses.put(connection, parsed, OTHER, now=NOW)
        lessons.sync(connection, other, parsed, now=NOW)
        people.enrol(connection, other, served.world.sam.person, "student", now=NOW)
    where, owner = page(served, "sam"), token(served, "tess")
    assert "in another course here too" in served.ask(owner, "GET", where).text
    refused = served.ask(owner, "POST", where, {"username": "sam"})
    assert (refused.status_code, "another course" in refused.text) == (409, True)


def test_an_owner_is_not_erased_on_the_pages(served: inside.Inside) -> None:
    refused = served.ask(token(served, "tess"), "POST", page(served, "oz"), {"username": "oz"})
    assert (refused.status_code, "Give them another role first" in refused.text) == (409, True)


def test_a_hand_in_on_its_way_is_forgotten_too(served: inside.Inside) -> None:
    viewer: model.Viewer = served.world.sam
    submit.receive_upload(served.world.desk, viewer, "one", upload("another"), now=NOW)
    done = served.ask(token(served, "tess"), "POST", page(served, "sam"), {"username": "sam"})
    assert done.status_code == 303
    with served.world.database.read() as connection:
        assert people.known(connection, "sam") is None
