"""What is taken over from an nbgrader course, and what is said about the rest."""

from pathlib import Path

import pytest

from courseware import errors
from courseware.course import manifest
from courseware.desk import adopt, roster
from courseware.grading import options as grading_options
from courseware.notebook import files, settings_nbgrader
from courseware.sandbox import port
from tests.grading import graded
from tests.notebook import build

CONFIG = """
import os
c = get_config()
c.CourseDirectory.course_id = "Physics 101"
c.CourseDirectory.db_students = [
    dict(id="bitdiddle", first_name="Ben", last_name="Bitdiddle", email="ben@example.org"),
    {"id": "hacker", "first_name": "Alyssa"},
]
c.CourseDirectory.db_assignments = [
    dict(name="ps1", duedate="2027-02-02 17:00:00 Europe/Berlin"),
    dict(name="ps2", duedate="tomorrow"),
    dict(name="ps9", duedate="2027-02-02 17:00:00 UTC"),
]
c.Exchange.timezone = "Europe/Berlin"
c.Exchange.root = "/srv/nbgrader"
c.Execute.timeout = 1
c.LateSubmissionPlugin.penalty_method = "zero"
c.ClearSolutions.code_stub = {"python": "# here"}
c.ClearSolutions.text_stub = os.environ["STUB"]
open("was-executed", "w")
"""


def course(tmp_path: Path) -> Path:
    made = tmp_path / "physics"
    for name in ("ps1", "ps2"):
        (made / "source" / name).mkdir(parents=True)
        (made / "source" / name / "a.ipynb").write_bytes(files.write(build.book()))
    (made / "nbgrader_config.py").write_text(CONFIG)
    return made


def test_names_dates_and_zone_reach_course_toml(tmp_path: Path) -> None:
    parsed = manifest.parse(adopt.adopt(course(tmp_path)).text)
    assert (parsed.id, parsed.title, parsed.time_zone) == ("physics-101", "Physics 101", "Europe/Berlin")
    due = {lesson.slug: lesson.dates.due for lesson in parsed.lessons}
    assert str(due["ps1"]) == "2027-02-02 16:00:00+00:00"
    assert due["ps2"] is None


def test_the_people_stay_where_they_are_listed(tmp_path: Path) -> None:
    made = course(tmp_path)
    adopted = adopt.adopt(made)
    assert "example.org" not in adopted.text
    assert roster.read(made, manifest.parse(adopted.text)).splitlines()[1:] == [
        "bitdiddle,Ben,Bitdiddle,ben@example.org,student",
        "hacker,Alyssa,,,student",
    ]


def test_a_csv_beside_the_course_is_its_roster(tmp_path: Path) -> None:
    made = course(tmp_path)
    (made / "nbgrader_config.py").write_text("")
    (made / "students.csv").write_text("\ufeffusername;name\nzoe;Zoë\n", encoding="utf-8")
    parsed = manifest.parse(adopt.adopt(made).text)
    assert roster.read(made, parsed) == "username;name\nzoe;Zoë\n"


def test_what_differs_is_said(tmp_path: Path) -> None:
    adopted = adopt.adopt(course(tmp_path))
    told = "\n".join(adopted.differences)
    for part in ("'tomorrow'", "'ps9'", "Exchange.root", "line 19", "line 20", "stderr"):
        assert part in told, part
    taken = "\n".join(adopted.taken)
    for part in (
        "ps1 is due 2027-02-02 16:00 UTC",
        'LateSubmissionPlugin.penalty_method = "zero"',
        "The people in nbgrader_config.py join",
        "Execute.timeout = 1",
        "code_stub",
    ):
        assert part in taken, part


@pytest.mark.parametrize(("method", "kind"), [("zero", "zero"), ("none", "accept"), ("lambda", "accept")])
def test_late_work_gets_what_it_got_in_nbgrader(tmp_path: Path, method: str, kind: str) -> None:
    made = course(tmp_path)
    (made / "nbgrader_config.py").write_text(CONFIG.replace('"zero"', f'"{method}"'))
    adopted = adopt.adopt(made)
    assert {lesson.rules.late.kind for lesson in manifest.parse(adopted.text).lessons} == {kind}
    assert any("penalty_method" in told for told in adopted.differences) is (method == "lambda")


