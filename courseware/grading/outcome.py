"""What came of a hand-in: its points, for staff and for its author; pure.

In: what `grades` has read of it. Out: sums, before and after what lateness takes off, and what staff set in
place of them. Refused: nothing.
"""

import dataclasses
import datetime

from courseware.course import late
from courseware.exchange import model as exchange_model
from courseware.grading import gradings, lesson_marks, scores, sight


@dataclasses.dataclass(frozen=True, kw_only=True)
class Standing:
    """What a submission is worth.

    `exercises`, `score` and `points` are for staff. `seen` is what its author may see of the marks now;
    `visible` says whether that is anything; `hiding` are exercises whose marks tell of hidden tests, by
    (notebook, key); `shows` is when what is withheld shows; `held` are exercises on hold; `graded_by` is the
    number of the release whose tests gave the marks; `first_by` the grading whose first run is seen. Scores
    are what the work earned, `penalty` is what it loses for being late, `late_seconds` how late it is by the
    dates that hold now, which its receipt does not know; `counts` says whether it is the one
    that counts, `seen_counts` whether it is as far as its author may know; `set_mark` is what staff set for
    the lesson, which holds in place of what counts.
    """

    submission: exchange_model.Submission
    grading: gradings.Grading | None
    exercises: tuple[scores.Score, ...]
    points: float
    sees: sight.Sight
    seen: tuple[scores.Score, ...]
    held: frozenset[str]
    hiding: frozenset[sight.Place] = frozenset()
    shows: datetime.datetime | None = None
    graded_by: int | None = None
    first_by: gradings.Grading | None = None
    penalty: late.Penalty = late.NONE
    late_seconds: int = 0
    counts: bool = True
    seen_counts: bool = True
    set_mark: lesson_marks.Mark | None = None

    @property
    def visible(self) -> bool:
        """Whether its author may see marks now, if only some."""
        return self.sees != "none"

    @property
    def score(self) -> float | None:
        """The sum of the points given; None before anything was marked."""
        given = [e.score for e in self.exercises if e.score is not None]
        return sum(given) if self.exercises else None

    @property
    def computed(self) -> float | None:
        """The sum of the points given, after the penalty."""
        return None if self.score is None else self.penalty.after(self.score)

    @property
    def final(self) -> float | None:
        """The same, or what staff set in place of it."""
        return self.set_mark.points if self.set_mark and self.counts else self.computed

    @property
    def final_points(self) -> float:
        """What `final` is out of: a mark that was set counts for the lesson as it is now."""
        return self.set_mark.out_of if self.set_mark and self.counts else self.points

    @property
    def set_shows(self) -> bool:
        """Whether the author sees what staff set."""
        return self.set_mark is not None and self.seen_counts and sight.all_shows(self.sees, self.held)

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to look."""
        return any(exercise.needs_person for exercise in self.exercises)

    @property
    def open(self) -> tuple[scores.Score, ...]:
        """The exercises that do not wait for the due date."""
        return tuple(each for each in self.seen if not each.withheld)

    @property
    def visible_score(self) -> float | None:
        """The sum that the author may see: nothing of held exercises; None where there is nothing to sum."""
        return sum(each.score or 0.0 for each in self.open) if self.open else None

    @property
    def withheld_points(self) -> float:
        """The points of the exercises that wait for the due date."""
        return sum(each.points for each in self.seen if each.withheld)

    @property
    def open_points(self) -> float:
        """The points that `visible_score` is out of."""
        return sum(each.points for each in self.open) if self.withheld_points else self.points

    def notes_show(self, notebook: str, cell: str) -> bool:
        """Whether the author sees notes at a cell: at that of an exercise with its mark, at any other once
        all marks of the notebook show and nobody has still to look at one.
        """
        if any((each.notebook, each.key) == (notebook, cell) for each in self.exercises):
            mine = [each for each in self.seen if (each.notebook, each.key) == (notebook, cell)]
            return any(
                each.score is not None and not each.withheld and each.key not in self.held for each in mine
            )
        others = [each for each in self.exercises if each.notebook == notebook]
        return self.sees == "all" and not any(e.needs_person or e.key in self.held for e in others)

    def as_seen(self) -> "Standing":
        """Nothing but what its author may know: not how hidden tests go either, nor how long they take."""
        grading = self.grading
        told = (
            grading.result.get(gradings.FIRST_RUN) if grading is not None and self.sees == "first" else None
        )
        if told and grading is not None and grading.state in ("waiting", "running", "failed"):
            grading = dataclasses.replace(grading, state="marked", phase="", reason="")
        exercises = self.seen if self.visible else self.exercises
        set_mark = self.set_mark if self.set_shows else None
        seen = dataclasses.replace(self, grading=grading, exercises=exercises, set_mark=set_mark)
        return dataclasses.replace(seen, counts=self.seen_counts)

    @property
    def visible_final(self) -> float | None:
        """The sum that the author may see, after the penalty; or what staff set, once that shows."""
        if self.set_mark and self.set_shows:
            return self.set_mark.points
        return None if self.visible_score is None else self.penalty.after(self.visible_score)

    @property
    def visible_final_points(self) -> float:
        """What `visible_final` is out of."""
        return self.set_mark.out_of if self.set_mark and self.set_shows else self.open_points
