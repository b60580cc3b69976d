"""The demo course as it is in the repository: readable, complete, accessible, and no points for nothing.

That every key scores 100 % and every untouched copy 0 % is shown at the end, by running both in the sandbox.
"""

import itertools
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from courseware import wiring
from courseware.course import manifest
from courseware.grading import assignment, pipeline, qualify
from courseware.notebook import files, lint, settings_nbgrader
from courseware.sandbox import port, pythons

COURSE = Path(__file__).parents[2] / "notebooks" / "demo_course"
LESSONS = COURSE / "lessons"
NOTEBOOKS = sorted(LESSONS.glob("*/*.ipynb"))
NAMES = [path.stem for path in NOTEBOOKS]
DELIMITER = re.compile(r"\b(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME|QUIZ KEY)\b")

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
each_page = pytest.mark.parametrize(
    "path", [*NOTEBOOKS, LESSONS / "syllabus" / "syllabus.md"], ids=[*NAMES, "syllabus"]
)


def cells(path: Path) -> list[dict[str, Any]]:
    """The cells of one notebook."""
    found: list[dict[str, Any]] = nbformat.read(path, as_version=4)["cells"]
    return found


def prose(path: Path) -> list[str]:
    """The texts of one notebook or page."""
    if path.suffix == ".md":
        return [path.read_text(encoding="utf-8")]
    return [cell["source"] for cell in cells(path) if cell["cell_type"] == "markdown"]


def source(slug: str) -> dict[str, bytes]:
    """All files of a lesson by relative path."""
    folder = LESSONS / slug
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_every_lesson_of_the_manifest_has_a_folder_and_every_folder_a_lesson() -> None:
    course = manifest.parse((COURSE / "course.toml").read_text(encoding="utf-8"))

    slugs = [lesson.slug for lesson in course.lessons]

    assert sorted(slugs) == sorted(path.name for path in LESSONS.iterdir())
    assert slugs == ["syllabus", "numbers-and-lists", "tables-with-pandas", "pictures-and-words"]


def test_lessons_are_open_and_due_in_years() -> None:
    course = manifest.parse((COURSE / "course.toml").read_text(encoding="utf-8"))

    assert all(lesson.dates.opens and lesson.dates.opens.year == 2026 for lesson in course.lessons)
    assert all(lesson.dates.due and lesson.dates.due.year >= 2035 for lesson in course.lessons[1:])


@each_notebook
def test_format_ids_and_outputs(path: Path) -> None:
    book = nbformat.read(path, as_version=nbformat.NO_CONVERT)

    nbformat.validate(book)

    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert book["metadata"]["kernelspec"]["name"] == "python3"
    ids = [cell["id"] for cell in book["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]{2,40}", one) for one in ids)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in book["cells"])


@each_notebook
def test_marks_are_schema_3_and_named_like_their_cells(path: Path) -> None:
    for cell in cells(path):
        marked = cell["metadata"].get("nbgrader")
        if marked is not None:
            assert marked["schema_version"] == 3
            assert marked["grade_id"] == cell["id"]
            assert not {"checksum", "cell_type"} & set(marked)


@each_notebook
def test_lint_finds_nothing(path: Path) -> None:
    assert lint.lesson(source(path.stem)) == []


@each_page
def test_headings_begin_at_one_and_never_skip(path: Path) -> None:
    levels = [
        len(match.group(1))
        for text in prose(path)
        for match in re.finditer(r"^(#{1,6})\s+(.+)$", text, flags=re.MULTILINE)
        if not DELIMITER.search(match.group(2))
    ]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@each_page
def test_pictures_are_there_and_say_what_they_show(path: Path) -> None:
    for text in prose(path):
        assert "<img" not in text
        for alternative, target in re.findall(r"!\[([^\]]*)\]\(([^)]*)\)", text):
            assert len(alternative) >= 40
            assert (path.parent / target).is_file()


@each_page
def test_tables_have_headers(path: Path) -> None:
    for text in prose(path):
        for table in re.findall(r"(?:^\|.*\|$\n?)+", text, flags=re.MULTILINE):
            head, rule = table.splitlines()[:2]
            assert re.fullmatch(r"[|\-: ]+", rule)
            assert all(column.strip() for column in head.strip("|").split("|"))


@each_notebook
def test_lesson_has_goals_time_and_summary(path: Path) -> None:
    texts = prose(path)

    assert re.search(r"\*\*About [234]\d minutes", texts[0])
    assert "At the end of this lesson you can" in texts[0]
    assert texts[-1].startswith("## What you know now")
    assert any(cell["source"].startswith("# Try it") for cell in cells(path))


