"""A gradebook that somebody made to do harm is refused in a sentence, and none is read without an end."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from courseware import errors
from courseware.interchange import nbgrader
from courseware.store import database

SCHEMA = """
create table student (id, first_name, last_name, email);
create table assignment (id, name, duedate);
create table submitted_assignment (id, student_id, assignment_id, timestamp, extension);
create table submitted_notebook (id, assignment_id, notebook_id, late_submission_penalty);
create table notebook (id, name);
create table base_cell (id, name);
create table grade_cells (id, max_score);
create table task_cells (id, max_score);
create table grade (
  notebook_id, cell_id, auto_score, manual_score, extra_credit, needs_manual_grade
);
create table comment (notebook_id, cell_id, manual_comment, auto_comment);
insert into student values ('eve', 'Eve', null, null);
insert into assignment values ('a', 'ps1', '2026-11-02 12:00:00');
insert into submitted_assignment values ('w', 'eve', 'a', '2026-11-02 13:00:00', null);
insert into submitted_notebook values ('p', 'w', 'n', null);
insert into notebook values ('n', 'problem');
insert into base_cell values ('c', 'cell');
insert into grade_cells values ('c', 4);
insert into grade values ('p', 'c', 3, null, null, 0);
insert into comment values ('p', 'c', 'good', null);
"""
ENDLESS = """
with recursive more(n) as (select 1 union all select n + 1 from more)
select n as notebook_id, n as cell_id, n as manual_comment, n as auto_comment from more
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    made = tmp_path / "gradebook.db"
    change(made, SCHEMA)
    return made


def change(book: Path, script: str) -> None:
    with contextlib.closing(sqlite3.connect(book)) as connection:
        connection.executescript(script)


def test_what_stands_there_is_read(book: Path) -> None:
    found = nbgrader.read(book)
    (work,) = found.works
    assert (work.student, work.assignment, work.late_seconds) == ("eve", "ps1", 3600)
    assert [(each.cell, each.score) for each in work.marks] == [("cell", 3)]
    assert work.comments == (("problem", "cell", "good"),)


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (f"drop table comment; create view comment as {ENDLESS}", "views in place of tables"),
        (f"drop table comment; create view Comment as {ENDLESS}", "views in place of tables"),
        (f"create view extra as {ENDLESS}", "views in place of tables"),
        ("update assignment set duedate = '0001-01-01 00:00:00'", "has the time '0001-01-01"),
        ("update submitted_assignment set timestamp = '9999-12-31 23:59:59'", "has the time '9999-12-31"),
        ("update submitted_assignment set extension = '9999-12-31 23:59:59'", "has the time '9999-12-31"),
        ("update submitted_assignment set timestamp = 'yesterday'", "no gradebook of nbgrader"),
        ("update grade set auto_score = 'much'", "no gradebook of nbgrader"),
        ("update grade set auto_score = 9e999", "no gradebook of nbgrader"),
        ("update comment set manual_comment = x'00ff'", "no gradebook of nbgrader"),
        ("update student set id = 7", "no gradebook of nbgrader"),
    ],
)
def test_what_no_gradebook_has_is_refused(book: Path, script: str, says: str) -> None:
    change(book, script)
    with pytest.raises(errors.UserError, match=says):
        nbgrader.read(book)


def test_what_is_longer_than_anybody_writes_is_given_up(book: Path) -> None:
    long = "select 'p', 'c', printf('%.*c', 40000000, 'x'), null"
    for _ in range(13):
        change(book, f"insert into comment {long}")
    with pytest.raises(errors.UserError, match="longer than any that people write"):
        nbgrader.read(book)


def test_a_question_without_an_end_is_given_up(book: Path) -> None:
    with (
        pytest.raises(errors.UserError, match="takes too long to read"),
        database.foreign(book, steps=100) as connection,
    ):
        connection.exec_driver_sql(f"select count(*) from ({ENDLESS})").all()
