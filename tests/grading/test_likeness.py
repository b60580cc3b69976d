"""Answers that are alike, against a class of which we planted what each of them is."""

import itertools
import random
import re

import pytest

from courseware.grading import likeness

ERROR = "NameError: name 'x' is not defined"
IDEAS = {
    "mean": {
        "right": "def mean(values):\n    total = 0\n    for value in values:\n        total += value\n"
        "    return total / len(values)",
        "sum": "def mean(values):\n    return sum(values) / len(values)",
        "floor": "def mean(values):\n    return sum(values) // len(values)",
        "no-return": "def mean(values):\n    total = 0\n    for value in values:\n        total += value\n"
        "    print(total / len(values))",
        "off": "def mean(values):\n    total = 0\n    for value in values:\n        total += value\n"
        "    return total / (len(values) - 1)",
        "first": "def mean(values):\n    total = 0\n    for value in values:\n        total += value\n"
        "        return total / len(values)",
        "anew": "def mean(values):\n    total = 0\n    for value in values:\n        total = total + value\n"
        "    return total / len(values)",
    },
    "longer": {
        "in place": "def longer(values):\n    values += [1]\n    return values",
        "a copy": "def longer(values):\n    values = values + [1]\n    return values",
        "append": "def longer(values):\n    values.append(1)\n    return values",
    },
    "above": {
        "right": "def above(values, limit):\n    kept = []\n    for value in values:\n"
        "        if value > limit:\n            kept.append(value)\n    return kept",
        "made": "def above(values, limit):\n    return [value for value in values if value > limit]",
        "equal": "def above(values, limit):\n    return [value for value in values if value >= limit]",
        "below": "def above(values, limit):\n    return [value for value in values if value < limit]",
        "filter": "def above(values, limit):\n    return list(filter(lambda value: value > limit, values))",
    },
    "grade": {
        "right": "def grade(points):\n    if points >= 50:\n        result = 'pass'\n    else:\n"
        "        result = 'fail'\n    return result",
        "strict": "def grade(points):\n    if points > 50:\n        result = 'pass'\n    else:\n"
        "        result = 'fail'\n    return result",
        "swapped": "def grade(points):\n    if points >= 50:\n        result = 'fail'\n    else:\n"
        "        result = 'pass'\n    return result",
        "short": "def grade(points):\n    return 'pass' if points >= 50 else 'fail'",
    },
}
SAYINGS = {
    "big": "The cost is $O(n)$, because `Values` is read once.",
    "small": "The cost is $o(n)$, because `Values` is read once.",
    "other": "The cost is $O(n)$, because `values` is read once.",
    "theta": r"The cost is $\Theta(n)$, \$5 a value.",
    "angle": r"The cost is $\theta(n)$, \$5 a value.",
    "fenced": "So:\n\n```\nN = 1\n```\n\nThat is all.",
    "named": "So:\n\n```\nn = 1\n```\n\nThat is all.",
    "none": "I do not know $ what it costs.",
}
OTHERS = ("xs", "numbers", "n", "data", "acc", "tmp", "item", "θ", "out", "border", "__x", "ergebnis")
NAMES = ("values", "value", "total", "limit", "kept", "points", "result")


def variant(source: str, luck: random.Random) -> str:
    """The same program, written otherwise."""
    fresh = luck.sample(OTHERS, len(NAMES))
    names = dict(zip(NAMES, fresh, strict=True)) if luck.random() < 0.8 else {}
    made = re.sub(r"\b[a-z]+\b", lambda found: names.get(found[0], found[0]), source)
    if luck.random() < 0.4:
        head, _, rest = made.partition("\n")
        made = f'{head}\n    """It does what it should."""\n{rest}'
    if luck.random() < 0.4:
        made = made.replace("\n", "  # so\n\n", 1)
    if luck.random() < 0.3:
        made = made.replace("'", '"')
    if luck.random() < 0.3:
        made = re.sub(r"return (.+)", r"return (\1)", made)
    if luck.random() < 0.3:
        made = re.sub(r"if (\w+) > (\w+)", r"if \2 < \1", made)
    if luck.random() < 0.2:
        made = made.replace("    ", "  ")
    if luck.random() < 0.2:
        made = re.sub(r"(def \w+\(\w+)", r"\1: object", made)
    if luck.random() < 0.1:  # what no comparison of programs sees through
        made = re.sub(r"return \(?(.+?)\)?$", r"answer = \1\n    return answer", made)
    return made


def told(words: str, luck: random.Random) -> str:
    """The same in prose, written otherwise: what is no formula and no code."""
    for word in ("The", "cost", "because", "read", "So", "That", "all", "value", "know", "it"):
        if luck.random() < 0.3:
            words = re.sub(rf"\b{word}\b(?![^`$]*[`$]+[,.\n])", word.swapcase(), words)
    return words.replace(" ", luck.choice((" ", "  ", "\n")))


def prose(luck: random.Random) -> list[tuple[str, likeness.Answer]]:
    """Forty answers in words, each with the idea that it is."""
    chosen = [luck.choice(list(SAYINGS.items())) for _ in range(40)]
    return [(idea, likeness.Answer(source=told(said, luck), kind="prose")) for idea, said in chosen]


