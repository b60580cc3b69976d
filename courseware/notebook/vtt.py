"""Captions, chapters and descriptions as WebVTT, read strictly enough that what is wrong can be named.

In: the bytes of a `.vtt` file from anywhere. Out: its cues in seconds, and what is wrong with which line. A
cue that cannot be read is left out and told; nothing is raised, so that a page shows what is good.
"""

import dataclasses
import html
import re
from collections.abc import Iterator

MOST = 2_000_000
"""Bytes that are read of one file: an hour of speech has about 100 kB."""
_MOST_CUES = 20_000
_TIME = r"(?:([0-9]{2,4}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})"
_TIMES = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t].*)?")
_VOICE = re.compile(r"<v(?:\.[^ \t<>]*+)?[ \t]++([^<>]*+)>")
_TAG = re.compile(r"<[^<>]*+>")
_HINT = "Write for example: 00:00:01.000 --> 00:00:04.500."


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cue:
    """What is said from `start` to `end`, in seconds, as plain text; `line` is that of its times, `payload`
    the text as it is written.
    """

    start: float
    end: float
    text: str
    line: int
    payload: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong at a line; players pass over what is not `severe`."""

    line: int
    message: str
    severe: bool = True


@dataclasses.dataclass(frozen=True, kw_only=True)
class Track:
    """What a file says."""

    cues: tuple[Cue, ...] = ()
    problems: tuple[Problem, ...] = ()


def read(data: bytes) -> Track:
    """The cues of a file, and what is wrong with it."""
    if len(data) > MOST:
        return _broken(f"The file has more than {MOST // 10**6} MB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _broken("The file is not UTF-8 text.")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        return _broken("The first line must be WEBVTT.")
    cues: list[Cue] = []
    problems: list[Problem] = []
    for number, block in _blocks(lines):
        found = _cue(number, block)
        if isinstance(found, Problem):
            problems.append(found)
        elif found is not None:
            problems += _order(found, cues)
            cues.append(found)
        if len(cues) > _MOST_CUES:
            problems.append(Problem(line=number, message=f"There are more than {_MOST_CUES} cues."))
            break
    return Track(cues=tuple(sorted(cues, key=lambda cue: cue.start)), problems=tuple(problems))


def _broken(message: str) -> Track:
    return Track(problems=(Problem(line=1, message=message),))


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """What stands between empty lines after the head, with the number of its first line."""
    block: list[str] = []
    head = True
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip():
            block.append(line)
            continue
        if block and not head:
            yield number - len(block), block
        head, block = False, []


def _cue(number: int, block: list[str]) -> Cue | Problem | None:
    """The cue in a block; None for a note, a style or a region."""
    if re.match(r"(?:NOTE|STYLE|REGION)(?:[ \t]|$)", block[0]) and "-->" not in block[0]:
        return None
    named = "-->" not in block[0] and len(block) > 1
    times, number = (block[1], number + 1) if named else (block[0], number)
    found = _TIMES.fullmatch(times.strip())
    if found is None:
        return Problem(line=number, message=f"{times.strip()[:60]!r} is no pair of times. {_HINT}")
    start, end = _seconds(found.groups()[:4]), _seconds(found.groups()[4:])
    if end <= start:
        return Problem(line=number, message="The cue ends before it begins.")
    said = block[2 if named else 1 :]
    again = next((at for at, line in enumerate(said) if "-->" in line), None)
    if again is not None:
        message = "A cue begins here without an empty line above it."
        return Problem(line=number + 1 + again, message=message)
    text = plain(" ".join(said))
    if not text:
        return Problem(line=number, message="The cue says nothing.")
    return Cue(start=start, end=end, text=text, line=number, payload="\n".join(said))


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def _order(cue: Cue, before: list[Cue]) -> Iterator[Problem]:
    """Whether a cue comes after the one above it."""
    if not before:
        return
    last = before[-1]
    if cue.start < last.start:
        yield Problem(line=cue.line, message=f"The cue begins before that of line {last.line}.")
    elif cue.start < last.end:
        told = f"The cue overlaps that of line {last.line}, which ends at {last.end:.3f} seconds."
        yield Problem(line=cue.line, message=told, severe=False)


def plain(text: str) -> str:
    """The words of a cue without their marks; who speaks stands in front."""
    named = _VOICE.sub(lambda found: f"{found.group(1).strip()}: ", text)
    return " ".join(html.unescape(_TAG.sub("", named)).split())
