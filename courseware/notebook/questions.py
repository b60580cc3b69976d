"""Questions in the text cells of a lesson: what is asked, and the answer key, which no student gets.

In: an author's Markdown cell that holds, between a line with `BEGIN QUIZ KEY` and one with `END ANSWER
KEY`, a few lines of TOML. Out: the question as a frozen record, and the cell as students have it, without
these lines. A choice is the list at the end of the text and `right` (one position, or several in brackets);
`number` with `tolerance` or `percent` asks for a number, `accepted` for a short text. Refused, in one
sentence: whatever could not be asked, or would leave the key in.
"""

import dataclasses
import hashlib
import json
import math
import re
import tomllib
from collections.abc import Mapping
from typing import Any, Literal

from courseware import errors
from courseware.notebook import cells, files, settings_nbgrader

Kind = Literal["one", "several", "number", "text"]
WORDS = settings_nbgrader.Delimiters().key
MOST_OPTIONS, MOST_ACCEPTED, MOST_HINTS, MOST_ATTEMPTS = 20, 50, 5, 100
LONGEST = 200
"""Characters of a short text, given or accepted."""
_LONGEST_KEY = 20_000
_KINDS = ("right", "number", "accepted")
_BELONG = {"tolerance": "number", "percent": "number", "case": "accepted"}
_KNOWN = (*_KINDS, *_BELONG, "explanation", "hints", "attempts")
_OPTION = re.compile(r"[-*+][ \t]+(\S.*)")
_TICK = re.compile(r"\[[ xX]?\](?:\s|$)")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked, and what is right: `right` are positions of options, counted from 1; `tolerance` is how
    far a number may be from `number`; `hints` are told one after each wrong answer. Without `attempts` the
    course says how often it is answered.
    """

    kind: Kind
    prompt: str
    options: tuple[str, ...] = ()
    right: tuple[int, ...] = ()
    number: float = 0.0
    tolerance: float = 0.0
    accepted: tuple[str, ...] = ()
    case: bool = False
    explanation: str = ""
    hints: tuple[str, ...] = ()
    attempts: int | None = None

    @property
    def version(self) -> str:
        """Changes with what is right, and with nothing else. Never told: from it a key could be guessed."""
        decides = [self.kind, self.options, self.right, self.number, self.tolerance, self.accepted, self.case]
        return hashlib.sha256(json.dumps(decides).encode(errors="surrogatepass")).hexdigest()


def to_json(question: Question) -> dict[str, Any]:
    """The question as plain data."""
    return dataclasses.asdict(question)


def from_json(told: Mapping[str, Any]) -> Question:
    """The question that `to_json` made plain."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in told.items()
    }
    return Question(**values)


def split(source: str) -> tuple[str, str] | None:
    """The text that students get, and the key's own; None where there is no key.

    Raises:
        UserError: the key has no beginning or no end, or there are several.
    """
    begin, end = WORDS
    if begin not in source and end not in source:
        return None
    lines = source.split("\n")
    begins = [number for number, line in enumerate(lines) if begin in line]
    ends = [number for number, line in enumerate(lines) if end in line]
    if len(begins) != 1 or len(ends) != 1 or begins[0] >= ends[0]:
        raise errors.UserError(f"A question has one line {begin} and, below it, one line {end}.")
    kept = [*lines[: begins[0]], *lines[ends[0] + 1 :]]
    return "\n".join(kept).rstrip(), "\n".join(lines[begins[0] + 1 : ends[0]])


def of(cell: files.Cell) -> Question | None:
    """The question in an author's cell; None if it has no answer key.

    Raises:
        UserError: says what about the question is wrong.
    """
    parts = split(cell["source"])
    if parts is None:
        return None
    text, key = parts
    if cell["cell_type"] != "markdown":
        raise errors.UserError("An answer key stands in a cell that is no text; ask in a Markdown cell.")
    known = cells.marking(cell)
    if known is not None and (known.kind or known.solution):
        raise errors.UserError("A question gives no points; take the cell's role as an exercise away.")
    return _question(text, _table(key))


def released(cell: files.Cell) -> files.Cell:
    """The cell as students have it.

    Raises:
        UserError: as `of`.
    """
    parts = split(cell["source"])
    return cell if parts is None else {**cell, "source": parts[0]}


