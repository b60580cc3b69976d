"""Wrong answers that are made out of a right one: small, readable, always the same."""

import ast
import time

import pytest

from courseware.notebook import mutants


def changes(source: str, *lines: int, most: int = 99) -> set[tuple[str, str]]:
    """The kinds of faults and what stands there then, for answers that differ in one line."""
    wanted = lines or range(1, source.count("\n") + 2)
    found = mutants.of(source, wanted, most=most)
    return {(each.kind, each.changed[-1].removeprefix("+").strip()) for each in found}


@pytest.mark.parametrize(
    ("source", "kind", "wrong"),
    [
        ("x = a < b", "comparison", "x = a <= b"),
        ("x = a not in b", "comparison", "x = a in b"),
        ("x = a is not b", "comparison", "x = a is b"),
        ("x = (a + 1) * (b)", "arithmetic", "x = (a + 1) / (b)"),
        ("x = a // b", "arithmetic", "x = a % b"),
        ("x = a ** b", "arithmetic", "x = a * b"),
        ("x = a and b", "and, or", "x = a or b"),
        ("x = not a", "not, minus", "x = (a)"),
        ("x = -a", "not, minus", "x = a"),
        ("x = 'Ü' + y[3]", "off by one", "x = 'Ü' + y[4]"),
        ("x = 'Ü' + y[3]", "off by one", "x = 'Ü' + y[2]"),
        ("x = True", "constant", "x = False"),
        ("x = 2.0", "constant", "x = 2.3000000000000003"),
        ("def f(x):\n    return x", "constant returned", "return 0"),
        ("def f(x):\n    return [y for y in x]", "empty container", "return []"),
        ("if a:\n    x = b", "branches swapped", "if not (a):"),
        ("for x in a:\n    b += x", "statement dropped", "pass"),
        ("a.append(b)", "statement dropped", "pass"),
    ],
)
def test_kinds_of_faults(source: str, kind: str, wrong: str) -> None:
    assert (kind, wrong) in changes(source)


def test_only_the_solution_is_changed() -> None:
    source = "given = 1 + 2\nmine = 3 + 4"
    assert {each.line for each in mutants.of(source, {2})} == {2}


def test_each_is_another_that_python_reads_and_there_are_not_too_many() -> None:
    source = "def f(values):\n" + "\n".join(f"    x{n} = values[{n}] + {n} * 2" for n in range(60))
    found = mutants.of(source, range(1, 99))
    assert len(found) == mutants.MOST
    assert found == mutants.of(source, range(1, 99))
    assert len({each.mark for each in found}) == len(found)
    assert all(ast.dump(ast.parse(each.source)) != ast.dump(ast.parse(source)) for each in found)
    assert len({each.kind for each in found}) == 2
    assert max(each.line for each in found) - min(each.line for each in found) > 40


@pytest.mark.parametrize("source", ["%matplotlib inline\nx = 1", "def f(:", "", "x = '\0'", "f'{a + 1}'"])
def test_what_has_none(source: str) -> None:
    assert mutants.of(source, range(1, 9)) == ()


def test_comments_and_layout_stay() -> None:
    source = "x = (a  # first\n     + b)  # second\ny = a   <   b  # third"
    assert ("comparison", "y = a   <=   b  # third") in changes(source)
    assert not any(kind == "arithmetic" for kind, _ in changes(source))


@pytest.mark.parametrize(
    "source",
    [
        "x = 0x" + "f" * 5000,
        "x = " + "9" * 4300 + " + 1",
        "x = 0b" + "1" * 99_000 + " + 1",
        "x = 1e999 + 1e308",
        "x = 1\ry = 2\rz = 3",
        "x = " + "-" * 3000 + "1",
        "if x:\n    y = 1\n" + "".join(f"elif x == {n}:\n    y = {n}\n" for n in range(900)),
        "x = [" + "[" * 150 + "1 + 1" + "]" * 150 + "]",
        "x = " + " + ".join("1" * 2000),
        "x = '\ud800' + 1",
        "x = '\\ud800' + y[1]",
        "x = 1\n--x\n++x\n-- x",
        "x = 1 \\\r\n  + 2\r\ny = 3",
    ],
    ids=range(13),
)
def test_whatever_a_key_holds(source: str) -> None:
    found = mutants.of(source, range(1, 2000))
    assert len(found) <= mutants.MOST
    assert all(each.mark and each.changed for each in found)


def test_lines_that_begin_with_signs_are_shown() -> None:
    (one, *_) = [each for each in mutants.of("x = (1\n--2)", {2}) if each.kind == "off by one"]
    assert one.changed == ("---2)", "+--1)")


def test_a_large_key_takes_no_longer_than_its_mutants() -> None:
    source = "\n".join(f"x{n} = x{n - 1} + {n}" for n in range(1, 3000))
    begun = time.process_time()
    assert len(mutants.of(source, range(1, 3000))) == mutants.MOST
    assert time.process_time() - begun < 20
