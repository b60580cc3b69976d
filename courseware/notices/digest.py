"""The words of a letter, as text and as HTML; pure.

In: items for one reader, and the address of the pages. Out: a subject and two bodies that say the same.
Marks, and what is private, are only named, unless the reader chose to have them in letters. Nothing in it is
fetched on reading: no pictures, no styles from elsewhere.
"""

import dataclasses
import datetime
import html
import zoneinfo
from collections.abc import Sequence

from courseware.discussion import markup
from courseware.notices import model

_HEADINGS: dict[model.Kind, str] = {
    "answer": "{who} answered your question",
    "mention": "{who} named you",
    "reply": "{who} replied in a discussion that you follow",
    "endorsed": "Staff endorsed what you wrote",
    "question": "{who} asked a question",
    "announcement": "{who} announced something",
    "marked": "Your work was marked",
    "changed": "The marks or comments on your work changed",
    "release": "A lesson is open, or has a new version",
    "date": "Work is due soon",
}
LONGEST = 4_000
_STYLE = "font-family:sans-serif;line-height:1.5;color:#1a1a1a;max-width:40em"
_QUOTE = "border-left:3px solid #b0b0b0;padding-left:0.8em;margin:0.5em 0"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Frame:
    """What is around the items: the course, the pages' address, how the reader wants it."""

    course: str
    base: str
    texts: bool
    zone: zoneinfo.ZoneInfo
    unsubscribe: str
    answers: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class Words:
    """What a letter says."""

    subject: str
    text: str
    html: str


def words(items: Sequence[model.Item], frame: Frame, *, alone: bool) -> Words:
    """A letter about one thing, or about several."""
    texts, parts = [], []
    for each in items:
        heading, lines, body = _heading(each), _lines(each, frame), _body(each, frame)
        link = frame.base + each.place if frame.base else ""
        texts.append("\n".join(part for part in (heading, *lines, body and f"\n{body}\n", link) if part))
        told = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
        said = f'<blockquote style="{_QUOTE}">{markup.made(body)}</blockquote>' if body else ""
        where = f'<p><a href="{html.escape(link)}">Open it in the course</a></p>' if link else ""
        parts.append(f'<h2 style="font-size:1.1em">{html.escape(heading)}</h2>{told}{said}{where}')
    foot = _foot(frame)
    ending = (
        ""
        if not frame.unsubscribe
        else f'<p><a href="{html.escape(frame.unsubscribe)}">No more letters like this</a></p>'
    )
    closing = "".join(f"<p>{html.escape(line)}</p>" for line in foot)
    return Words(
        subject=_subject(items, frame, alone=alone),
        text="\n\n----\n\n".join(texts)
        + "\n\n-- \n"
        + "\n".join(
            [*foot, *([f"No more letters like this: {frame.unsubscribe}"] if frame.unsubscribe else [])]
        ),
        html=f'<!doctype html><html><head><meta charset="utf-8"></head><body style="{_STYLE}">'
        + "<hr>".join(parts)
        + f'<hr><div style="font-size:0.85em">{closing}{ending}</div></body></html>',
    )


def _heading(item: model.Item) -> str:
    if item.kind == "marked" and item.part:
        return "A part of your work was marked"
    return _HEADINGS[item.kind].format(who=item.who or "Somebody")


def _open(item: model.Item, frame: Frame) -> bool:
    """Whether title and text can be in a letter."""
    return frame.texts or not item.private


def _lines(item: model.Item, frame: Frame) -> list[str]:
    """What an item is about."""
    lines = []
    if not _open(item, frame):
        lines.append("It is private. Read it on the pages of the course.")
    elif item.title:
        lines.append(f"{item.lesson}: {item.title}" if item.lesson else item.title)
    if frame.texts and item.score is not None and item.max_score is not None:
        lines.append(f"{item.score:g} of {item.max_score:g} points")
    if item.kind == "date" and item.due is not None:
        local: datetime.datetime = item.due.astimezone(frame.zone)
        lines.append(f"Due {local:%Y-%m-%d %H:%M} ({frame.zone.key})")
    return lines


def _body(item: model.Item, frame: Frame) -> str:
    """What was said, not endless."""
    if not _open(item, frame):
        return ""
    return item.text if len(item.text) <= LONGEST else item.text[: LONGEST - 1].rstrip() + "…"


def _subject(items: Sequence[model.Item], frame: Frame, *, alone: bool) -> str:
    """What stands in a list of letters. A thread's letters have one subject, so that they stand together."""
    first = items[0]
    if not alone or len(items) > 1:
        number = "one notice" if len(items) == 1 else f"{len(items)} notices"
        return f"[{frame.course}] {number}"
    if first.kind in model.TALK:
        return f"[{frame.course}] {first.title if _open(first, frame) else 'A private question'}"
    return f"[{frame.course}] {_heading(first)}: {first.title}"


def _foot(frame: Frame) -> list[str]:
    """Why this letter came, and whether it can be answered."""
    answer = "Answer this letter to reply in the discussion." if frame.answers else ""
    return [line for line in (answer, f"You get this letter because you are in {frame.course}.") if line]
