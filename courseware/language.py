"""The words of a letter or a page in its reader's language, and times as that language writes them.

In: the name of a language, or what a browser asks for, and the catalogues in `languages/`: for each language
one gettext file for letters, one for pages and one for the sentences that the rooms say (`said`). Out:
functions that translate. What a catalogue does not have stays English. Refused: a language that has none.
"""

import ast
import dataclasses
import datetime
import functools
import gettext
import re
import zoneinfo
from collections.abc import Callable, Mapping
from pathlib import Path

from courseware import errors

NAMES: Mapping[str, str] = {"en": "English", "de": "Deutsch", "ar": "العربية"}
"""The languages that there are, as they call themselves."""
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
_FOLDER = Path(__file__).parent / "languages"
_QUALITY = re.compile(r"q=([01](?:\.[0-9]{1,3})?)")
_PLURAL = re.compile(r"\bplural=([^;]+);")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WHEN = "{day} {number} {month} {year}, {time} {zone}"
_GAP = re.compile(r"{(\w+)}")
_COUNT = re.compile(r"(\d+) ([a-z]+(?: [a-z]+)*)")
_TOLD = re.compile(r"(\w{3}) (\d\d?) (\w{3}) (\d{4}), (\d\d:\d\d) \(?([\w/+-]+)\)?")
_END = re.compile(r"(?<=[.!?…]) (?=[^a-z])")


class Sayings:
    """Sentences with gaps, as `It came {span} late.`, and what they are in a language.

    What fills a gap is put in as it is. In gaps whose name begins with `span` or `count` the numbers of
    things are translated, in those with `when` the time, in those with `say` a sentence, in those with `word`
    a word that the catalogue has.
    """

    def __init__(self, texts: Mapping[str, tuple[str, ...]]) -> None:
        # The more of a sentence is given, the sooner it is tried: `{what} is empty.` fits nearly all.
        ordered = sorted(texts, key=lambda text: -len(_GAP.sub("", text)))
        self._known = [(_pattern(text), texts[text][0]) for text in ordered if "{number}" not in text]

    def find(self, text: str) -> tuple[str, dict[str, str]] | None:
        """The translation with its gaps, and what fills them; None for what is not known."""
        for pattern, meant in self._known:
            if found := pattern.fullmatch(text):
                return meant, found.groupdict()
        return None


def _pattern(text: str) -> re.Pattern[str]:
    """What a sentence with gaps looks like when they are filled."""
    parts = _GAP.split(text)
    made = [re.escape(part) if at % 2 == 0 else f"(?P<{part}>.+?)" for at, part in enumerate(parts)]
    return re.compile("".join(made), re.DOTALL)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Words:
    """A language: called with an English text it gives the text in the language."""

    name: str
    texts: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    plural: Callable[[int], int] = lambda number: int(number != 1)
    sayings: Sayings = dataclasses.field(default_factory=lambda: Sayings({}))

    @property
    def opening(self) -> str:
        """How an HTML document in it begins."""
        return f'<!doctype html><html lang="{self.name}" dir="{self.direction}">'

    @property
    def direction(self) -> str:
        """Which way it is read, as HTML says it."""
        return "rtl" if self.name in _RIGHT_TO_LEFT else "ltr"

    def __call__(self, text: str) -> str:
        """A text."""
        return self.texts.get(text, (text,))[0] or text

    def many(self, one: str, several: str, number: int) -> str:
        """A text for a number of things; `{number}` in it is put in."""
        forms = self.texts.get(one, (one, several))
        found = forms[min(self.plural(number), len(forms) - 1)]
        return found.format(number=number)


ENGLISH = Words(name="en")


def later(text: str) -> str:
    """A text that stands in a table and is translated when it is used."""
    return text


def check(name: str) -> None:
    """Refuse what there is not.

    Raises:
        UserError: a language without a catalogue.
    """
    if name not in NAMES:
        told = ", ".join(NAMES)
        raise errors.UserError(f"There is no language {name[:16]!r} here. Known are {told}.", code="invalid")


def words(name: str | None) -> Words:
    """A language, whatever the country; English for one that is not known."""
    code = (name or "en").partition("-")[0]
    return _read(code) if code in NAMES and code != "en" else ENGLISH


def called(code: str) -> str:
    """A language as it calls itself, as far as it is known; else its code."""
    return NAMES.get(code.partition("-")[0], code)


def pages(name: str | None) -> Words:
    """A language as the pages speak it; what they share with letters, such as months, is written once."""
    letters = words(name)
    if letters is ENGLISH:
        return ENGLISH
    texts = {**letters.texts, **_read(f"pages.{letters.name}").texts, **_read(f"said.{letters.name}").texts}
    return dataclasses.replace(letters, texts=texts, sayings=_sayings(letters.name))


