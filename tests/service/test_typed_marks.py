"""What somebody types while marking: nothing of it is lost, and it keeps to what can be read."""

import datetime
import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.course import people
from courseware.grading import rubrics
from tests import builders
from tests.builders import NOW
from tests.service import inside
from tests.service.marked import PLACE, RUBRIC, Marking, items, rubric, text, three

FIELD = re.compile(r'<input name="((?:text|points)-[0-9]+)" value="([^"]*)"')


@pytest.fixture
def made(database_url: str, tmp_path: Path) -> Iterator[Marking]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW) as site:
        yield Marking(site)
    world.close()


@pytest.mark.parametrize("said", ["", "much", "5", "-1", "nan"])
def test_points_that_are_none_come_back_with_what_was_written(made: Marking, said: str) -> None:
    ann, _, _ = three(made)
    refused = made.send(made.look(), score=said, comment="Kept.")
    assert refused.status_code == 422
    assert "The points" in refused.text
    assert "Kept.</textarea>" in refused.text
    assert made.score(ann).needs_person


def test_thirds_of_points_are_no_change_where_nobody_sees_one(made: Marking) -> None:
    ann, _, _ = three(made)
    token = made.site.token(made.people["tess"], "cli")
    given = {"score": 10 / 3, "comment": "", "version": 0}
    place = f"/api/v1/submissions/{ann.public}/marks/n/why"
    assert made.site.ask(token, "PUT", place, given).is_success
    # A comment is added to it, and the points are left as the page shows them.
    assert made.send(made.look(f"?submission={ann.public}"), score="3.33", comment="So.").is_redirect
    assert made.score(ann).score == 10 / 3
    assert "Saved. 0 marks" in rubric(made, ("Right", "3"))
    assert made.score(ann).score == 10 / 3
    assert "Saving this changes 1 mark" not in rubric(made, ("Right", "2"))


def test_points_that_no_page_shows_are_refused_and_texts_have_their_length_everywhere(made: Marking) -> None:
    ann, _, _ = three(made)
    finer = "Points have at most two decimals."
    assert finer in made.send(made.look(), score="0.001").text
    assert finer in rubric(made, ("Right", "0.001"))
    person = made.work(ann.public).person_id
    with made.world.database.read() as connection:
        public = people.by_id(connection, person).public
    why = f"/courses/c/lessons/one/marks/{public}"
    told = {"submission": ann.public, "notebook": "n", "key": "why", "version": "0", "act": "give"}

    def change(**more: str) -> str:
        fields = {**told, "score": "1", "comment": "", "reason": "So.", **more}
        return str(made.site.ask(made.tokens["tess"], "POST", why, fields).text)

    assert finer in change(score="0.001")
    assert "The reason has 3,000 characters; at most 2,000" in change(reason="x" * 3000)
    assert "The comment has 70,000 characters; at most 20,000" in change(comment="x" * 70_000)
    long = made.send(made.look(), score="1", comment="x" * 70_000)
    assert "The comment has 70,000 characters; at most 20,000" in long.text
    assert made.score(ann).version == 0


def test_an_item_that_was_not_touched_takes_what_another_made_of_it(made: Marking) -> None:
    three(made)
    rubric(made, ("Right", "3"), ("Well said", "1"), ("Not mine", "1"), ("Theirs", "1"))
    right, well, own, theirs = items(made)
    mine, other = made.look(at=RUBRIC), made.look(at=RUBRIC, who="gina")
    shown = (("Wholly right", "2"), ("Well said", "1"), ("Not mine", "1"), ("Theirs", "1"), ("Added", "1"))
    told = {f"text_{n}": said for n, (said, _) in enumerate(shown)}
    told |= {f"points_{n}": points for n, (_, points) in enumerate(shown)}
    assert made.send(other, who="gina", at=RUBRIC, drop_2="yes", **told).is_redirect
    refused = rubric(
        made,
        ("Right", "3.0"),
        ("Well put", "1"),
        ("Not mine", "1"),
        ("My theirs", "1"),
        ("New", "1"),
        page=mine,
    )
    assert "Somebody else has changed this rubric meanwhile." in refused
    assert 'value="Right"' not in refused
    # What is saved next is what the page says: theirs where mine was not touched, mine where it was.
    kept = {name: html.unescape(said) for name, said in FIELD.findall(refused) if said}
    answer = made.send(refused, at=RUBRIC, **kept)
    assert answer.is_redirect, answer.text
    with made.world.database.read() as connection:
        found = rubrics.current(connection, made.world.one, PLACE).items
    assert {each.id: (each.text, each.points) for each in found[:3]} == {
        right: ("Wholly right", 2),
        well: ("Well put", 1),
        theirs: ("My theirs", 1),
    }
    assert [each.text for each in found[3:]] == ["New", "Added"]
    assert own not in items(made)


def test_a_kept_comment_that_is_gone_loses_nothing_of_the_form(made: Marking) -> None:
    three(made)
    page = made.send(made.look(), act="keep", comment="See **chapter 2**.").text
    (kept,) = re.findall(r'value="insert:(com_\w+)"', page)
    made.send(page, act=f"forget:{kept}")
    refused = made.send(page, act=f"insert:{kept}", score="3", comment="Typed for long.", note="And here.")
    assert refused.status_code == 404
    assert "This comment is kept no more." in refused.text
    assert "Typed for long.</textarea>" in refused.text
    assert "And here.</textarea>" in refused.text
    assert 'value="3"' in refused.text


def test_who_is_signed_out_meanwhile_reads_what_was_typed(made: Marking) -> None:
    three(made)
    page = made.look()
    made.tokens["tess"] = "nobody"
    refused = made.send(page, score="3", comment="Typed <b>for long.", note="And here.")
    assert refused.status_code == 401
    assert "Typed &lt;b&gt;for long.\n\nAnd here.</textarea>" in refused.text


def test_what_is_written_is_shown_as_it_will_be_read(made: Marking) -> None:
    ann, _, _ = three(made)
    page = made.send(made.look(), act="preview", score="3", comment="**So** $x^2$ <b>", note="*Here*").text
    assert "<strong>So</strong>" in page
    assert "<msup>" in page
    assert "<em>Here</em>" in page
    assert "**So** $x^2$ &lt;b&gt;</textarea>" in page
    assert made.score(ann).needs_person
    assert made.world.teacher.person.public in page  # whose the browser's draft of this hand-in is


def test_a_hand_in_that_counts_no_more_is_not_shown_as_another_students(made: Marking) -> None:
    made.hand_in(made.student("Ann"), text("Ann says so."))
    ben = made.student("Ben")
    first = made.hand_in(ben, text("First."))
    page = made.look(f"?submission={first.public}")
    made.site.now += datetime.timedelta(hours=1)
    made.hand_in(ben, text("Second."), once="k-again")
    refused = made.send(page, act="preview", comment="Typed for long.", note="And here.")
    assert refused.status_code == 409
    assert "This hand-in counts no more" in refused.text
    assert "Ann says so." not in refused.text
    assert "Typed for long.</textarea>" in refused.text
    assert "And here.</textarea>" in refused.text
