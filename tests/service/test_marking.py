"""Marking by hand, on both databases: the queue, two who mark, rubrics that reach what was marked."""

import dataclasses
import datetime
import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware.course import lessons, people
from courseware.exchange import model as exchange_model
from courseware.grading import rubrics
from courseware.store import schema
from tests import builders
from tests.builders import NOW
from tests.service import inside
from tests.service.marked import HERE, PLACE, WHY, Marking, code, shown, text

RUBRIC = f"{HERE}/rubric"
FIELD = re.compile(r'<input name="((?:text|points)-[0-9]+)" value="([^"]*)"')


@pytest.fixture
def made(database_url: str, tmp_path: Path) -> Iterator[Marking]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW) as site:
        yield Marking(site)
    world.close()


def three(made: Marking) -> list[exchange_model.Submission]:
    """Ann, Ben and Cem have answered."""
    return [made.hand_in(made.student(name), text(f"{name} says so.")) for name in ("Ann", "Ben", "Cem")]


def rubric(made: Marking, *items: tuple[str, str], who: str = "tess", page: str | None = None) -> str:
    """Save these lines in place of the first ones of the form; the page that comes of it."""
    page = page or made.look(at=RUBRIC, who=who)
    told = {f"text_{n}": said for n, (said, _) in enumerate(items)}
    told |= {f"points_{n}": points for n, (_, points) in enumerate(items)}
    answer = made.send(page, who=who, at=RUBRIC, **told)
    if answer.is_redirect:
        return made.look(at=answer.headers["Location"], who=who)
    return str(answer.text)


def items(made: Marking) -> list[str]:
    with made.world.database.read() as connection:
        return [each.id for each in rubrics.current(connection, made.world.one, PLACE).items]


def test_one_answer_after_the_other_in_order_of_names(made: Marking) -> None:
    ann, ben, cem = three(made)
    page = made.look()
    assert shown(page) == ann.public
    assert "3 of 3 still to mark." in page
    assert "Ann says so." in page
    answer = made.send(page, score="3,5", comment="Good: $x^2$ and **more**.")
    assert answer.headers["Location"] == f"{HERE}?after={ann.public}&saved=yes"
    following = made.look(f"?after={ann.public}&saved=yes")
    assert shown(following) == ben.public
    assert ">Ann</bdi>, 3.5</a>" in following
    assert "2 of 3 still to mark." in following
    assert made.score(ann).score == 3.5
    again = made.look(f"?submission={ann.public}")
    assert "<strong>more</strong>" in again
    assert "<msup>" in again
    assert made.send(made.look(f"?submission={cem.public}"), score="1").is_redirect
    # After the last it begins again with whoever still waits.
    assert shown(made.look(f"?after={cem.public}")) == ben.public


def test_only_what_waits_is_gone_through_unless_all_is_asked_for(made: Marking) -> None:
    ann, ben, cem = three(made)
    assert made.send(made.look(f"?submission={ben.public}"), score="1").is_redirect
    first = made.look(f"?submission={ann.public}")
    assert f'<a href="?submission={cem.public}" rel="next">' in first
    every = made.look(f"?submission={ann.public}&show=all")
    assert f'<a href="?submission={ben.public}&amp;show=all" rel="next">' in every


def test_who_looks_at_an_answer_is_told_and_the_next_one_is_another(made: Marking) -> None:
    ann, ben, _ = three(made)
    assert shown(made.look()) == ann.public
    theirs = made.look(who="gina")
    assert shown(theirs) == ben.public
    both = made.look(f"?submission={ben.public}")
    assert "<bdi>Gina</bdi> looks at this one too." in both
    # Nobody is kept from marking, and who looks at nothing any more is in nobody's way.
    made.site.now += datetime.timedelta(minutes=11)
    assert "looks at this one" not in made.look(f"?submission={ben.public}")


def test_two_who_mark_never_overwrite_each_other(made: Marking) -> None:
    ann, _, _ = three(made)
    mine, theirs = (made.look(f"?submission={ann.public}", who=who) for who in ("tess", "gina"))
    assert made.send(theirs, who="gina", score="4", comment="All of it.").is_redirect
    refused = made.send(mine, score="1", comment="Mine & only mine")
    assert refused.status_code == 412
    assert "Somebody else has marked this meanwhile." in refused.text
    assert "Mine &amp; only mine" in refused.text
    assert 'value="1"' in refused.text
    assert "All of it." in refused.text
    assert "<bdi>Gina</bdi>: 4" in refused.text
    assert made.score(ann).score == 4
    # With what they gave before one's eyes one can save again.
    assert made.send(refused.text, score="1", comment="Mine").is_redirect
    assert (made.score(ann).score, made.score(ann).version) == (1, 2)