def asked(header: str) -> str:
    """The language that a browser (`Accept-Language`) likes best of those that there are; else English."""
    found: list[tuple[float, str]] = []
    for part in header[:1000].split(","):
        tag, _, weight = part.partition(";")
        name = tag.strip().lower().partition("-")[0]
        quality = _QUALITY.fullmatch(weight.strip()) if weight.strip() else None
        liked = 0.0 if weight.strip() and quality is None else float(quality[1]) if quality else 1.0
        if name in NAMES and liked > 0:
            found.append((liked, name))
    return max(found, key=lambda each: each[0], default=(1.0, "en"))[1]


def plurals(name: str) -> str:
    """Gettext's rule for numbers in a language, as its catalogue of letters has it."""
    return _head(name).partition("Plural-Forms: ")[2].partition("\n")[0]


def moment(at: datetime.datetime, zone: zoneinfo.ZoneInfo, told: Words = ENGLISH) -> str:
    """A time as people say it, with its zone: `Fri 27 Nov 2026, 23:59 CET`."""
    local = at.astimezone(zone)
    return told(WHEN).format(
        day=told(_DAYS[local.weekday()]),
        number=local.day,
        month=told(_MONTHS[local.month - 1]),
        year=local.year,
        time=f"{local:%H:%M}",
        zone=local.tzname(),
    )


def said(text: str, told: Words) -> str | None:
    """What a room said in English, in the language, whole or sentence by sentence; None unless all of it is
    known.
    """
    if told is ENGLISH or not text:
        return text
    whole = _one_said(text, told)
    if whole is not None:
        return whole
    parts = [_one_said(part, told) for part in _END.split(text)]
    return None if len(parts) == 1 or None in parts else " ".join(part for part in parts if part)


def _one_said(text: str, told: Words) -> str | None:
    found = told.sayings.find(text)
    if found is None:
        return None
    filled = {name: _filled(name, value, told) for name, value in found[1].items()}
    known = {name: value for name, value in filled.items() if value is not None}
    return found[0].format(**known) if len(known) == len(filled) else None


def _filled(name: str, value: str, told: Words) -> str | None:
    """What stands in a gap, as its name says."""
    kind = _KINDS.get(name.rstrip("0123456789_"))
    return kind(value, told) if kind else value


def _counts(value: str, told: Words) -> str | None:
    """Numbers of things, as `2 days 3 hours`; a thing without a number, as after "each", is one."""
    found = _COUNT.findall(value) or _COUNT.findall(f"1 {value}")
    said = []
    for number, word in found:
        one = word if number == "1" else word.removesuffix("s")
        if f"{{number}} {one}" not in told.texts:
            return None
        said.append(told.many(f"{{number}} {one}", "", int(number)))
    return " ".join(said) or None


def _told_when(value: str, told: Words) -> str | None:
    """A time that is in words already."""
    found = _TOLD.fullmatch(value)
    if found is None:
        return None
    day, number, month, year, time, zone = found.groups()
    return told(WHEN).format(day=told(day), number=number, month=told(month), year=year, time=time, zone=zone)


def _word(value: str, told: Words) -> str | None:
    """A word that the catalogue has."""
    return told(value) if value in told.texts else None


_KINDS: Mapping[str, Callable[[str, Words], str | None]] = {
    "span": _counts,
    "count": _counts,
    "when": _told_when,
    "say": said,
    "word": _word,
}


@functools.cache
def _sayings(name: str) -> Sayings:
    """The sentences of a language."""
    return Sayings(_read(f"said.{name}").texts)


@functools.cache
def _read(name: str) -> Words:
    """A catalogue from its file, which is named so."""
    texts = parsed((_FOLDER / f"{name}.po").read_text(encoding="utf-8"))
    header = "".join(texts.pop("", ()))
    rule = _PLURAL.search(header)
    # The rule of a catalogue is a formula that the standard library compiles, and nothing else.
    plural = gettext.c2py(rule[1]) if rule else ENGLISH.plural
    return Words(name=name, texts=texts, plural=plural)


def _head(name: str) -> str:
    """The header of the catalogue of letters."""
    found = parsed((_FOLDER / f"{name}.po").read_text(encoding="utf-8"))
    return "".join(found.get("", ()))


def parsed(text: str) -> dict[str, tuple[str, ...]]:
    """The texts of a gettext file, each with its translations; `""` has the header."""
    found: dict[str, tuple[str, ...]] = {}
    for block in re.split(r"\n\s*\n", text):
        entry: dict[str, str] = {}
        field = ""
        for line in block.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            if not line.startswith('"'):
                field, _, line = line.partition(" ")
            entry[field] = entry.get(field, "") + str(ast.literal_eval(line.strip()))
        forms = [value for name, value in sorted(entry.items()) if name.startswith("msgstr")]
        if "msgid" in entry and any(forms):
            found[entry["msgid"]] = tuple(forms)
    return found
