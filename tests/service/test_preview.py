"""A draft is shown as students get it once it is published: cells, videos, questions, files, points, dates;
each lesson before and after.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import bs4
import pytest

from courseware.course import courses, lessons, manifest
from courseware.desk import folder, propose, release
from courseware.exchange import draft_releases, publish
from courseware.notebook import files, lint, source
from courseware.sandbox import port
from tests import builders
from tests.builders import NOW
from tests.notebook import build
from tests.sandbox import isolated
from tests.service import inside

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "notebooks" / "demo_course"
OTHERS = ROOT.parent / "shared" / "conformance" / "corpora" / "cs1302"
HERE = "/courses/c/lessons/one"
CARDS = ("mine", "checks", "files", "handin", "format")
UNLIKE = (
    (re.compile(r"/draft-release/files/"), "/files/"),
    (re.compile(r' (disabled|action|data-address|data-owner)="[^"]*"'), ""),
    (re.compile(r'(name="key" type="hidden" value=)"[^"]*"'), r"\1"),
    (re.compile(r"<time[^>]*>[^<]*</time>"), "<time>"),
    (re.compile(r"\s+"), " "),
)
"""What may differ: where things are sent and fetched, who looks, and when it was published."""


def _lessons() -> Iterator[tuple[str, dict[str, bytes]]]:
    parsed, _ = folder.course(DEMO)
    for entry in parsed.lessons:
        yield entry.slug, folder.lesson(DEMO, entry)
    if OTHERS.is_dir():
        for name in ("Lab2", "Lab4"):
            found = source.files(OTHERS, f"source/{name}", name)
            yield name, {path: file.read_bytes() for path, file in found.items()}


def _film() -> dict[str, bytes]:
    """A lesson with a video that has all that may lie beside one, and an answer that a person marks."""
    said = b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello\n"
    book = build.book(
        build.cell('# A talk\n\n<video src="media/talk.webm" title="Talk"></video>', "markdown", id="film"),
        build.cell("Why?", "markdown", grade_id="why", grade=True, solution=True, points=4),
    )
    names = ("en.vtt", "ar.vtt", "descriptions.vtt", "chapters.vtt")
    beside = {f"media/talk.{name}": said for name in names}
    return {"n.ipynb": files.write(book), "media/talk.webm": b"webm", "data/days.csv": b"a,b\n", **beside}


LESSONS = {**dict(_lessons()), "film": _film()}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[builders.World]:
    """A course with checks, whose lesson has a date."""
    made = builders.world(f"sqlite:///{tmp_path / 'db'}", tmp_path)
    text = builders.MANIFEST + "\n[policies]\nchecks = 3\n"
    with made.database.write() as connection:
        parsed = manifest.parse(text)
        course = courses.put(connection, parsed, text, now=NOW)
        lessons.sync(connection, course, parsed, now=NOW)
    yield made
    made.close()


def alike(element: bs4.Tag | None) -> str:
    """An element without what may differ."""
    text = str(element)
    for pattern, instead in UNLIKE:
        text = pattern.sub(instead, text)
    return text


def seen(page: str) -> dict[str, list[str]]:
    """What somebody reads on a lesson's page, without discussions."""
    soup = bs4.BeautifulSoup(page, "html.parser")
    for each in soup.select("a[href$='/pack']"):
        line = each.find_parent(["p", "li"])
        note = line.find_next_sibling("p") if line and line.name == "p" else None
        for gone in filter(None, (line, note)):
            gone.decompose()
    told = {
        "head": [alike(each) for each in soup.select("main > h1, main > .lead, main > .why")],
        "books": [alike(each) for each in soup.select("article .path")],
        "cells": [alike(each) for each in soup.select("article .notebook > .cell")],
        "scripts": sorted(str(each.get("src")) for each in soup.select("head script")),
    }
    for name in CARDS:
        told[name] = [alike(each) for each in soup.select(f"[aria-labelledby={name}]")]
    told["scripts"] = [each for each in told["scripts"] if "hand-in" not in each]
    return told


@pytest.mark.parametrize("name", LESSONS)
def test_a_draft_is_what_a_student_gets(world: builders.World, tmp_path: Path, name: str) -> None:
    tools = release.Tools(
        database=world.database, blobs=world.blobs, sandbox=isolated.Plain(), limits=port.Limits()
    )
    wish = release.Wish(files=LESSONS[name], accept=frozenset(lint.CODES), notes="A clearer task")
    kept = propose.propose(tools, world.teacher, world.one, wish, now=NOW)
    with inside.serving(world, tmp_path, now=NOW) as site:
        tess, sam = (site.token(each.person, "pages") for each in (world.teacher, world.sam))
        before = site.ask(tess, "GET", f"{HERE}/draft-release")
        assert before.status_code == 200, before.text
        drafted = {
            entry.path: site.ask(tess, "GET", f"{HERE}/draft-release/files/{entry.path}").content
            for entry in kept.student
        }
        made = propose.accept(tools, world.teacher, world.one, kept.public, now=site.now)
        after = site.ask(sam, "GET", HERE)
        got = {
            entry.path: site.ask(sam, "GET", f"{HERE}/files/{entry.path}").content for entry in made.student
        }
    assert drafted == got
    first, second = seen(before.text), seen(after.text)
    assert len(first["cells"]) > 0
    assert first == second


@pytest.mark.parametrize(
    ("name", "has"),
    [
        ("numbers-and-lists", ('class="quiz"', "12 points", "Check on the course", "list-positions.png")),
        ("film", ('<track default="" kind="captions"', 'class="transcript"', "4 points", "days.csv")),
    ],
)
def test_these_lessons_have_what_is_compared(
    world: builders.World, tmp_path: Path, name: str, has: tuple[str, ...]
) -> None:
    tools = release.Tools(
        database=world.database, blobs=world.blobs, sandbox=isolated.Plain(), limits=port.Limits()
    )
    wish = release.Wish(files=LESSONS[name], accept=frozenset(lint.CODES))
    propose.propose(tools, world.teacher, world.one, wish, now=NOW)
    with inside.serving(world, tmp_path, now=NOW) as site:
        page = site.ask(site.token(world.teacher.person, "pages"), "GET", f"{HERE}/draft-release").text
    told = seen(page)
    assert [each for each in has if each not in str(told)] == []
    assert [len(told[card]) for card in ("mine", "files", "handin")] == [1, 1, 1]
    soup = bs4.BeautifulSoup(page, "html.parser")
    assert soup.select("article form button:not([disabled])") == []
    assert soup.select("[aria-labelledby=handin] button:not([disabled])") == []


def test_a_draft_from_before_shows_its_files(world: builders.World, tmp_path: Path) -> None:
    kept = publish.keep(world.blobs, {"n.ipynb": builders.NOTEBOOK})
    fresh = draft_releases.Fresh(source=kept, student=kept, accept=frozenset(), report={}, notes="")
    with world.database.write() as connection:
        draft_releases.put(connection, world.one.id, fresh, by=world.teacher.person.id, now=NOW)
    with inside.serving(world, tmp_path, now=NOW) as site:
        page = site.ask(site.token(world.teacher.person, "pages"), "GET", f"{HERE}/draft-release")
    assert (page.status_code, len(seen(page.text)["cells"])) == (200, 1)