def test_a_mark_is_taken_back(made: Marking) -> None:
    ann, _, _ = three(made)
    assert made.send(made.look(), score="4").is_redirect
    page = made.look(f"?submission={ann.public}")
    assert made.send(page, act="back").is_redirect
    assert made.score(ann).needs_person


@pytest.mark.parametrize("said", ["", "much", "5", "-1", "nan"])
def test_points_that_are_none_come_back_with_what_was_written(made: Marking, said: str) -> None:
    ann, _, _ = three(made)
    refused = made.send(made.look(), score=said, comment="Kept.")
    assert refused.status_code == 422
    assert "The points" in refused.text
    assert "Kept.</textarea>" in refused.text
    assert made.score(ann).needs_person


def test_the_list_tells_what_is_done_and_by_whom(made: Marking) -> None:
    ann, ben, _ = three(made)
    made.send(made.look(f"?submission={ann.public}"), score="1")
    made.send(made.look(f"?submission={ben.public}", who="gina"), who="gina", score="2")
    page = made.look(at="/courses/c/marking")
    assert "2 of 3 marked" in page
    assert "<bdi>Gina</bdi>: 1" in page
    assert "<bdi>tess</bdi>: 1" in page
    assert re.search(r"Due <time datetime=\"2026-11-23T13:00:00Z\"", page)


def test_exercises_of_one_title_are_told_apart(made: Marking) -> None:
    made.publish(WHY, dataclasses.replace(WHY, key="again"), dataclasses.replace(WHY, key="o", title="Other"))
    ann = made.student("Ann")
    work = made.hand_in(ann, text("Ann says so."))
    listed = made.look(at="/courses/c/marking")
    for said in ("Why (why)", "Why (again)", "Other"):
        assert f"<bdi>{said}</bdi></a>" in listed
    assert "<bdi>Why (why)</bdi></h1>" in made.look()
    assert made.send(made.look(), score="1").is_redirect
    assert "<bdi>Why (why)</bdi>" in made.look(at=f"/courses/c/lessons/one/marks/{ann.person.public}")
    assert '<th scope="row" dir="auto">Why (again)</th>' in made.look(at=f"/submissions/{work.public}")
    assert "Why (again)" in made.look(at="/courses/c/lessons/one/glance")


def test_items_make_the_points_and_their_change_reaches_what_was_marked(made: Marking) -> None:
    ann, ben, cem = three(made)
    page = rubric(made, ("Right", "3"), ("Well said", "1"), ("Too long", "−1"))
    assert "Saved. 0 marks" in page
    right, well, long = items(made)
    made.send(made.look(f"?submission={ann.public}"), **{f"item_{right}": "yes", f"item_{well}": "yes"})
    made.send(made.look(f"?submission={ben.public}"), score="2", **{f"item_{right}": "yes"})
    made.send(made.look(f"?submission={cem.public}"), score="1")
    assert [made.score(each).score for each in (ann, ben, cem)] == [4, 2, 1]
    asked = rubric(made, ("Right", "2"), ("Well said", "1"), ("Too long", "−1"))
    assert "Saving this changes 2 marks" in asked
    assert [made.score(each).score for each in (ann, ben, cem)] == [4, 2, 1]
    done = rubric(made, ("Right", "2"), ("Well said", "1"), ("Too long", "-1"), page=asked)
    assert "Saved. 2 marks changed with it." in done
    assert [made.score(each).score for each in (ann, ben, cem)] == [3, 1, 1]
    with made.world.database.read() as connection:
        given = [each for each in builders.events(connection) if each.kind == "mark.given"]
        whose = people.by_id(connection, ann.person_id).public
    assert [each.data["score"] for each in given[-2:]] == [3, 1]
    history = " ".join(made.look(at=f"/courses/c/lessons/one/marks/{whose}").split())
    assert "by a change of the rubric, <bdi>Why</bdi>:" in history
    # Bringing the version of before back gives the marks of before.
    before = made.look("?version=1", at=RUBRIC)
    asked = rubric(made, ("Right", "3"), ("Well said", "1"), ("Too long", "-1"), page=before)
    rubric(made, ("Right", "3"), ("Well said", "1"), ("Too long", "-1"), page=asked)
    assert [made.score(each).score for each in (ann, ben, cem)] == [4, 2, 1]
    assert items(made) == [right, well, long]


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


