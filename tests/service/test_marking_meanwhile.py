"""What happens to a mark while something else changes: the rubric, other marks, the exercise itself."""

import dataclasses
import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.course import duties, people
from courseware.desk import erase
from courseware.exchange import publish
from courseware.grading import notes, rubrics
from tests import builders, databases, racing
from tests.builders import NOW
from tests.service import inside
from tests.service.marked import HERE, PLACE, Marking, shown, text

RUBRIC = f"{HERE}/rubric"


@pytest.fixture
def made(database_url: str, tmp_path: Path) -> Iterator[Marking]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW) as site:
        yield Marking(site)
    world.close()


def change(made: Marking, points: float, version: int) -> int:
    """Have the one item of the rubric give so many points; how many marks changed."""
    world = made.world
    with world.database.write() as connection:
        old = rubrics.current(connection, world.one, PLACE).items
        item = rubrics.Item(id=old[0].id if old else "", text="Right", points=points)
        by, reach = world.teacher.person, duties.Reach()
        done = rubrics.change(
            connection, world.one, PLACE, [item], version=version, by=by, reach=reach, now=NOW
        )
    return len(done)


def test_a_rubric_reaches_the_mark_that_is_given_at_the_same_moment(
    kept_postgres: databases.Kept, tmp_path: Path
) -> None:
    world = builders.world(kept_postgres.fresh(), tmp_path)
    with inside.serving(world, tmp_path, now=NOW) as site:
        made = Marking(site)
        work = made.hand_in(made.student("Ann"), text("Ann says so."))
        change(made, 3, 0)
        changed = list[int]()
        other = racing.Other(lambda: changed.append(change(made, 1, 1)))
        with world.database.write() as connection:
            seen = rubrics.current(connection, world.one, PLACE)
            items = frozenset(each.id for each in seen.items)
            wish = rubrics.Wish(items=items, score=3, comment="", version=0)
            rubrics.give(connection, work, PLACE, wish, seen=seen, by=world.teacher.person, now=NOW)
            other.start(world.database)
        other.end()
        assert (other.error, changed, made.score(work).score) == (None, [1], 1)
    world.close()


def test_a_form_from_before_the_rubric_changed_gives_what_the_change_makes_of_it(made: Marking) -> None:
    work = made.hand_in(made.student("Ann"), text("Ann says so."))
    change(made, 3, 0)
    page = made.look()
    (item,) = (f"item_{name}" for name in page.split('name="item-')[1].split('"')[:1])
    change(made, 1, 1)
    made.send(page, score="3.5", **{item: "yes"})
    assert made.score(work).score == 1.5  # half a point above the rubric, as it was meant


def test_just_the_marks_that_were_shown_are_confirmed(made: Marking) -> None:
    works = [made.hand_in(made.student(name), text(f"{name} says so.")) for name in ("Ann", "Ben")]
    change(made, 3, 0)
    with made.world.database.read() as connection:
        item = rubrics.current(connection, made.world.one, PLACE).items[0]
    ticked = {f"item_{item.id}": "yes"}
    made.send(made.look(f"?submission={works[0].public}"), score="3", **ticked)
    asked = made.send(made.look(at=RUBRIC), at=RUBRIC, text_0="Right", points_0="1").text
    assert "1 mark" in asked
    made.send(made.look(f"?submission={works[0].public}"), score="2", act="back")
    made.send(made.look(f"?submission={works[1].public}"), score="4", **ticked)
    again = made.send(asked, at=RUBRIC, text_0="Right", points_0="1")
    assert again.status_code == 200  # one mark again, but another
    assert made.score(works[1]).score == 4
    assert made.send(again.text, at=RUBRIC, text_0="Right", points_0="1").is_redirect
    assert made.score(works[1]).score == 2


def test_what_was_entered_for_a_mark_that_is_gone_is_not_lost_nor_put_beside_another_answer(
    made: Marking, tmp_path: Path
) -> None:
    ann, _ = (made.hand_in(made.student(name), text(f"{name} says so.")) for name in ("Ann", "Ben"))
    page, world = made.look(), made.world
    assert shown(page) == ann.public
    with world.database.write() as connection:
        found = people.by_id(connection, ann.person_id)
        erase.person(connection, found, state=tmp_path, by=world.teacher.person, now=NOW)
    answer = made.send(page, score="3", comment="Well said, Ann.")
    assert answer.status_code == 409
    assert "is not to be marked any more" in answer.text
    assert "Well said, Ann." in answer.text
    assert "Ben says so." not in answer.text


