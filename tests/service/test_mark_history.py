"""The history of a mark also tells what only the journal knows, on both databases: holds, the release of
marks to the class, and the choice of which hand-in counts.
"""

import re

from tests.grading import test_worth
from tests.service import test_lesson_marks

made = test_lesson_marks.made


def test_the_history_tells_what_was_held_released_and_chosen(made: test_lesson_marks.Class) -> None:
    test_worth.under(made.world, 'attempts = { counts = "chosen" }')
    test_worth.hand_in(made.world, "again", score=2)
    made.change(marks_policy="when-released")
    made.hold(held=True)
    made.hold(held=True)  # the reason alone changes
    made.hold(held=False)
    made.site.ask(made.tess, "POST", "/courses/c/lessons/one/release-marks", {})
    chosen = made.site.ask(made.sam, "POST", f"/submissions/{made.work.public}/chosen", {})
    assert chosen.status_code == 303
    for name, lines in (("sam", 4), ("kim", 3)):
        page = made.get(made.tess, f"/courses/c/lessons/one/marks/{made.find(name).public}")
        history = page.split('<ol class="history">')[1].split("</ol>")[0]
        told = [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in history.split("<li>")]
        words = ("were held:", "show again:", "released to the class", "was chosen to count")
        found = [word for each in told for word in words if word in each]
        assert len(found) == lines
        assert any(each.endswith("tess , marks were held: T") for each in told)
        assert any("sam , hand-in 1 was chosen to count" in each for each in told) is (name == "sam")
