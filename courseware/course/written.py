"""Where something is written in `course.toml`; pure.

In: the text of the file, and of which lesson, or which group and its lesson, something is said. Out: the
place of a name, for the head of a message, and refusals that begin with it.
"""

import dataclasses
import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any

from courseware import errors, settings


@dataclasses.dataclass(frozen=True, kw_only=True)
class Source:
    """The file's name and text, and what of it is meant: the [[lessons]] entry of this position, or the
    [[groups]] entry of this position, in which perhaps the dates of one lesson; else all of it.
    """

    name: str
    text: str
    entry: int | None = None
    group: int | None = None
    slug: str = ""

    def at(self, word: str) -> str:
        """The place of a name."""
        if self.group is not None:
            line = _line_of_group(self.text, self.group, self.slug, word)
        elif self.entry is not None:
            line = line_in(self.text, self.entry, word)
        else:
            line = settings.line_of(self.text, word)
        return f"{self.name}, line {line}"

    def refuse(self, word: str, message: str) -> errors.UserError:
        """The refusal of what a name says."""
        return errors.UserError(f"{self.at(word)}: {message}")


def known(source: Source, found: Mapping[str, Any], allowed: Iterable[str]) -> None:
    """Refuse a name that is not known, with its line and the nearest known one."""
    listed = dict.fromkeys(allowed)
    for key in found:
        if key not in listed:
            refused = settings.unknown(source.name, source.text, key, listed)
            raise errors.UserError(f"{source.at(key)}: {refused.message.split(': ', 1)[1]}")


@functools.lru_cache(2)
def _entries(text: str, table: str) -> tuple[list[str], list[int]]:
    """The lines of a manifest, and those on which an entry of this table begins."""
    lines = text.splitlines()
    head = re.compile(rf"\s*\[\[\s*{table}\s*\]\]")
    return lines, [n for n, line in enumerate(lines) if head.match(line)]


def line_in(text: str, position: int, word: str) -> int:
    """The line of a name in the lesson's entry of this position; that of the entry where the name is not
    written.
    """
    lines, heads = _entries(text, "lessons")
    if position >= len(heads):
        return settings.line_of(text, word)
    end = heads[position + 1] if position + 1 < len(heads) else len(lines)
    wanted = re.compile(rf"(^|[{{,])\s*[\"']?{word}[\"']?\s*=")
    return next((n for n in range(heads[position], end) if wanted.search(lines[n])), heads[position]) + 1


def _line_of_group(text: str, position: int, slug: str, word: str) -> int:
    """The line of a name in the group of this position, there in the dates of the lesson, if one is named;
    that of the dates, or of the group, where the name is not written.
    """
    lines, heads = _entries(text, "groups")
    if position >= len(heads):
        return settings.line_of(text, slug or word)
    first = heads[position]
    if slug:
        entry = re.compile(rf"(?<![\w-]){re.escape(slug)}[\"']?\s*[\].=]")
        first = next((n for n in range(first, len(lines)) if entry.search(lines[n])), first)
    tables = (n for n in range(first + 1, len(lines)) if lines[n].lstrip().startswith("["))
    wanted = re.compile(rf"(?<![\w-]){re.escape(word)}[\"']?\s*=")
    found = (n for n in range(first, next(tables, len(lines))) if wanted.search(lines[n]))
    return next(found, first) + 1