def planted(exercise: str, luck: random.Random) -> list[tuple[str, likeness.Answer]]:
    """At most 40 answers, each with the idea that it is."""
    ideas = list(IDEAS[exercise].items())
    chosen = [luck.choice(ideas) for _ in range(40)]
    return [(idea, likeness.Answer(source=variant(source, luck), kind="python")) for idea, source in chosen]


def test_planted_classes_are_found_again() -> None:
    luck = random.Random(20261129)
    right = put = wanted = 0
    for exercise, _ in itertools.product((*IDEAS, "in words"), range(5)):
        answers = planted(exercise, luck) if exercise in IDEAS else prose(luck)
        idea = {str(n): said for n, (said, _) in enumerate(answers)}
        signed = {str(n): likeness.signature(each) for n, (_, each) in enumerate(answers)}
        group = {member: each.signature for each in likeness.groups(signed) for member in each.members}
        for one, other in itertools.combinations(idea, 2):
            same, together = idea[one] == idea[other], group[one] == group[other]
            right, put, wanted = right + (same and together), put + together, wanted + same
    precision, recall = right / put, right / wanted
    print(f"\nlikeness: precision {precision:.3f}, recall {recall:.3f} over {wanted} planted pairs")
    # A wrong pair would give somebody the mark of another: none may be. One in ten is written with a name
    # more, which is not seen through: two of an idea are both so or both not in 0.9 ** 2 + 0.1 ** 2 of pairs.
    assert precision == 1.0
    assert recall >= 0.75


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def f(a, b):\n    return a - b", "def f(b, a):\n    return b - a"),
        ("def f(a):\n    return [x for x in a]", "def f(b):\n    return [y for y in b]"),
        ("f = lambda a: a + 1", "f = lambda z: z + 1"),
        (
            "def f(n):\n    def g(m):\n        return m + n\n    return g",
            "def f(a):\n    def h(b):\n        return b + a\n    return h",
        ),
        ("x = 1  # one", "x = 1"),
        (
            "def f():\n    try:\n        g()\n    except E as e:\n        return e",
            "def f():\n    try:\n        g()\n    except E as err:\n        return err",
        ),
        ("if not a:\n    x = 1\nelse:\n    x = 2", "if a:\n    x = 2\nelse:\n    x = 1"),
        ("def f(x: int) -> int:\n    y: int = x\n    return y", "def f(x):\n    y = x\n    return y"),
    ],
)
def test_the_same_program(one: str, other: str) -> None:
    assert likeness.normal(one, "python") == likeness.normal(other, "python")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def f(a, b):\n    return a - b", "def f(a, b):\n    return b - a"),
        ("def f(a):\n    return a", "def g(a):\n    return a"),
        ("x = 1", "y = 1"),
        ("def f():\n    global n\n    n = 1", "def f():\n    global m\n    m = 1"),
        ("def f(a):\n    return sum(a)", "def f(a):\n    return max(a)"),
        ("x = 1", "x = 1.0"),
        ("x = 'a'", "x = b'a'"),
        ("def f(a):\n    a.b = 1", "def f(a):\n    a.c = 1"),
        ("f(x=1)", "f(y=1)"),
        ("a < b", "a <= b"),
        ("[x for x in x]", "[y for y in y]"),
        ("def f(x):\n    x += [1]", "def f(x):\n    x = x + [1]"),
    ],
)
def test_not_the_same_program(one: str, other: str) -> None:
    assert likeness.normal(one, "python") != likeness.normal(other, "python")


def test_what_came_of_it_keeps_answers_apart() -> None:
    answers = {
        "1": likeness.Answer(source="f(1)", kind="python", error=ERROR),
        "2": likeness.Answer(source="f(1)", kind="python"),
        "3": likeness.Answer(source="f( 1 )", kind="python"),
        "4": likeness.Answer(source="f(1)", kind="python", failed=("t1",)),
    }
    found = likeness.groups({key: likeness.signature(each) for key, each in answers.items()})
    assert [each.members for each in found] == [("2", "3"), ("1",), ("4",)]


def test_prose_and_what_is_no_program() -> None:
    assert likeness.normal("The  Mean\nis 3.", "prose") == likeness.normal("the mean is 3.", "prose")
    assert likeness.normal("%time f()  \n", "python") == likeness.normal("%time f()", "python")
    assert likeness.normal("x <- 1", "other") != likeness.normal("X <- 1", "other")


@pytest.mark.parametrize(
    "source",
    [
        "x = 0x" + "f" * 4000,
        "def f(x):\n if x:\n  pass\n" + "".join(f" elif x=={n}:\n  y={n}\n" for n in range(900)),
        "def f():\n" + " a\n" * 16_000,
        "(" * 5000,
        "\0",
        "x = " + "-" * 20_000 + "1",
        "def f(\n",
        "\ud800",
        "a" * 60_000,
        "9" * 5000,
    ],
)
def test_hostile_sources_are_compared_as_they_are(source: str) -> None:
    answer = likeness.Answer(source=source, kind="python")
    assert likeness.signature(answer) == likeness.signature(answer)
