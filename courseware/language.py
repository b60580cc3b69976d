"""The words of a letter or a page in its reader's language, and times as that language writes them.

In: the name of a language, or what a browser asks for, and the catalogues in `languages/`: for each language
one gettext file for letters and one for pages. Out: functions that translate. What a catalogue does not have
stays English. Refused: a language without a catalogue.
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

NAMES: Mapping[str, str] = {"en": "English", "de": "Deutsch"}
"""The languages that there are, as they call themselves."""
_FOLDER = Path(__file__).parent / "languages"
_QUALITY = re.compile(r"q=([01](?:\.[0-9]{1,3})?)")
_PLURAL = re.compile(r"plural=([^;]+);")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WHEN = "{day} {number} {month} {year}, {time} {zone}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Words:
    """A language: called with an English text it gives the text in the language."""

    name: str
    texts: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    plural: Callable[[int], int] = lambda number: int(number != 1)

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
    """A language; English for one that is not known any more."""
    return _read(name) if name in NAMES and name not in (None, "en") else ENGLISH


def called(code: str) -> str:
    """A language as it calls itself, as far as it is known; else its code."""
    return NAMES.get(code.partition("-")[0], code)


def pages(name: str | None) -> Words:
    """A language as the pages speak it; what they share with letters, such as months, is written once."""
    letters = words(name)
    if letters is ENGLISH:
        return ENGLISH
    return dataclasses.replace(letters, texts={**letters.texts, **_read(f"pages.{letters.name}").texts})


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


@functools.cache
def _read(name: str) -> Words:
    """A catalogue from its file, which is named so."""
    texts = parsed((_FOLDER / f"{name}.po").read_text(encoding="utf-8"))
    header = "".join(texts.pop("", ()))
    rule = _PLURAL.search(header)
    # The rule of a catalogue is a formula that the standard library compiles, and nothing else.
    plural = gettext.c2py(rule[1]) if rule else ENGLISH.plural
    return Words(name=name, texts=texts, plural=plural)


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
