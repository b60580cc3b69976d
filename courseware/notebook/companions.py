"""Files beside the notebooks: the same stripping as in cells, because a key left in a helper file is a leak.

In: the bytes of one file of the lesson's source folder, whatever its name. Out: what students get and what
the tests run with. A file without such regions passes through. Refused: a solution or hidden test that
begins and does not end, or ends and never began, or that stands in a file from which lines cannot be taken
out.
"""

import dataclasses

from courseware import errors
from courseware.notebook import settings_nbgrader

_USUAL = settings_nbgrader.Delimiters()
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Companion:
    """One file in its two versions; `answer`: students change it, so theirs is used when marking."""

    student: bytes
    instructor: bytes
    answer: bool


def split(
    data: bytes, *, name: str, stub: str = STUB, words: settings_nbgrader.Delimiters = _USUAL
) -> Companion:
    """The two versions of a file; `words` are the course's delimiters.

    Raises:
        UserError: a region that lacks its end or beginning, inside another, or in no text; says where.
    """
    if any(word.encode(coding) in data for word in words.key for coding in ("utf-8", "utf-16-le")):
        raise errors.UserError(
            f"{name} has an answer key; questions are asked in the text cells of notebooks only."
        )
    marks = (*words.solution, *words.hidden)
    if not any(word.encode(coding) in data for word in marks for coding in ("utf-8", "utf-16-le")):
        return Companion(student=data, instructor=data, answer=False)
    if b"\0" in data:
        raise errors.UserError(
            f"{name} has a solution or hidden test but is no UTF-8 text. Save it as UTF-8 or remove it."
        )
    # Escaped, so that a text in another encoding loses the region and keeps every other byte.
    text = data.decode(errors="surrogateescape")
    cleared = _without(text, words.solution, name, stub if name.lower().endswith(".py") else "")
    student = _without(cleared, words.hidden, name, "")
    return Companion(
        student=student.encode(errors="surrogateescape"),
        instructor=cleared.encode(errors="surrogateescape"),
        answer=words.solution[0] in text,
    )


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
            if not begun:
                raise errors.UserError(f"{name}, line {number}: {region[1]} has no {region[0]} above it.")
            begun = 0
        elif not begun:
            kept.append(line)
    if begun:
        raise errors.UserError(f"{name}, line {begun}: {region[0]} has no {region[1]}.")
    return "\n".join(kept)
