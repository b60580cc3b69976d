"""How an exercise does, of marks that were given under different maxima; pure."""

from collections.abc import Sequence

from courseware.exchange import model, submissions
from courseware.grading import scores
from courseware.insight import items
from tests import builders
from tests.builders import NOW

PLACE = ("n", "t")


def brief(key: int, person: int) -> submissions.Brief:
    return submissions.Brief(
        id=key, public=f"sub_{key}", person_id=person, lesson_id=1, release_id=1, received=NOW, late_seconds=0
    )


def mark(score: float | None, points: float) -> scores.Score:
    return scores.Score(
        notebook="n",
        key="t",
        points=points,
        score=score,
        needs_person=score is None,
        verdict="pass",
        test_mode="isolated",
        hint="",
        source="machine",
        comment="",
        version=0,
    )


def item(people: Sequence[Sequence[tuple[float | None, float]]]) -> items.Item:
    """The exercise, which gives 4 points now, of the marks of each hand-in of each person."""
    work: dict[int, list[submissions.Brief]] = {}
    marks: dict[int, items.Marks] = {}
    for person, given in enumerate(people, 1):
        for score, points in given:
            key = len(marks) + 1
            work.setdefault(person, []).append(brief(key, person))
            marks[key] = {PLACE: mark(score, points)}
    found = items.Class(counting={key: each[-1] for key, each in work.items()}, work=work, marks=marks)
    exercise = model.Exercise(notebook="n", key="t", title="T", points=4, kind="tests")
    assert exercise == builders.EXERCISE
    return items._item(found, exercise)


def test_full_is_full_by_the_maximum_that_a_mark_was_given_under() -> None:
    found = item([[(3, 3)]] * 5)
    assert (found.full, found.never, found.attempts) == (5, 0, 1)
    found = item([[(4, 8), (8, 8)], [(4, 4)], [(None, 4), (4, 4)], [(2, 3)], [(3, 4), (3, 3)], [(2, 2)]])
    assert (found.marked, found.full, found.never, found.attempts) == (6, 5, 1, 2)