def test_a_mark_that_was_given_otherwise_since_is_left_alone(made: Marking) -> None:
    ann, _, _ = three(made)
    rubric(made, ("Right", "3"))
    (right,) = items(made)
    made.send(made.look(f"?submission={ann.public}"), **{f"item_{right}": "yes"})
    place = f"/api/v1/submissions/{ann.public}/marks/n/why"
    token = made.site.token(made.people["tess"], "cli")
    given = made.site.ask(token, "PUT", place, {"score": 2, "comment": "", "version": 1})
    assert given.is_success, given.text
    assert "Saved. 0 marks" in rubric(made, ("Right", "1"))
    assert made.score(ann).score == 2


def test_two_who_change_one_rubric(made: Marking) -> None:
    three(made)
    mine, theirs = made.look(at=RUBRIC), made.look(at=RUBRIC, who="gina")
    rubric(made, ("Hers", "2"), who="gina", page=theirs)
    refused = rubric(made, ("Mine", "3"), page=mine)
    assert "Somebody else has changed this rubric meanwhile." in refused
    assert 'value="Mine"' in refused
    assert "Hers" in refused
    with made.world.database.read() as connection:
        kept = rubrics.current(connection, made.world.one, PLACE)
    assert [each.text for each in kept.items] == ["Hers"]


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


def test_bad_rubrics_are_told_and_kept_on_the_page(made: Marking) -> None:
    three(made)
    assert "The points must be a number." in rubric(made, ("Right", "three"))
    assert "has points and no text" in rubric(made, ("", "3"))
    hostile = rubric(made, ("<script>alert(1)</script>", "1"))
    assert "<script>alert" not in hostile
    assert "&lt;script&gt;alert(1)" in hostile
    assert "<script>alert" not in made.look()


def test_without_scripts_ticking_an_item_changes_the_points(made: Marking) -> None:
    ann, _, _ = three(made)
    rubric(made, ("Right", "3"), ("Well said", "1"))
    right, well = items(made)
    made.send(made.look(f"?submission={ann.public}"), score="2", **{f"item_{right}": "yes"})
    page = made.look(f"?submission={ann.public}")
    made.send(page, score="2", **{f"item_{right}": "yes", f"item_{well}": "yes"})
    assert made.score(ann).score == 3


def test_students_mark_nothing(made: Marking) -> None:
    three(made)
    sam = made.site.token(made.world.sam.person, "pages")
    for path in (HERE, RUBRIC):
        assert made.site.ask(sam, "GET", path).status_code == 403
        assert made.site.ask(sam, "POST", path, {}).status_code == 403
    with made.world.database.read() as connection:
        assert connection.execute(sa.select(schema.mark_override)).all() == []


def test_notes_stand_at_lines_and_their_author_reads_them_with_the_mark(made: Marking) -> None:
    ann = made.student("Ann")
    work = made.hand_in(ann, code("a = 1\nb = '''two\nlines'''\n"))
    page = made.look()
    assert '<span class="line" id="line-2" data-line="2">' in page
    answer = made.send(
        page, act="note", line="2", note="Why *two*? <b onclick=x()>", score="3", comment="So far"
    )
    assert answer.status_code == 200
    assert '<a href="#line-2">Line 2</a>' in answer.text
    assert "<em>two</em>" in answer.text
    assert "onclick" not in answer.text
    assert 'value="3"' in answer.text
    assert "So far</textarea>" in answer.text
    assert made.score(work).needs_person
    token = made.site.token(ann.person, "pages")
    there = f"/submissions/{work.public}"
    assert "<em>two</em>" not in made.site.ask(token, "GET", there).text
    assert made.send(answer.text, score="3", comment="$x^2$").is_redirect
    with made.world.database.write() as connection:
        lessons.release_marks(connection, made.world.one, by=made.world.teacher.person, now=made.site.now)
    made.site.now += datetime.timedelta(days=2)
    seen = made.site.ask(token, "GET", there).text
    assert "<strong>Line 2</strong>" in seen
    assert "<em>two</em>" in seen
    assert "<msup>" in seen


