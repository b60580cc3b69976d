"""Questions in text cells: what the author writes, what is refused in one sentence, and that no key stays."""

import json
from typing import Any

import pytest

from courseware import errors
from courseware.notebook import companions, files, lint, questions, release, settings_nbgrader
from tests.notebook import build

CHOICE = "Which one?\n\n- `a`\n- `b`\n"
NONE = settings_nbgrader.Options()


def asks(key: str, text: str = CHOICE, kind: str = "markdown", **marks: Any) -> files.Cell:
    """A cell with this text and these lines as its key."""
    return build.cell(f"{text}\n### BEGIN QUIZ KEY\n{key}\n### END QUIZ KEY\n", kind, **marks)


def test_each_kind_is_read() -> None:
    one = questions.of(asks('right = 2\nexplanation = "So."\nhints = ["Look."]\nattempts = 1'))
    assert one == questions.Question(
        kind="one",
        prompt="Which one?",
        options=("`a`", "`b`"),
        right=(2,),
        explanation="So.",
        hints=("Look.",),
        attempts=1,
    )
    several = questions.of(asks("right = [2, 1]"))
    assert several
    assert (several.kind, several.right) == ("several", (1, 2))
    number = questions.of(asks("number = -200\npercent = 1", "How much?"))
    assert number
    assert (number.kind, number.number, number.tolerance) == ("number", -200, 2)
    text = questions.of(asks('accepted = ["list", "a list"]\ncase = true', "What is it?"))
    assert text
    assert (text.kind, text.accepted, text.case) == ("text", ("list", "a list"), True)
    assert questions.of(build.cell("No question", "markdown")) is None


def test_a_list_above_the_choice_stays_in_the_text() -> None:
    found = questions.of(asks("right = 1", "Given:\n\n- x\n\nWhich?\n\n* one\n* two\n* three"))
    assert found
    assert found.prompt == "Given:\n\n- x\n\nWhich?"
    assert found.options == ("one", "two", "three")


MALFORMED = [
    (asks(""), "one of right, number and accepted"),
    (asks("right = 1\nnumber = 2"), "one of right, number and accepted"),
    (asks("right = 3"), "from 1 to 2"),
    (asks("right = 0"), "from 1 to 2"),
    (asks("right = true"), "from 1 to 2"),
    (asks("right = [1, 1]"), "from 1 to 2"),
    (asks("right = []"), "from 1 to 2"),
    (asks("right = 1", "No list"), "list of 2 to 20 answers"),
    (asks("right = 1", "Q\n\n- one"), "list of 2 to 20 answers"),
    (asks("right = 1", "Q\n\n" + "\n".join(f"- {n}" for n in range(21))), "list of 2 to 20 answers"),
    (asks("right = 1", "Q\n\n- [x] one\n- [ ] two"), "boxes"),
    (asks("right = 1", "Q\n\n- one\n- one"), "the same"),
    (asks("right = 1", "- one\n- two"), "asks nothing"),
    (asks("number = 1", " "), "asks nothing"),
    (asks("number = nan", "Q"), "number is a number"),
    (asks("number = inf", "Q"), "number is a number"),
    (asks('number = "1"', "Q"), "number is a number"),
    (asks("number = 1\ntolerance = -1", "Q"), "0 or more"),
    (asks("number = 1\ntolerance = 1\npercent = 1", "Q"), "not both"),
    (asks("accepted = []", "Q"), "nobody could be right"),
    (asks('accepted = "list"', "Q"), "accepted is a list"),
    (asks('accepted = [" "]', "Q"), "accepted is a list"),
    (asks('accepted = ["x"]\ncase = 1', "Q"), "true or false"),
    (asks("right = 1\ncase = true"), "case goes with accepted"),
    (asks("right = 1\nattempts = 0"), "from 1 to 100"),
    (asks("right = 1\nhints = [1]"), "hints is a list"),
    (asks("right = 1\nexplanation = 1"), "explanation is a text"),
    (asks("rigth = 1"), "knows no 'rigth'"),
    (asks("right = "), "no TOML"),
    (asks("right = " + "[" * 5000), "no TOML"),
    (asks("# " + "x" * 20_000), "longer than"),
    (asks("right = 1\n### BEGIN QUIZ KEY"), "one line BEGIN"),
    (asks("right = 1\n### END QUIZ KEY"), "one line BEGIN"),
    (build.cell("Q\n### BEGIN QUIZ KEY\nright = 1", "markdown"), "one line BEGIN"),
    (build.cell("Q\n### END QUIZ KEY\nright = 1\n### BEGIN QUIZ KEY", "markdown"), "one line BEGIN"),
    (asks("right = 1", kind="code"), "no text"),
    (asks("right = 1", kind="raw"), "no text"),
    (asks("right = 1", grade_id="q", grade=True, solution=True, points=1), "no points"),
    (asks("right = 1", grade_id="q", task=True, points=1), "no points"),
]