def test_syllabus_tells_the_points_of_each_lesson() -> None:
    text = (LESSONS / "syllabus" / "syllabus.md").read_text(encoding="utf-8")

    for path in NOTEBOOKS:
        title = re.findall(r"^# (.+)$", cells(path)[0]["source"], flags=re.MULTILINE)[0]
        points = sum(cell["metadata"].get("nbgrader", {}).get("points", 0) for cell in cells(path))
        assert re.search(rf"^\| {re.escape(title)} \|.*\| {points} \|$", text, flags=re.MULTILINE)


def prepared(slug: str) -> assignment.Assignment:
    """The lesson as a release would make it."""
    return assignment.prepare(
        source(slug),
        options=settings_nbgrader.Options(),
        autotests=None,
        sandbox=wiring.sandbox(unsafe=False),
        python=pythons.current(),
        limits=port.Limits(),
    )


@each_notebook
def test_key_scores_everything_and_an_untouched_copy_nothing(path: Path) -> None:
    sandbox = wiring.sandbox(unsafe=False)
    made = prepared(path.stem)

    report = qualify.qualify(
        made, sandbox, python=pythons.current(), limits=port.Limits(), rules=pipeline.Rules(), adopted=False
    )

    assert report.findings == ()
    assert all((row.on_key, row.on_blank) == (row.points, 0.0) for row in report.exercises)
    assert len(report.exercises) == sum(1 for cell in cells(path) if cell["id"].startswith("test-"))


def test_mark_scheme_is_no_part_of_what_students_see() -> None:
    made = prepared("pictures-and-words")

    student = "\n".join(cell["source"] for cell in made.notebooks["pictures-and-words"].student["cells"])

    assert not DELIMITER.search(student)
    assert "Do not take points off" not in student
    assert "driest with 37 mm" not in student
    assert [exercise.title for exercise in made.exercises][-2:] == [
        "Exercise 2: describe your chart",
        "Exercise 3: a chart of your own",
    ]


# By answer cell: what a student may well write, and the points that it gets.
NEARLY = {
    "numbers-and-lists": {
        "minutes": ("total_minutes = 275\nhours = total_minutes / 60\nminutes = 0", {"test-minutes": 0}),
        "week": (
            "week = [8.0, 8.2, 9.7, 9.0, 10.4, 7.9, 6.6]\n"
            "warmest, thursday, weekend = 10.4, week[4], week[5:]",
            {"test-week": 0},
        ),
        "fahrenheit": ("def to_fahrenheit(celsius):\n    return 32", {"test-fahrenheit": 0}),
        "dry-spell": ("def longest_dry_spell(rain):\n    return rain.count(0)", {"test-dry-spell": 1}),
    },
    "tables-with-pandas": {
        "dry-days": ('dry_days = (weather["rain_mm"] > 0).sum()', {"test-dry-days": 0}),
        "warm-days": (
            'warm_days = weather[weather["temp_max"] >= 20][["date", "temp_max"]]',
            {"test-warm-days": 0},
        ),
        "monthly-mean": (
            'def monthly_mean(column):\n    return weather.groupby("month")["sun_hours"].mean()',
            {"test-monthly-mean": 0},
        ),
    },
    "pictures-and-words": {
        "rain-chart": (
            "figure, rain_ax = plt.subplots()\n"
            'rain_ax.bar(year["month"], year["rain_mm"])\n'
            'rain_ax.set_title("Rain")',
            {"test-rain-bars": 3, "test-rain-words": 0},
        ),
    },
}


@each_notebook
def test_answers_that_are_nearly_right_get_what_they_deserve(path: Path) -> None:
    made = prepared(path.stem)
    handed_in = made.notebooks[path.stem].student
    for cell in handed_in["cells"]:
        if cell["id"] in NEARLY[path.stem]:
            cell["source"] = NEARLY[path.stem][cell["id"]][0]
    job = made.job(
        {path.name: files.write(handed_in)},
        python=pythons.current(),
        rules=pipeline.Rules(),
        limits=port.Limits(),
    )

    (result,) = pipeline.grade(job, wiring.sandbox(unsafe=False))

    expected = {key: points for _, marks in NEARLY[path.stem].values() for key, points in marks.items()}
    assert {key: result.marks[key].score for key in expected} == expected
