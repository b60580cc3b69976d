"""What a dry run changes and what its undo changes back are told, though both were on one day."""

from courseware.store import journal
from tests.service import test_lesson_marks

made = test_lesson_marks.made


def test_the_undo_is_told_on_the_day_of_the_apply(made: test_lesson_marks.Class) -> None:
    made.graded()
    assert [kind for kind, *_ in made.news("sam")] == ["marked"]
    for act in ("applied trl_a", "undone trl_a", "undone trl_a"):
        with made.world.database.write() as connection:
            data = {"changed": True, "act": act}
            journal.append(connection, "submission.marked", made.work.public, now=made.site.now, data=data)
    assert [kind for kind, *_ in made.news("sam")] == ["marked", "changed", "changed"]