@pytest.mark.parametrize(("cell", "said"), MALFORMED, ids=[said for _, said in MALFORMED])
def test_what_is_malformed_is_told_and_never_released(cell: files.Cell, said: str) -> None:
    book = build.book(build.cell("1"), cell)
    found = [each for each in lint.notebook(files.write(book), name="n.ipynb") if each.code == "question"]
    assert len(found) == 1
    assert found[0].level == "error"
    assert found[0].where.startswith("n.ipynb, cell 2")
    assert said in found[0].message
    assert found[0].message.count("\n") == 0
    with pytest.raises(errors.UserError, match=r"n, cell 2: .*"):
        release.build(book, name="n", options=NONE)


@pytest.mark.parametrize("line", ["### BEGIN QUIZKEY", "# BEGIN QUIZ-KEY", "### begin quiz key"])
def test_a_misspelt_beginning_is_a_leak(line: str) -> None:
    cell = build.cell(f"Q\n\n{line}\nright = 1\n", "markdown")
    found = lint.notebook(files.write(build.book(cell)), name="n.ipynb")
    assert "leak" in [each.code for each in found]


def test_a_key_beside_the_notebooks_is_refused() -> None:
    data = b"Q\n### BEGIN QUIZ KEY\nright = 1\n### END QUIZ KEY\n"
    with pytest.raises(errors.UserError, match="notebooks only"):
        companions.split(data, name="page.md")
    assert [each.code for each in lint.companion(data, name="page.md")] == ["region"]


SECRET = 'right = 2\nexplanation = "qq-because"\nhints = ["qq-hint"]'


def test_no_version_of_a_released_notebook_has_the_key() -> None:
    asked = asks(SECRET, CHOICE + "\n")
    asked["id"] = "asked"
    book = build.book(
        build.answer("### BEGIN SOLUTION\nx = 1\n### END SOLUTION"), build.machine("assert x"), asked
    )
    built = release.build(book, name="n", options=NONE)
    assert built.asked["asked"].right == (2,)
    for version in (built.student, built.marking, built.key):
        told = json.dumps(version)
        assert "qq-" not in told
        assert "QUIZ KEY" not in told
        assert "right = 2" not in told
    assert build.sources(built.student)[2] == CHOICE.rstrip()
    assert "BEGIN QUIZ KEY" in book["cells"][2]["source"]


def test_a_question_survives_being_kept() -> None:
    for key, text in ((SECRET, CHOICE), ("number = 1.5\ntolerance = 0.1", "Q"), ('accepted = ["x"]', "Q")):
        found = questions.of(asks(key, text))
        assert found is not None
        assert questions.from_json(json.loads(json.dumps(questions.to_json(found)))) == found


def test_the_version_changes_with_what_is_right_alone() -> None:
    first = questions.of(asks("right = 1"))
    assert first is not None
    for key, text, same in (
        ('right = 1\nexplanation = "New."', CHOICE, True),
        ("right = 1", "Reworded?\n\n- `a`\n- `b`", True),
        ("right = 2", CHOICE, False),
        ("right = 1", "Which one?\n\n- `a`\n- `c`", False),
        ("right = [1]", CHOICE, False),
    ):
        other = questions.of(asks(key, text))
        assert other is not None
        assert (other.version == first.version) is same