def test_a_note_is_removed_and_brought_back(made: Marking) -> None:
    three(made)
    page = made.send(made.look(), act="note", note="Look here.").text
    # What is sent twice is put once.
    assert made.send(page, act="note", note="Look here.").text.count("<p>Look here.</p>") == 1
    (note,) = re.findall(r'value="end:(note_\w+)"', page)
    gone = made.send(page, act=f"end:{note}").text
    assert "<p>Look here.</p>" not in gone
    assert "<p>Look here.</p>" in made.send(gone, act=f"bring:{note}").text
    assert "The note is empty." in made.send(gone, act="note", note=" ").text
    assert "must be a number from 1" in made.send(gone, act="note", note="x", line="two").text
    for line in ("0", "2", "999"):
        refused = made.send(gone, act="note", note="Typed.", line=line)
        assert f"The cell has no line {line}: its last is 1." in refused.text
        assert "Typed.</textarea>" in refused.text
    assert "Typed.</p>" in made.send(gone, act="note", note="Typed.", line="1").text


def test_what_was_typed_never_stands_under_another_answer(made: Marking) -> None:
    three(made)
    fresh = made.upload(made.student("Dan"), text("Dan says so."))
    gone = made.send(made.look(), submission=fresh.public, act="keep", comment="Typed.")
    assert gone.status_code == 409


def test_comments_are_kept_by_each_grader_for_themselves(made: Marking) -> None:
    three(made)
    page = made.send(made.look(), act="keep", comment="See **chapter 2**.").text
    (kept,) = re.findall(r'value="insert:(com_\w+)"', page)
    assert "insert:com_" not in made.look(who="gina")
    put = made.send(page, act=f"insert:{kept}", comment="Nearly.").text
    assert "Nearly.\n\nSee **chapter 2**.</textarea>" in put
    assert "insert:com_" not in made.send(put, act=f"forget:{kept}").text
    gone = made.send(put, act=f"insert:{kept}", comment="Typed.", score="2.5", note="Half a note.")
    assert gone.status_code == 404
    assert "This comment is kept no more." in gone.text
    assert "Typed.</textarea>" in gone.text
    assert "Half a note.</textarea>" in gone.text
    assert 'value="2.5"' in gone.text


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


ALIKE = f"{HERE}/alike"
ONE, SAME, OTHER = (
    "def f(x):\n    return x + 1",
    "def f(y):\n    # more\n    return (y + 1)",
    "def f(x):\n    return x",
)


def forms(page: str) -> list[str]:
    """The forms of the groups."""
    return page.split('<form method="post" action="')[1:]


def test_a_group_is_marked_at_once_and_that_is_undone(made: Marking) -> None:
    names = ("Ann", "Ben", "Cem", "Dan", "Eva")
    sources = (ONE, SAME, ONE, SAME, OTHER)
    works = [
        made.hand_in(made.student(name), code(source)) for name, source in zip(names, sources, strict=True)
    ]
    page = made.look(at=ALIKE)
    assert "<h2>4 answers</h2>" in page
    assert "few or none are like them: 1 answer." in page
    (form,) = [each for each in forms(page) if 'name="members"' in each]
    # Meanwhile somebody marks one of them.
    assert made.send(
        made.look(f"?submission={works[1].public}", who="gina"), who="gina", score="1"
    ).is_redirect
    answer = made.send(form, at=ALIKE, score="3", comment="Nearly: $x+1$.")
    assert answer.headers["Location"].endswith("alike?marked=3&out=1")
    assert [made.score(each).score for each in works] == [3, 1, 3, 3, None]
    assert made.score(works[0]).comment == "Nearly: $x+1$."
    page = made.look("?marked=3&out=1", at=ALIKE)
    assert "3 answers marked. 1 answer left as" in page
    # One of them is marked anew, and then all is undone.
    assert made.send(made.look(f"?submission={works[2].public}"), score="2").is_redirect
    (batch,) = re.findall(r'value="undo:(batch_\w+)"', page)
    assert made.send("", at=ALIKE, act=f"undo:{batch}").headers["Location"].endswith("alike?back=2")
    assert [made.score(each).score for each in works] == [None, 1, 2, None, None]
    assert made.send("", at=ALIKE, act=f"undo:{batch}").status_code == 404


@pytest.mark.parametrize("spec", [None, "python3", {"language": ["x"]}, {"language": "klingon"}])
def test_what_a_hand_in_says_of_its_language_groups_nothing_otherwise(made: Marking, spec: object) -> None:
    made.hand_in(made.student("Ann"), code(ONE))
    made.hand_in(made.student("Ben"), code(SAME), kernelspec=spec)
    assert "<h2>2 answers</h2>" in made.look(at=ALIKE)


