"""Videos in a lesson's texts, what belongs to them by name, and what lint says of them."""

import json
from pathlib import Path

import pytest

from courseware.notebook import films, html, lint

LECTURE = Path(__file__).parents[1] / "lecture"
TAG = '<video src="media/lesson.webm" controls title="Lists"></video>'
WHY = TAG.replace(" controls", ' data-no-descriptions="All that is seen is said."')


def lesson(source: str, *without: str, **more: bytes) -> dict[str, bytes]:
    """A lesson with this text in its only cell, and the lecture without some of its files."""
    cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": source}
    spec = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": spec, "cells": [cell]}
    kept = {f"media/{path.name}": path.read_bytes() for path in LECTURE.glob("lesson.*")}
    found = {"n.ipynb": json.dumps(book).encode(), **kept, **more}
    return {path: data for path, data in found.items() if path not in without}


def found(files: dict[str, bytes]) -> list[tuple[str, str, str]]:
    return [(each.code, each.level, each.where) for each in lint.lesson(files)]


def test_a_video_with_captions_and_a_reason_is_good() -> None:
    assert lint.lesson(lesson(WHY)) == []
    described = {"media/lesson.descriptions.vtt": b"WEBVTT\n\n00:01.000 --> 00:02.000\nA list is drawn.\n"}
    assert lint.lesson(lesson(TAG, **described)) == []


def test_captions_are_a_must_and_so_are_descriptions_or_a_reason() -> None:
    assert found(lesson(TAG)) == [("descriptions", "error", "n.ipynb, cell 1")]
    bare = lint.lesson(lesson(WHY, "media/lesson.en.vtt"))
    assert [(each.code, each.level) for each in bare] == [("captions", "error")]
    assert "media/lesson.en.vtt" in bare[0].message
    nameless = lesson(WHY, "media/lesson.en.vtt", **{"media/lesson.vtt": b"WEBVTT\n"})
    assert ("captions", "error", "n.ipynb, cell 1") in found(nameless)


def test_a_text_page_is_looked_at_too() -> None:
    files = {**lesson("text"), "read.md": TAG.encode()}
    assert found(files) == [("descriptions", "error", "read.md")]


@pytest.mark.parametrize(
    ("source", "words", "level"),
    [
        ('<video src="media/other.webm"></video>', "no file 'media/other.webm'", "error"),
        ('<video src="../other/lesson.webm"></video>', "no file", "error"),
        ('<video src="https://films.example/a.webm"></video>', "lies elsewhere", "warning"),
        ("<video></video>", "Write the address", "error"),
        ("text\n\n<video controls>\n\nmore", "Write the address", "error"),
    ],
)
def test_a_video_that_would_not_play(source: str, words: str, level: str) -> None:
    first = lint.lesson(lesson(source))[0]
    assert (first.code, first.level) == ("video", level)
    assert words in first.message


@pytest.mark.parametrize("address", ["https://films.example/a.webm", "//films.example/a.webm"])
@pytest.mark.parametrize("track", ["", "<track kind='captions' src='https://films.example/a.vtt'>"])
def test_a_video_that_lies_elsewhere_has_no_captions(address: str, track: str) -> None:
    """Nor with a track: JupyterLab takes the address out of it, and the pages do not play the video."""
    told = lint.lesson(lesson(f'<video src="{address}" data-no-descriptions="All is said.">{track}</video>'))
    assert [(each.code, each.level) for each in told] == [("video", "warning"), ("captions", "error")]
    assert "Put both into the lesson" in told[1].message


def test_an_address_inside_and_a_missing_end_are_told() -> None:
    inner = lint.lesson(lesson('<video controls><source src="media/lesson.webm"></video>'))
    assert "Write the address into the video itself" in inner[0].message
    endless = lint.lesson(lesson('<video src="media/lesson.webm">'))
    assert "no </video>" in endless[0].message