def _table(key: str) -> dict[str, Any]:
    """The lines of the key as TOML gives them, names looked over."""
    if len(key) > _LONGEST_KEY:
        raise errors.UserError(f"The answer key is longer than {_LONGEST_KEY} characters.")
    try:
        told = tomllib.loads(key)
    except (ValueError, RecursionError) as error:
        reason = str(error).split("\n", 1)[0]
        raise errors.UserError(f"The answer key is no TOML, as in right = 2: {reason}.") from None
    unknown = next((name for name in told if name not in _KNOWN), None)
    if unknown is not None:
        raise errors.UserError(f"An answer key knows no {unknown[:40]!r}; known are {', '.join(_KNOWN)}.")
    found = [name for name in _KINDS if name in told]
    if len(found) != 1:
        raise errors.UserError("An answer key has one of right, number and accepted.")
    stray = next((name for name, kind in _BELONG.items() if name in told and kind != found[0]), None)
    if stray is not None:
        raise errors.UserError(f"In an answer key {stray} goes with {_BELONG[stray]}, not with {found[0]}.")
    return told


def _question(text: str, told: Mapping[str, Any]) -> Question:
    """The question with this text and this key."""
    common: dict[str, Any] = {
        "explanation": _words(told, "explanation"),
        "hints": _list(told.get("hints", []), "hints", MOST_HINTS, 2000),
        "attempts": _attempts(told),
    }
    if "right" in told:
        prompt, options = _options(text)
        several = isinstance(told["right"], list)
        right = _right(told["right"], len(options))
        kind: Kind = "several" if several else "one"
        return Question(kind=kind, prompt=_prompt(prompt), options=options, right=right, **common)
    if "number" in told:
        number, tolerance = _number(told)
        return Question(kind="number", prompt=_prompt(text), number=number, tolerance=tolerance, **common)
    accepted = _list(told["accepted"], "accepted", MOST_ACCEPTED, LONGEST)
    if not accepted:
        raise errors.UserError("accepted lists no answer, so nobody could be right.")
    case = told.get("case", False)
    if not isinstance(case, bool):
        raise errors.UserError("case is true or false.")
    return Question(kind="text", prompt=_prompt(text), accepted=accepted, case=case, **common)


def _prompt(text: str) -> str:
    if not text.strip():
        raise errors.UserError("The question asks nothing: there is no text before its answers.")
    return text.rstrip()


def _options(text: str) -> tuple[str, tuple[str, ...]]:
    """What stands before the list that ends the text, and its items."""
    lines = text.rstrip().split("\n")
    found: list[str] = []
    while lines and (item := _OPTION.fullmatch(lines[-1].rstrip())):
        found.insert(0, item[1])
        lines.pop()
    if not 2 <= len(found) <= MOST_OPTIONS:
        raise errors.UserError(
            f"A choice ends with a list of 2 to {MOST_OPTIONS} answers, each a line that begins with a dash."
        )
    if any(_TICK.match(each) for each in found):
        raise errors.UserError("Take the boxes out of the list of answers; what is right stands in the key.")
    if len(set(found)) < len(found):
        raise errors.UserError("Two answers of the list are the same.")
    return "\n".join(lines), tuple(found)


def _right(told: Any, most: int) -> tuple[int, ...]:
    """The positions of right options."""
    listed = told if isinstance(told, list) else [told]
    whole = all(type(each) is int and 1 <= each <= most for each in listed)
    if not listed or not whole or len(set(listed)) < len(listed):
        raise errors.UserError(
            f"right is the position of the right answer, from 1 to {most}, or several of them as [1, 3]."
        )
    return tuple(sorted(listed))


def _number(told: Mapping[str, Any]) -> tuple[float, float]:
    """The number that is right, and how far one may be from it."""
    if "tolerance" in told and "percent" in told:
        raise errors.UserError("An answer key has tolerance or percent, not both.")
    numbers = {name: told[name] for name in ("number", "tolerance", "percent") if name in told}
    for name, value in numbers.items():
        finite = type(value) in (int, float) and abs(value) < 1e300 and math.isfinite(value)
        if not finite or (name != "number" and value < 0):
            rest = "" if name == "number" else " of 0 or more"
            raise errors.UserError(f"{name} is a number{rest}, as 0.5.")
    number = float(numbers["number"])
    share = abs(number) * float(numbers.get("percent", 0)) / 100
    return number, float(numbers.get("tolerance", share))


def _words(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name, "")
    if not isinstance(value, str):
        raise errors.UserError(f"{name} is a text in quotation marks.")
    return value.strip()


def _list(told: Any, name: str, most: int, longest: int) -> tuple[str, ...]:
    """A list of texts, none empty."""
    texts = isinstance(told, list) and all(isinstance(each, str) and each.strip() for each in told)
    if not texts or len(told) > most or any(len(each) > longest for each in told):
        raise errors.UserError(
            f'{name} is a list of at most {most} texts of up to {longest} characters, as ["one", "two"].'
        )
    return tuple(each.strip() for each in told)


def _attempts(told: Mapping[str, Any]) -> int | None:
    value = told.get("attempts")
    if value is not None and (type(value) is not int or not 1 <= value <= MOST_ATTEMPTS):
        raise errors.UserError(f"attempts is a whole number from 1 to {MOST_ATTEMPTS}.")
    return value