def test_the_configuration_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = {path for path in course(tmp_path).rglob("*")}
    adopt.adopt(tmp_path / "physics")
    assert {path for path in tmp_path.rglob("*") if path != tmp_path / "physics"} == before


@pytest.mark.parametrize(
    "text", ["c.A.b = {[]: 1}", "c.A.b = {**x}", "c.A.b = dict(**x)", "c.A.b = dict([(1, 2)])", "c.A.b = {1}"]
)
def test_what_is_no_plain_value_is_told(text: str) -> None:
    options = settings_nbgrader.from_python(text)
    assert (options.values, len(options.skipped)) == ({}, 1)


@pytest.mark.parametrize("text", ["c.A.b = ", "\0", "(" * 10_000])
def test_what_is_no_python_is_refused(text: str) -> None:
    with pytest.raises(errors.UserError):
        settings_nbgrader.from_python(text)


def test_json_wins_over_python() -> None:
    options = settings_nbgrader.read(python="c.A.b = 1\nc.A.c = 2", as_json='{"A": {"b": 3}}')
    assert options.values == {"A": {"b": 3, "c": 2}}


@pytest.mark.parametrize(
    "told",
    ["2027-02-02 16:00:00 UTC", "2027-02-02 17:00:00 +0100", "2027-02-02T17:00:00+01:00", "2027-02-02 16:00"],
)
def test_times_as_nbgrader_writes_them(told: str) -> None:
    assert str(settings_nbgrader.instant(told)) == "2027-02-02 16:00:00+00:00"


@pytest.mark.parametrize("told", ["", "soon", "2027-02-02 17:00 Nowhere/Land", "2027-02-02 25:00"])
def test_what_is_no_time_is_refused(told: str) -> None:
    with pytest.raises(errors.UserError):
        settings_nbgrader.instant(told)


def test_the_courses_settings_hold_in_gradings_of_the_service(tmp_path: Path) -> None:
    """The time for a cell, the lines of output and the stub reach the grading through the release."""
    config = b"c.Execute.timeout = 2\nc.LimitOutput.max_lines = 3\n"
    config += b'c.ClearSolutions.code_stub = {"python": "z = 0"}\n'
    key = build.book(
        build.answer("### BEGIN SOLUTION\nx = 1\n### END SOLUTION"),
        build.machine("assert x == 1", "t"),
        build.answer("### BEGIN SOLUTION\ny = 1\n### END SOLUTION", "g"),
        build.machine("assert y == 1", "u"),
    )
    handed = build.book(
        build.answer("import time; time.sleep(10); x = 1"),
        build.machine("", "t"),
        build.answer("print('line\\n' * 50); y = 1", "g"),
        build.machine("", "u"),
    )
    source = {"n.ipynb": files.write(key), "nbgrader_config.py": config}
    done = graded.grade(tmp_path, source, {"n.ipynb": files.write(handed)})
    assert done.release.settings["Execute"] == {"timeout": 2}
    assert done.grading.result["limits"]["cell_seconds"] == 2
    assert (done.scores["t"].score, done.scores["u"].score) == (0, 2)
    assert done.feedback.count("line") < 10
    assert "The rest of the output was left out" in done.feedback


@pytest.mark.parametrize("name", ["../secret.csv", "absent.csv"])
def test_a_roster_outside_or_absent_is_refused(tmp_path: Path, name: str) -> None:
    made = course(tmp_path)
    (tmp_path / "secret.csv").write_text("username\nx\n")
    parsed = manifest.parse(f'[course]\nid = "c"\ntitle = "C"\nroster = "{name}"\n')
    with pytest.raises(errors.UserError, match="not in the folder"):
        roster.read(made, parsed)


@pytest.mark.parametrize(("told", "seconds"), [("90", 90.0), ("None", 30.0), ("-1", 30.0), ("True", 30.0)])
def test_the_courses_own_time_for_a_cell(told: str, seconds: float) -> None:
    options = settings_nbgrader.from_python(f"c.Execute.timeout = {told}")
    assert grading_options.limits(options, port.Limits()).cell_seconds == seconds