def test_an_example_of_code_is_no_video() -> None:
    assert lint.lesson(lesson(f"```html\n{TAG}\n```\nand `{TAG}`")) == []


def test_bad_captions_are_named_with_file_and_line() -> None:
    bad = (
        b"WEBVTT\n\n00:05.000 --> 00:04.000\nx\n\n00:05.000 --> 00:07.000\na\n\n00:06.000 --> 00:08.000\nb\n"
    )
    told = lint.lesson(lesson(WHY, **{"media/lesson.en.vtt": bad}))
    assert [(each.code, each.level, each.where) for each in told] == [
        ("vtt", "error", "media/lesson.en.vtt, line 3"),
        ("vtt", "warning", "media/lesson.en.vtt, line 9"),
    ]


def test_the_videos_that_the_texts_of_a_lesson_show() -> None:
    twice = f"{TAG}\n\n{TAG}\n\n<video src='https://films.example/a.webm'></video>"
    files = {
        **lesson(twice),
        "media/unused.mp4": b"",
        "part/read.md": b"<video src='../media/b.mp4'></video>",
    }
    assert films.shown(files) == ("media/lesson.webm",)
    assert films.shown({**files, "media/b.mp4": b""}) == ("media/lesson.webm", "media/b.mp4")
    assert films.shown({"n.ipynb": b"<video src='n.ipynb'> and no notebook"}) == ()


def test_what_belongs_to_a_video_is_known_by_its_name() -> None:
    names = ["a.webm", "a.en.vtt", "a.de-AT.vtt", "a.vtt", "ab.en.vtt", "a.chapters.vtt", "a.png"]
    names += ["a.questions.vtt", "a.m4a", "ab.mp3", "a.small.mp4"]
    film = films.of("m/a.webm", [f"m/{name}" for name in names])
    assert film == films.Film(
        path="m/a.webm",
        captions={"de-AT": "m/a.de-AT.vtt", "en": "m/a.en.vtt"},
        descriptions=None,
        chapters="m/a.chapters.vtt",
        questions="m/a.questions.vtt",
        poster="m/a.png",
        audio="m/a.m4a",
        small="m/a.small.mp4",
    )


@pytest.mark.parametrize(
    ("page", "address", "path"),
    [
        ("n.ipynb", "media/a.webm", "media/a.webm"),
        ("n.ipynb", "./media/a%20b.webm?x#t=3", "media/a b.webm"),
        ("part/n.ipynb", "../media/a.webm", "media/a.webm"),
        ("part/n.ipynb", "a.webm", "part/a.webm"),
        ("n.ipynb", "../a.webm", None),
        ("n.ipynb", "%2e%2e/a.webm", None),
        ("n.ipynb", "/etc/passwd", None),
        ("n.ipynb", "//evil.example/a.webm", None),
        ("n.ipynb", "javascript:alert(1)", None),
        ("n.ipynb", "a\\..\\b", None),
        ("n.ipynb", "", None),
    ],
)
def test_an_address_leads_into_the_lesson_or_nowhere(page: str, address: str, path: str | None) -> None:
    assert films.resolve(page, address) == path


HOSTILE = (
    '<video src="a.webm" onerror="alert(1)" poster="x" autoplay title="&quot;>&lt;b&gt;" style="a">'
    '<source src="b.webm"><track src="c.vtt"></video>'
)


def test_of_an_authors_tag_address_and_title_are_left() -> None:
    seen: list[tuple[str, str]] = []

    def put(address: str, title: str) -> str:
        seen.append((address, title))
        return "<video>"

    made = html.filmed(html.filming(HOSTILE), put)
    assert seen == [("a.webm", '"><b>')]
    assert made.count("<video") == made.count("</video>") == 1
    for gone in ("onerror", "poster", "autoplay", "source", "track", "style"):
        assert gone not in made


def test_elsewhere_there_are_no_videos() -> None:
    assert "video" not in html.markdown(HOSTILE)
