"""Which functions and constants of a release are the tests' own."""

from courseware.grading import fixed
from tests.notebook import build

GIVEN = (
    "import math\n"
    "TOLERANCE = 1e-6\nTABLE = {1: [2]}\nseed = 5\nNOW = compute()\n"
    "def close(a, b): return abs(a - b) < TOLERANCE\n"
    "@cached\ndef slow(): pass\n"
    "def count():\n    global seed\n    seed += 1\n"
    "def left(): pass\nclass A: pass"
)


def test_functions_and_constants_of_locked_cells_are_the_tests() -> None:
    book = build.book(
        build.cell(GIVEN, grade_id="given", locked=True),
        build.cell("def loose(): pass\nLOOSE = 1"),
        build.answer("def left():\n    raise NotImplementedError"),
        build.machine("assert left() == 1"),
        build.cell("%%bash\nls", grade_id="magic", locked=True),
    )
    assert fixed.of_release(book) == [
        (GIVEN, ("TABLE", "TOLERANCE", "close")),
        ("def loose(): pass\nLOOSE = 1", ()),
        ("%%bash\nls", ()),
    ]
