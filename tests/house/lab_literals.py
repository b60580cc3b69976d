"""The texts of the Lab extension's TypeScript, and of scripts of pages, that go past the catalogues.

In: a source. Out: the string literals that a person would read or hear: those that are given to the page (a
text, a title, a label, what is appended), and wherever they stand those that look like a sentence. Left out:
what stands in `trans.__()` or `words._n()`, what elements are called, and descriptions of plugins and tokens,
which JupyterLab itself shows in English.
"""

import bisect
import dataclasses
import re
from collections.abc import Iterator

from tests.house import lab_words

_STEP = re.compile(
    r"//[^\n]*|/\*.*?\*/"
    r"|(?P<string>'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\")"
    # A pattern, where a division cannot be.
    r"|(?:(?<=[=(,:!&|?\[;])|(?<=[=(,:!&|?\[;] ))/(?![/*])"
    r"(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*"
    r"|[`{}]|[^`{}'\"/]+|.",
    re.S,
)
_TEMPLATE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*", re.S)
_PROPERTIES = "textContent|innerText|title|placeholder|alt|ariaLabel|label|caption"
_ATTRIBUTES = {"alt", "aria-description", "aria-label", "aria-valuetext", "placeholder", "title"}
_GIVEN = re.compile(
    rf"\.(?:{_PROPERTIES})\s*\+?=(?!=)"
    rf"|\b(?P<property>{_PROPERTIES}):"
    r"|\b(?P<attribute>setAttribute)\("
    r"|\b(?:append|prepend|before|after|replaceChildren|replaceWith|createTextNode|Option)\("
    r"|\bNotification\.\w+\("
)
_UNREAD = re.compile(
    r"\bnew Token<\w+>\(|\b(?P<property>description):"
    r"|\b(?:querySelector(?:All)?|closest|matches|createElement|getElementById|replace)\("
)
_COMPARED = re.compile(r"(?:[!=]==?|\bcase)\s*$")
WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(
    r"%[1-9]"  # a gap of JupyterLab's translations
    r"|^[A-Z][a-z]+\W*$"
    r"|(?<![\w.-])"
    r"(?:[A-Za-z][a-z]+(?:[,;:]? [a-z]+){2,}|[A-Z][a-z]+ [a-z]+|[A-Z][a-z]+[.…!?](?!\w))(?![\w-])"
)
_PLAIN = {"Editor", "Enter", "Escape", "Notebook", "Tab", "legend", "noopener noreferrer nofollow ugc"}
"""What JupyterLab and browsers call kinds of documents, keys, elements and relations of links."""
_OPEN, _CLOSE = "([{", ")]}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Literal:
    """A text of a source, and where it begins."""

    at: int
    text: str


def past(source: str) -> list[str]:
    """What a person would read or hear and no catalogue has."""
    found, code = _literals(source)
    places = [each.at for each in found]

    def within(begin: int, end: int) -> list[Literal]:
        return found[bisect.bisect_left(places, begin) : bisect.bisect_left(places, end)]

    apart = {
        each.at
        for calls in (lab_words.CALL, _UNREAD)
        for call in calls.finditer(code)
        for each in within(call.end(), _end(code, call))
    }
    given = {
        each.at
        for sink in _GIVEN.finditer(code)
        for each in _told(sink, within(sink.end(), _end(code, sink)))
        if WORD.search(each.text)
    }
    return [
        each.text
        for each in found
        if each.at not in apart and each.text not in _PLAIN
        if (each.at in given or _SENTENCE.search(each.text)) and not _COMPARED.search(code, 0, each.at)
    ]


def _told(sink: re.Match[str], texts: list[Literal]) -> list[Literal]:
    """What of the texts given there is read or heard."""
    if not sink["attribute"]:
        return texts
    return texts[1:] if texts and texts[0].text in _ATTRIBUTES else []


def _end(code: str, begun: re.Match[str]) -> int:
    """Where the value of a property, an expression or the arguments of a call end."""
    depth, ends = 0, ";," if begun.groupdict().get("property") else ";"
    for at in range(begun.end(), len(code)):
        depth += (code[at] in _OPEN) - (code[at] in _CLOSE)
        if depth < 0 or (depth == 0 and code[at] in ends):
            return at
    return len(code)


def _literals(source: str) -> tuple[list[Literal], str]:
    """The texts of a source, and the source with blanks where texts and comments are."""
    found: list[Literal] = []
    code: list[str] = []
    for at, part, is_text in _parts(source):
        if is_text:
            found.append(Literal(at=at, text=part.strip("'\"")))
        blank = is_text or (part.startswith("/") and len(part) > 1)
        code.append(re.sub(r"[^\n]", " ", part) if blank else part)
    return found, "".join(code)


def _parts(source: str) -> Iterator[tuple[int, str, bool]]:
    """The source piece by piece, and whether a piece is a text; braces of templates stay balanced."""
    at, depth, templates = 0, 0, list[int]()
    while at < len(source):
        step = _STEP.match(source, at)
        assert step
        part = step[0]
        yield at, part, bool(step["string"])
        at = step.end()
        depth += (part == "{") - (part == "}")
        closes = part == "}" and templates and templates[-1] == depth
        if part != "`" and not closes:
            continue
        if closes:
            templates.pop()
        text = _TEMPLATE.match(source, at)
        assert text
        yield at, text[0], True
        at = text.end()
        if source.startswith("${", at):
            templates.append(depth)
            depth += 1
            yield at, "${", False
            at += 2
        else:
            yield at, source[at : at + 1], False
            at += 1