@pytest.mark.parametrize(
    "source",
    [
        "x = 0x" + "f" * 4000,
        "if x:\n pass\n" + "".join(f"elif x=={n}:\n pass\n" for n in range(900)),
        "(" * 5000,
        "\0",
    ],
    ids=("number", "branches", "brackets", "zero"),
)
def test_answers_that_no_program_reads_are_grouped_as_they_are(made: Marking, source: str) -> None:
    for name in ("Ann", "Ben"):
        made.hand_in(
            made.student(name), code(source, [{"output_type": "error", "ename": None, "evalue": {}}])
        )
    assert "<h2>2 answers</h2>" in made.look(at=ALIKE)


def test_what_stood_at_an_answer_is_there_again_after_an_undo(made: Marking) -> None:
    ann, ben = (made.hand_in(made.student(name), code(ONE)) for name in ("Ann", "Ben"))
    assert made.send(made.look(f"?submission={ann.public}"), act="back", comment="See me first.").is_redirect
    (form,) = [each for each in forms(made.look(at=ALIKE)) if 'name="members"' in each]
    assert made.send(form, at=ALIKE, score="3", comment="Nearly.").is_redirect
    assert [made.score(each).comment for each in (ann, ben)] == ["Nearly.", "Nearly."]
    (batch,) = re.findall(r'value="undo:(batch_\w+)"', made.look(at=ALIKE))
    assert made.send("", at=ALIKE, act=f"undo:{batch}").is_redirect
    assert [made.score(each).comment for each in (ann, ben)] == ["See me first.", ""]
    assert all(made.score(each).needs_person for each in (ann, ben))


def test_a_group_that_waits_no_more_and_points_that_are_none_come_back(made: Marking) -> None:
    hostile = "# \u202eacts\n" + ONE
    for name in ("Ann", "Ben"):
        made.hand_in(
            made.student(name), code(hostile, [{"output_type": "error", "ename": "E", "evalue": "<b>"}])
        )
    (form,) = [each for each in forms(made.look(at=ALIKE)) if 'name="members"' in each]
    refused = made.send(form, at=ALIKE, score="9", comment="Kept.")
    assert refused.status_code == 422
    assert "Kept.</textarea>" in refused.text
    assert "E: &lt;b&gt;" in refused.text
    assert "\u202e" not in refused.text
    assert "# \\u202eacts" in refused.text
    assert made.send(form, at=ALIKE, score="2").is_redirect
    again = made.send(form, at=ALIKE, score="1")
    assert again.status_code == 409
    assert "None of these answers still waits" in again.text


def test_a_group_is_marked_with_the_rubric(made: Marking) -> None:
    works = [made.hand_in(made.student(name), code(ONE)) for name in ("Ann", "Ben")]
    rubric(made, ("Right", "3"))
    (right,) = items(made)
    (form,) = [each for each in forms(made.look(at=ALIKE)) if 'name="members"' in each]
    assert made.send(form, at=ALIKE, **{f"item_{right}": "yes"}).is_redirect
    asked = rubric(made, ("Right", "2"))
    assert "Saving this changes 2 marks" in asked
    rubric(made, ("Right", "2"), page=asked)
    assert [made.score(each).score for each in works] == [2, 2]


def test_the_whole_notebook_stands_in_a_frame_that_may_do_nothing(made: Marking) -> None:
    printed: list[dict[str, object]] = [
        {"output_type": "stream", "name": "stdout", "text": "three <b>"},
        {"output_type": "display_data", "data": {"text/html": "<script>alert(1)</script>"}, "metadata": {}},
    ]
    work = made.hand_in(made.student("Ann"), code("print(3)", printed))
    there = f"/submissions/{work.public}/notebooks/n"
    page = made.look()
    assert f'<iframe class="feedback" sandbox="" loading="lazy" src="{there}"' in page
    answer = made.site.ask(made.tokens["tess"], "GET", there)
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "three &lt;b&gt;" in answer.text
    assert "scripts do not run here" in answer.text
    assert "<script" not in answer.text
    assert made.site.ask(made.tokens["tess"], "GET", f"{there}x").status_code == 404
    sam = made.site.token(made.world.sam.person, "pages")
    assert made.site.ask(sam, "GET", there).status_code in (403, 404)
