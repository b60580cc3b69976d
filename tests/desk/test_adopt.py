"""An nbgrader course is taken over from its literal settings: dates, people, limits; nothing is run."""

import json
from pathlib import Path

import pytest

from courseware import errors
from courseware.course import manifest
from courseware.desk import adopt, roster
from courseware.grading import assignment
from courseware.notebook import settings_nbgrader
from courseware.sandbox import port
from tests.notebook import build

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "Stats 101"
c.CourseDirectory.db_assignments = [dict(name="ps1", duedate="2026-09-14 17:00:00 UTC"), dict(name="ps2")]
c.CourseDirectory.db_students = [
    dict(id="ana", first_name="Ana", last_name="Öz", email="ana@example.org"),
    {"id": "ben"},
]
c.Execute.timeout = 90
c.ClearSolutions.code_stub = {"python": open("/etc/passwd").read()}
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for name in ("ps1", "ps2"):
        (tmp_path / "source" / name).mkdir(parents=True)
        (tmp_path / "source" / name / "a.ipynb").write_text(json.dumps(build.book(build.answer("x"))))
    (tmp_path / "nbgrader_config.py").write_text(CONFIG)
    return tmp_path


def test_dates_and_people_are_taken_over(course: Path) -> None:
    told = adopt.adopt(course)
    parsed = manifest.parse(told.text)
    assert (parsed.title, parsed.roster) == ("Stats 101", "nbgrader_config.py")
    dues = {lesson.slug: lesson.dates.due for lesson in parsed.lessons}
    assert dues["ps2"] is None
    assert dues["ps1"] is not None
    assert dues["ps1"].isoformat() == "2026-09-14T17:00:00+00:00"
    assert roster.read(course, parsed).splitlines()[1:] == [
        "ana,Ana,Öz,ana@example.org,student",
        "ben,,,,student",
    ]
    assert any("line 10" in each and "not a plain value" in each for each in told.differences)


def test_a_csv_beside_the_course_is_its_roster(course: Path) -> None:
    (course / "nbgrader_config.py").write_text("")
    (course / "students.csv").write_text("\ufeffusername;name\nzoe;Zoë\n", encoding="utf-8")
    parsed = manifest.parse(adopt.adopt(course).text)
    assert roster.read(course, parsed) == "username;name\nzoe;Zoë\n"


def test_a_date_that_is_none_is_told(course: Path) -> None:
    (course / "assignments.json").write_text(json.dumps({"ps2": {"duedate": "next week"}}))
    told = adopt.adopt(course)
    assert "due" not in told.text.split("[[lessons]]")[2]
    assert any("'ps2'" in each and "no date" in each for each in told.differences)


@pytest.mark.parametrize("name", ["../secret.csv", "absent.csv"])
def test_a_roster_outside_or_absent_is_refused(course: Path, name: str) -> None:
    (course.parent / "secret.csv").write_text("username\nx\n")
    parsed = manifest.parse(f'[course]\nid = "c"\ntitle = "C"\nroster = "{name}"\n')
    with pytest.raises(errors.UserError, match="not in the folder"):
        roster.read(course, parsed)


@pytest.mark.parametrize(("told", "seconds"), [("90", 90.0), ("None", 30.0), ("-1", 30.0), ("True", 30.0)])
def test_the_courses_own_time_for_a_cell(told: str, seconds: float) -> None:
    options = settings_nbgrader.from_python(f"c.Execute.timeout = {told}")
    assert assignment.limits(options, port.Limits()).cell_seconds == seconds
