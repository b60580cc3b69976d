"""Keys of cells live across releases and never move to another cell."""

from courseware.notebook import anchors
from tests.notebook import build

ORIGIN: dict[str, str | int] = {"course": "c", "lesson": "l", "release": 1}


def test_keys_live_through_an_edit_and_end_with_their_cell() -> None:
    text = "The limit of a sequence is the number that it comes close to."
    first = anchors.stamp(
        build.book(build.cell(text, "markdown", id="a1"), build.cell("x = 1", id="b1"), build.answer("f")),
        origin=ORIGIN,
    )
    assert [anchor.key for anchor in first.anchors] == ["a1", "b1", "f"]
    second = anchors.stamp(
        build.book(
            build.answer("changed"),
            build.cell(text + " Always.", "markdown", id="a2"),
            build.cell("zz", id="c2"),
        ),
        first.anchors,
        origin=ORIGIN,
    )
    assert second.kept == ("f", "a1")
    assert second.new == ("c2",)
    assert second.ended == ("b1",)
    assert second.notebook["cells"][1]["metadata"]["courseware"] == {"key": "a1", "id": "a2"}
    assert second.notebook["metadata"]["courseware"] == {"format": 1, **ORIGIN}


def test_keys_are_distinct_even_if_a_grade_id_equals_a_cell_id() -> None:
    made = anchors.stamp(build.book(build.cell("x", id="f"), build.answer("y", "f")), origin=ORIGIN)
    assert len({anchor.key for anchor in made.anchors}) == 2


def test_a_key_of_another_notebook_or_an_earlier_release_is_not_given_again() -> None:
    made = anchors.stamp(
        build.book(build.answer("x", "ex1"), build.cell("y", id="b")), origin=ORIGIN, spent={"ex1", "b"}
    )
    assert {anchor.key for anchor in made.anchors} & {"ex1", "b"} == set()
