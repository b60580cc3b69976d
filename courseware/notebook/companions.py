"""Files that lie beside the notebooks: the same stripping as in cells, because a key left in a helper file is a leak.

In: the bytes of one file of the lesson's source folder. Out: what students get and what the tests run with. A file that is
no text passes through. Refused: a solution or hidden test that begins and does not end.
"""

import dataclasses

from courseware import errors

_SOLUTION = ("BEGIN SOLUTION", "END SOLUTION")
_HIDDEN = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
_SUFFIXES = (".py", ".r", ".jl", ".md", ".txt", ".tex", ".csv", ".json", ".toml", ".yml", ".yaml", ".sh", ".sql")
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Companion:
    """One file in its two versions; `answer` says that students are to change it, so theirs is used when marking."""

    student: bytes
    instructor: bytes
    answer: bool


def split(data: bytes, *, name: str, stub: str = STUB) -> Companion:
    """The two versions of a file.

    Raises:
        UserError: a region without an end, or one inside another; names file and line.
    """
    if not name.lower().endswith(_SUFFIXES):
        return Companion(student=data, instructor=data, answer=False)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return Companion(student=data, instructor=data, answer=False)
    if _SOLUTION[0] not in text and _HIDDEN[0] not in text:
        return Companion(student=data, instructor=data, answer=False)
    cleared = _without(text, _SOLUTION, name, stub if name.endswith(".py") else "")
    student = _without(cleared, _HIDDEN, name, "")
    return Companion(student=student.encode(), instructor=cleared.encode(), answer=_SOLUTION[0] in text)


def _without(text: str, region: tuple[str, str], name: str, stub: str) -> str:
    """The text with each region replaced by the stub, at the indent of its first line."""
    kept: list[str] = []
    begun = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if region[0] in line:
            if begun:
                raise errors.UserError(f"{name}, line {number}: {region[0]} inside another one.")
            begun = number
            indent = line[: len(line) - len(line.lstrip())]
            kept += [indent + part for part in stub.split("\n")] if stub else []
        elif region[1] in line:
            begun = 0
        elif not begun:
            kept.append(line)
    if begun:
        raise errors.UserError(f"{name}, line {begun}: {region[0]} has no {region[1]}.")
    return "\n".join(kept)
