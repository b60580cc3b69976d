"""A lesson to take along, as the service gives it: who gets it, what is in it, how large it may be."""

import dataclasses
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from courseware.course import lessons
from courseware.exchange import publish
from courseware.notices import preferences
from courseware.service.api import routes
from courseware.service.pages import routes as page_routes
from tests import builders
from tests.builders import NOW
from tests.service import inside

PAGE = "/courses/c/lessons/{}/pack"
API = "/api/v1/courses/c/lessons/{}/releases/{}/pack"


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def release(served: inside.Inside, slug: str, files: dict[str, bytes]) -> None:
    """Publish these files."""
    world = served.world
    with world.database.read() as connection:
        lesson = lessons.find(connection, world.course, slug)
    bundle = dataclasses.replace(builders.bundle(), student=files, exercises=(), anchors={})
    publish.publish(world.database, world.blobs, lesson, bundle, by=world.teacher.person, now=NOW)


def opened(answer: httpx.Response) -> zipfile.ZipFile:
    assert answer.status_code == 200, answer.text
    return zipfile.ZipFile(io.BytesIO(answer.content))


def test_a_student_gets_one_zip_with_a_page_and_the_files(served: inside.Inside) -> None:
    token = served.token(served.world.sam.person, "pages")
    answer = served.ask(token, "GET", PAGE.format("one"))
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="one-offline.zip"')
    archive = opened(answer)
    assert archive.namelist() == ["one-offline/index.html", "one-offline/files/n.ipynb"]
    assert archive.read("one-offline/files/n.ipynb") == builders.NOTEBOOK
    assert f'href="{PAGE.format("one")}" download' in served.ask(token, "GET", "/courses/c/lessons/one").text


def test_the_same_release_is_the_same_zip_for_everybody(served: inside.Inside) -> None:
    names = ("b.csv", "a/x.png", "a.md", "ä ö.txt")
    release(served, "one", {**dict.fromkeys(names, b"# x"), "n.ipynb": builders.NOTEBOOK})
    answers = [
        served.ask(served.token(viewer.person, "pages"), "GET", path).content
        for viewer in (served.world.sam, served.world.kim)
        for path in (PAGE.format("one"), API.format("one", "latest"), API.format("one", 2))
    ]
    assert len(set(answers)) == 1
    told = zipfile.ZipFile(io.BytesIO(answers[0])).infolist()
    assert {each.date_time for each in told} == {(1980, 1, 1, 0, 0, 0)}
    assert {each.external_attr >> 16 for each in told} == {0o100644}
    assert [each.filename.removeprefix("one-offline/files/") for each in told[1:]] == [
        "a.md", "a/x.png", "b.csv", "n.ipynb", "ä ö.txt",
    ]  # fmt: skip


def test_it_speaks_the_readers_language_and_names_nobody(served: inside.Inside) -> None:
    person = served.world.sam.person
    with served.world.database.write() as connection:
        habit = dataclasses.replace(preferences.of(connection, person.id).habit, language="de")
        preferences.keep_habit(connection, person.id, habit)
    page = opened(served.ask(served.token(person, "pages"), "GET", PAGE.format("one"))).read(
        "one-offline/index.html"
    )
    assert b'<html lang="de" dir="ltr">' in page
    assert b"Dateien" in page
    assert person.public.encode() not in page


def test_who_may_not_read_a_lesson_does_not_get_its_pack(served: inside.Inside) -> None:
    release(served, "two", {"n.ipynb": builders.NOTEBOOK})
    sam = served.token(served.world.sam.person, "pages")
    for path in (PAGE.format("two"), API.format("two", "latest"), API.format("two", 1)):
        answer = served.ask(sam, "GET", path)
        assert answer.status_code == 404, path
        assert "not open yet" in answer.text
        assert opened(served.ask(served.token(served.world.teacher.person, "pages"), "GET", path))
    for path in (API.format("one", 7), API.format("one", "x"), PAGE.format("none")):
        assert served.ask(sam, "GET", path).status_code == 404, path
    assert served.ask("", "GET", API.format("one", 1)).status_code == 401
    assert served.ask("", "GET", PAGE.format("one")).status_code in (303, 401)


def test_a_lesson_that_is_too_large_is_refused_in_a_sentence(served: inside.Inside) -> None:
    token = served.token(served.world.sam.person, "pages")
    release(served, "one", {"big.bin": b"\0" * 120_000_000})
    answer = served.ask(token, "GET", API.format("one", "latest"))
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert answer.json()["detail"] == (
        "120 MB are too much to take along; at most 100 MB are packed. Get the files one by one."
    )
    assert served.ask(token, "GET", PAGE.format("one")).status_code == 413


def test_both_routes_keep_nobody_waiting() -> None:
    assert [route.long for route in (*routes.API, *page_routes.PAGES) if route.path.endswith("/pack")] == [
        True,
        True,
    ]


def test_pictures_of_a_notebook_in_a_folder_are_those_of_the_folder(served: inside.Inside) -> None:
    book = {
        **json.loads(builders.NOTEBOOK),
        "cells": [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": "![A dot](dot.png)"}],
    }
    files = {
        "n.ipynb": builders.NOTEBOOK,
        "week 2/n.ipynb": json.dumps(book).encode(),
        "week 2/dot.png": b"x",
    }
    release(served, "one", files)
    token = served.token(served.world.sam.person, "pages")
    page = served.ask(token, "GET", "/courses/c/lessons/one").text
    address = "/courses/c/lessons/one/files/week%202/dot.png"
    assert f'<img src="{address}"' in page
    assert served.ask(token, "GET", address).content == b"x"
    shown = opened(served.ask(token, "GET", PAGE.format("one"))).read("one-offline/index.html").decode()
    assert '<img src="files/week%202/dot.png"' in shown
