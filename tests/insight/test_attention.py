"""Who may need a word: the rules one by one, and what they are read from, on both databases."""

import dataclasses
import datetime
from pathlib import Path

import pytest

from courseware import errors
from courseware.course import courses, lessons, manifest
from courseware.discussion import model, write
from courseware.grading import gradebook
from courseware.insight import attention
from courseware.progress import views
from tests import builders
from tests.benchmarks import big_class
from tests.builders import NOW

DAY = datetime.timedelta(days=1)
ON = "\n[attention]\nenabled = true\nweeks = 4\n"


def known(**more: object) -> attention.Known:
    told: dict[str, object] = {"began": NOW - 12 * DAY, "opened": True, "last": NOW - DAY, **more}
    return attention.Known(**told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "kinds"),
    [
        (known(), []),
        (known(opened=False, last=None), ["nothing-opened"]),
        (known(opened=False, last=None, began=NOW - 6 * DAY), []),
        (known(opened=False, last=None, began=None), []),
        (known(missing=("One",)), []),
        (known(missing=("One", "Two")), ["missed"]),
        (known(missing=("One",), last=NOW - 10 * DAY), ["quiet"]),
        (known(missing=("One",), last=None), ["quiet"]),
        (known(last=NOW - 10 * DAY), []),  # nothing of theirs is due
        (known(missing=("One", "Two"), last=None, opened=False), ["nothing-opened", "missed"]),
        (known(again=(("One", "T"), ("One", "U"))), ["again", "again"]),
        (known(asked=NOW - 2 * DAY), []),
        (known(asked=NOW - 3 * DAY), ["unanswered"]),
    ],
)
def test_the_rules(told: attention.Known, kinds: list[str]) -> None:
    assert [each.kind for each in attention.reasons(told, now=NOW)] == kinds


@pytest.mark.parametrize(
    ("said", "refusal"),
    [("weeks = 0", "from 1 to 52"), ("enabled = 1", "true or false"), ("rank = true", "rank")],
)
def test_what_a_course_may_say(said: str, refusal: str) -> None:
    with pytest.raises(errors.UserError, match=refusal):
        manifest.parse(f"{builders.MANIFEST}\n[attention]\n{said}\n")


def test_it_is_off_until_the_course_says_so() -> None:
    assert manifest.parse(builders.MANIFEST).attention is None
    assert manifest.parse(f"{builders.MANIFEST}\n[attention]\nweeks = 2\n").attention is None
    assert manifest.parse(builders.MANIFEST + ON).attention == 4


def found(
    world: builders.World, now: datetime.datetime, *, only: str = ""
) -> dict[str, list[attention.Reason]]:
    """The reasons of everybody who has any, by user name; of a grader who has only one lesson."""
    with world.database.read() as connection:
        course = courses.by_id(connection, world.course.id)
        columns = [each for each in gradebook.columns(connection, course) if not only or each[0].slug == only]
        members = gradebook.students(connection, course, columns)
        rows = gradebook.everybody(connection, course, columns, members, now=now)
        listed = [each for each in lessons.of_course(connection, course) if not only or each.slug == only]
        viewer = dataclasses.replace(world.teacher, course=course, ceiling="pages")
        told = attention.of_course(connection, viewer, listed, rows, now=now)
    return {each.member.person.username: list(each.reasons) for each in told}


def test_it_is_read_from_what_people_did(database_url: str, tmp_path: Path) -> None:
    world = builders.world(database_url, tmp_path)
    big_class.fill(world, students=30, places=5)
    assert found(world, NOW + 12 * DAY) == {}
    text = big_class.text(5) + ON
    with world.database.write() as connection:
        courses.put(connection, manifest.parse(text), text, now=NOW)
        lesson = lessons.find(connection, world.course, "l00")
        views.note(connection, world.kim, lesson, now=NOW)
        place, words = model.Place(course=world.course), model.Words(body="How?")
        write.begin(connection, world.kim, place, model.Beginning(words=words), now=NOW)
    told = found(world, NOW + 12 * DAY)
    assert [each.kind for each in told["sam"]] == ["nothing-opened", "missed"]
    assert [each.kind for each in told["kim"]] == ["missed", "quiet", "unanswered"]
    assert len(told["sam"][1].about) == 6
    assert found(world, NOW + 28 * DAY) == {}, "their first weeks are over"
    world.close()


def test_nobody_has_to_open_what_was_not_open_to_them(database_url: str, tmp_path: Path) -> None:
    world = builders.world(database_url, tmp_path)
    text = builders.MANIFEST + ON
    for before, after in (("11-01T08", "12-20T08"), ("11-23T14", "12-30T14"), ("11-24T14", "12-31T14")):
        text = text.replace(f"2026-{before}", f"2026-{after}")
    parsed = manifest.parse(text)
    with world.database.write() as connection:
        course = courses.put(connection, parsed, text, now=NOW)
        lessons.sync(connection, course, parsed, now=NOW)
    opens = datetime.datetime(2026, 12, 20, 7, tzinfo=datetime.UTC)
    assert "sam" not in found(world, opens + 6 * DAY)
    (reason,) = found(world, opens + 8 * DAY)["sam"]
    assert (reason.kind, reason.since) == ("nothing-opened", opens)
    world.close()


def test_a_grader_of_some_lessons_hears_of_nobody_who_opened_another(
    database_url: str, tmp_path: Path
) -> None:
    world = builders.world(database_url, tmp_path)
    big_class.fill(world, students=2, places=3)
    text = big_class.text(3) + ON
    with world.database.write() as connection:
        courses.put(connection, manifest.parse(text), text, now=NOW)
        views.note(connection, world.kim, lessons.find(connection, world.course, "l00"), now=NOW)
    told = found(world, NOW + 12 * DAY, only="l02")
    assert "nothing-opened" in [each.kind for each in told["sam"]]
    assert "nothing-opened" not in [each.kind for each in told.get("kim", [])]
    world.close()