def test_what_was_entered_for_an_exercise_that_is_gone_is_not_lost(made: Marking) -> None:
    made.hand_in(made.student("Ann"), text("Ann says so."))
    page, world = made.look(), made.world
    bundle = dataclasses.replace(builders.bundle(), exercises=())
    publish.publish(world.database, world.blobs, world.one, bundle, by=None, now=NOW)
    answer = made.send(page, score="3", comment="Well said, Ann.")
    assert answer.status_code == 404
    assert "Well said, Ann." in answer.text


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"act": "preview"}, 200),
        ({"act": "note", "note": "Look here."}, 200),
        ({"act": "keep"}, 200),
        ({"act": "insert"}, 200),
        ({"act": "note", "note": " "}, 422),
        ({"score": "3.333"}, 422),
    ],
)
def test_a_form_that_came_back_overwrites_nothing_either(
    made: Marking, told: dict[str, str], status: int
) -> None:
    work = made.hand_in(made.student("Ann"), text("Ann says so."))
    mine = made.send(made.look(), act="keep", comment="Kept.").text
    if told.get("act") == "insert":
        told = {"act": "insert:" + mine.split('value="insert:')[1].split('"')[0]}
    theirs = made.look(f"?submission={work.public}", who="gina")
    assert made.send(theirs, who="gina", score="4", comment="Theirs.").is_redirect
    back = made.send(mine, **{"score": "1", "comment": "Mine.", **told})
    assert back.status_code == status
    refused = made.send(back.text, score="1", comment="Mine.")
    assert refused.status_code == 412
    assert "Somebody else has marked this meanwhile." in refused.text
    assert made.score(work).score == 4
    # Who was told may save over it, also after another look at what was written.
    again = made.send(refused.text, act="preview", score="1", comment="Mine.").text
    assert made.send(again, score="1", comment="Mine.").is_redirect
    assert (made.score(work).score, made.score(work).version) == (1, 2)


def test_a_form_that_names_no_mark_overwrites_none_after_it_came_back(made: Marking) -> None:
    work = made.hand_in(made.student("Ann"), text("Ann says so."))
    for version in ("", "one"):
        back = made.send(made.look(), version=version, act="preview", score="1")
        refused = made.send(back.text, score="1")
        assert (refused.status_code, "could not be read" in refused.text) == (400, True)
        assert made.send(refused.text, score="1").status_code == 400
    assert made.score(work).version == 0


@pytest.mark.parametrize("told", [{"act": "preview"}, {"score": "3.333"}])
def test_a_form_that_came_back_keeps_the_rubric_that_was_seen(made: Marking, told: dict[str, str]) -> None:
    work = made.hand_in(made.student("Ann"), text("Ann says so."))
    change(made, 3, 0)
    page = made.look()
    (item,) = (f"item_{name}" for name in page.split('name="item-')[1].split('"')[:1])
    change(made, 1, 1)
    back = made.send(page, **{"score": "3.5", item: "yes", **told}).text
    assert 'data-points="3" checked' in back
    assert made.send(back, score="3.5", **{item: "yes"}).is_redirect
    assert made.score(work).score == 1.5


@pytest.mark.parametrize("act", ["", "back", "note", "keep", "preview"])
def test_nothing_is_written_for_a_hand_in_that_counts_no_more(made: Marking, act: str) -> None:
    ben = made.student("Ben")
    first = made.hand_in(ben, text("First."))
    page = made.look()
    made.site.now += datetime.timedelta(hours=1)
    second = made.hand_in(ben, text("Second."), once="k-again")
    refused = made.send(page, act=act, score="3", comment="Typed for long.", note="And here.")
    assert refused.status_code == 409
    for said in (
        "Not saved",
        "This hand-in counts no more",
        "Typed for long.</textarea>",
        "here.</textarea>",
    ):
        assert said in refused.text
    assert [made.score(each).version for each in (first, second)] == [0, 0]
    with made.world.database.read() as connection:
        assert not notes.of_submission(connection, first)
    assert "insert:com_" not in made.look()
