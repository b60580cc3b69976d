"""What a generated class is asked, and how its people answer.

Out: three lessons of two exercises with tests and a question in words, and for each exercise the answers that
are given, with the points that each is worth: right ones in several hands, common mistakes, one that stops,
one that was left as it was. The points are written down here, not taken from the program.
"""

import dataclasses
import json
from pathlib import Path

from tests.notebook import build
from tests.notebook import test_films as films

NOTEBOOK = "work"
FILM = "media/lesson.webm"
POINTS = 4
"""Of each of the two exercises; the question in words has `WORDS`."""
WORDS = 2


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answer:
    """Code that is handed in, and its points."""

    source: str
    points: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Exercise:
    """An exercise by its id: what is given, the key, its tests; right answers and wrong ones."""

    key: str
    given: str
    solution: str
    tests: str
    right: tuple[Answer, ...]
    wrong: tuple[Answer, ...]


def _exercise(key: str, head: str, tests: str, right: tuple[str, ...], wrong: dict[str, int]) -> Exercise:
    """One from the lines of its function; with each wrong one its points."""

    left = {**wrong, "...": 0}

    def written(line: str) -> str:
        return f"{head}\n    {line}"

    return Exercise(
        key=key,
        given=written("..."),
        solution=right[0],
        tests=tests,
        right=tuple(Answer(source=written(line), points=POINTS) for line in right),
        wrong=tuple(Answer(source=written(line), points=points) for line, points in left.items()),
    )


def _cases(call: str, cases: tuple[tuple[str, str], ...]) -> str:
    """Tests that give a point for each case; half of them are hidden."""
    open_ones, hidden = cases[:2], cases[2:]
    return f"""cases = {list(open_ones)!r}
### BEGIN HIDDEN TESTS
cases = cases + {list(hidden)!r}
### END HIDDEN TESTS
points_won = 0
for given, wanted in cases:
    try:
        points_won += int({call}(eval(given)) == eval(wanted))
    except Exception as problem:
        print("An error on", given, "-", problem)
points_won"""


STRICT = "assert abs(to_fahrenheit(36.6) - 97.88) < 0.001, 'Is something rounded on the way?'"
OTHER = "assert abs(to_fahrenheit(5500) - 9932) < 1, 'Also where it is hot.'"
"""The test of the first exercise that is mended, and what it says then."""
ROUNDS, STOPS = "return round(c * 9 / 5 + 32)", "return c * 9 / 5 + 32 if c < 1000 else 0"
"""The answer that the old test wrongs, and the one that it lets through."""
_FIRST = (
    _exercise(
        "fahrenheit",
        "def to_fahrenheit(c):",
        f"assert to_fahrenheit(0) == 32, 'Water freezes at 32.'\n### BEGIN HIDDEN TESTS\n{STRICT}\n"
        "### END HIDDEN TESTS",
        ("return c * 9 / 5 + 32", "return 32 + 1.8 * c", STOPS),
        {
            "return c * 5 / 9 + 32": 0,
            ROUNDS: 0,
            "print(c * 9 / 5 + 32)": 0,
            "return c * 9 / 5 +": 0,
        },
    ),
    _exercise(
        "mean",
        "def mean(values):",
        _cases("mean", (("[2]", "2"), ("[1, 3]", "2"), ("[1, 2]", "1.5"), ("[]", "None"))),
        ("return sum(values) / len(values) if values else None",),
        {"return sum(values) / len(values)": 3, "return sum(values) // len(values)": 2, "return values": 0},
    ),
)
_SECOND = (
    _exercise(
        "largest",
        "def largest(values):",
        "assert largest([1, 3, 2]) == 3\n### BEGIN HIDDEN TESTS\nassert largest([-2, -5]) == -2\n"
        "### END HIDDEN TESTS",
        ("return max(values)", "return sorted(values)[-1]"),
        {"return values[-1]": 0, "return max(values + [0])": 0, "return max(value)": 0},
    ),
    _exercise(
        "evens",
        "def evens(values):",
        _cases("evens", (("[1, 2]", "[2]"), ("[2, 4]", "[2, 4]"), ("[0]", "[0]"), ("[]", "[]"))),
        ("return [each for each in values if each % 2 == 0]",),
        {"return [each for each in values if each and each % 2 == 0]": 3, "return values[1::2]": 2},
    ),
)
_THIRD = (
    _exercise(
        "vowels",
        "def vowels(word):",
        "assert vowels('tea') == 2\n### BEGIN HIDDEN TESTS\nassert vowels('ICE') == 2\n### END HIDDEN TESTS",
        ("return sum(each in 'aeiou' for each in word.lower())",),
        {
            "return sum(each in 'aeiou' for each in word)": 0,
            "return len(word)": 0,
            "return word.count('aeiou')": 0,
        },
    ),
    _exercise(
        "backwards",
        "def backwards(word):",
        _cases("backwards", (("'ab'", "'ba'"), ("'a'", "'a'"), ("''", "''"), ("'abc'", "'cba'"))),
        ("return word[::-1]", "return ''.join(reversed(word))"),
        {"return word[-1] + word[1:-1] + word[0] if len(word) > 1 else word": 4, "return word": 2},
    ),
)
LESSONS = {
    "numbers": ("Numbers and means", _FIRST),
    "lists": ("Lists: the largest, and those that are even", _SECOND),
    "words": ("Words, forwards and backwards", _THIRD),
}
"""By short name: the title and the two exercises."""
SAID = (
    "Because the result is a number of its own, which nobody rounded.",
    "Because the result is  a number of its own,\nwhich nobody rounded.",
    "I am not sure. I tried it with **three** values and it came out right.",
    "A loop would do the same, but $n$ steps take longer to read.",
    "It is what the task says.",
    "",
)
"""Answers in words; the first two say the same."""


def source(slug: str) -> dict[str, bytes]:
    """A lesson as its author keeps it; the first has a film."""
    title, exercises = LESSONS[slug]
    first = slug == next(iter(LESSONS))
    cells = [
        build.cell(f"# {title}\n\n{films.WHY if first else 'Read, then write.'}", "markdown", id="intro")
    ]
    for each in exercises:
        solution = f"    ### BEGIN SOLUTION\n    {each.solution}\n    ### END SOLUTION"
        head = each.given.splitlines()[0]
        cells += [
            build.cell(f"## {each.key.capitalize()}\n\nWrite it.", "markdown", id=f"{each.key}-task"),
            {**build.answer(f"{head}\n{solution}", each.key), "id": each.key},
            {**build.machine(each.tests, f"test-{each.key}", POINTS), "id": f"test-{each.key}"},
        ]
    cells.append(build.cell("## Why?\n\nSay it in your own words.", "markdown", id="why-task"))
    cells.append(
        build.cell(SAID[0], "markdown", id="why", grade_id="why", grade=True, solution=True, points=WORDS)
    )
    beside = {f"media/{path.name}": path.read_bytes() for path in films.LECTURE.glob("lesson.*")}
    return {f"{NOTEBOOK}.ipynb": json.dumps(build.book(*cells)).encode(), **(beside if first else {})}


def write(path: Path, answers: tuple[Answer, Answer], said: str, exercises: tuple[Exercise, ...]) -> None:
    """Put answers into a working copy."""
    book = json.loads(path.read_text())
    typed = {each.key: answer.source for each, answer in zip(exercises, answers, strict=True)} | {"why": said}
    for cell in book["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in typed:
            cell["source"] = typed[name]
    path.write_text(json.dumps(book))
