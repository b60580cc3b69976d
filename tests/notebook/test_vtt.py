"""Captions: what can be read is read, what is wrong is named with its line."""

from pathlib import Path

import pytest

from courseware.notebook import vtt

LECTURE = Path(__file__).parents[1] / "lecture"


def test_the_captions_of_a_real_lecture() -> None:
    track = vtt.read((LECTURE / "lesson.en.vtt").read_bytes())
    assert track.problems == ()
    assert len(track.cues) == 5
    assert track.cues[1] == vtt.Cue(
        start=4.602,
        end=8.708,
        text="You can watch it at any time, and pause whenever you like.",
        line=9,
        payload="You can watch it at any time, and pause whenever you like.",
    )
    for name in ("lesson.chapters.vtt", "lesson.questions.vtt"):
        assert vtt.read((LECTURE / name).read_bytes()).problems == ()


def test_what_the_format_allows() -> None:
    text = (
        "\ufeffWEBVTT Kind: captions\r\nLanguage: en\r\n\r\n"
        "NOTE --\nno cue\n\nSTYLE\n::cue { color: red }\n\n"
        "1\n00:01.000 --> 00:02.000 align:start\n<v Ana>a &lt; b</v>\n<i>and</i> on\n\n"
        "1:00:00.000 --> 1:00:01.000\nend\n\n01:00:00.000 --> 01:00:01.000\nlast"
    )
    track = vtt.read(text.encode())
    assert [(cue.start, cue.text) for cue in track.cues] == [(1.0, "Ana: a < b and on"), (3600.0, "last")]
    assert [problem.line for problem in track.problems] == [15]


def cue(first: str, second: str, said: str = "text") -> str:
    return f"{first} --> {second}\n{said}\n\n"


GOOD = cue("00:00:00.000", "00:00:02.000")


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        (cue("00:00:02.000", "00:00:01.000"), 3, "ends before it begins"),
        (cue("00:00:02.000", "00:00:02.000"), 3, "ends before it begins"),
        (cue("00:00:02,000", "00:00:03,000"), 3, "no pair of times"),
        (cue("00:61.000", "00:62.000"), 3, "no pair of times"),
        ("only words\n", 3, "no pair of times"),
        ("name\nonly words\n", 4, "no pair of times"),
        ("00:01.000 --> 00:02.000\n", 3, "says nothing"),
        ("00:01.000 --> 00:02.000\n<b></b>\n", 3, "says nothing"),
        (GOOD.strip() + "\n" + cue("00:00:02.000", "00:00:03.000"), 5, "without an empty line"),
        (cue("00:00:05.000", "00:00:06.000") + GOOD, 6, "begins before that of line 3"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(body: str, line: int, words: str) -> None:
    (problem,) = vtt.read(f"WEBVTT\n\n{body}".encode()).problems
    assert problem.line == line
    assert words in problem.message
    assert problem.severe


def test_an_overlap_is_told_and_still_shown() -> None:
    track = vtt.read(f"WEBVTT\n\n{GOOD}{cue('00:00:01.500', '00:00:03.000')}".encode())
    (problem,) = track.problems
    assert (problem.line, problem.severe, len(track.cues)) == (6, False, 2)
    assert "overlaps that of line 3, which ends at 2.000 seconds" in problem.message


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "first line must be WEBVTT"),
        (b"1\n00:00:01,000 --> 00:00:02,000\nsubrip\n", "first line must be WEBVTT"),
        (b"WEBVTTX\n", "first line must be WEBVTT"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"WEBVTT\n" + b"x" * vtt.MOST, "more than 2 MB"),
    ],
)
def test_what_is_no_such_file(data: bytes, words: str) -> None:
    track = vtt.read(data)
    assert track.cues == ()
    assert words in track.problems[0].message


def test_a_flood_of_cues_ends() -> None:
    flood = "WEBVTT\n\n" + "".join(
        f"{at // 60:02}:{at % 60:02}.000 --> 59:59.999\nx\n\n" for at in range(3000)
    )
    assert len(vtt.read(flood.encode()).cues) == 3000
    many = "WEBVTT\n\n" + "00:00.000 --> 00:01.000\nx\n\n" * 50_000
    assert len(vtt.read(many.encode()).cues) < 21_000
