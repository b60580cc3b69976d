"""The words of a letter, as text and as HTML; pure.

In: items for one reader, their language, and the address of the pages. Out: a subject and two bodies that
say the same.
Marks, and what is private, are only named, unless the reader chose to have them in letters. Nothing in it is
fetched on reading: no pictures, no styles from elsewhere.
"""

import dataclasses
import html
import re
import zoneinfo
from collections.abc import Sequence

from courseware import language
from courseware.discussion import markup
from courseware.notices import model

_HEADINGS: dict[model.Kind, str] = {
    "answer": language.later("{who} answered your question"),
    "mention": language.later("{who} named you"),
    "reply": language.later("{who} replied in a discussion that you follow"),
    "endorsed": language.later("Staff endorsed what you wrote"),
    "question": language.later("{who} asked a question"),
    "announcement": language.later("{who} announced something"),
    "marked": language.later("Your work was marked"),
    "changed": language.later("The marks or comments on your work changed"),
    "release": language.later("A lesson is open, or has a new version"),
    "date": language.later("Work is due soon"),
    "stopped": language.later("A draft is not published as planned"),
}
_PART = language.later("A part of your work was marked")
_NUMBERED = re.compile(r"Anonymous(?: (\d+))?")
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
    words: language.Words = language.ENGLISH


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
        heading, lines, body = _heading(each, frame), _lines(each, frame), _body(each, frame)
        link = frame.base + each.place if frame.base else ""
        plain = f"\n{markup.spoken(body)}\n" if body else ""
        texts.append("\n".join(part for part in (heading, *lines, plain, link) if part))
        parts.append(_part(heading, lines, body, link, frame))
    foot, end = _foot(frame), frame.words("No more letters like this")
    ending = f'<p><a href="{html.escape(frame.unsubscribe)}">{html.escape(end)}</a></p>'
    closing = "".join(f"<p>{html.escape(line)}</p>" for line in foot) + (ending if frame.unsubscribe else "")
    said = [*foot, *([f"{end}: {frame.unsubscribe}"] if frame.unsubscribe else [])]
    return Words(
        subject=_subject(items, frame, alone=alone),
        text="\n\n----\n\n".join(texts) + "\n\n-- \n" + "\n".join(said),
        html=f'{frame.words.opening}<head><meta charset="utf-8"></head>'
        f'<body style="{_STYLE}">{"<hr>".join(parts)}'
        f'<hr><div style="font-size:0.85em">{closing}</div></body></html>',
    )


def _part(heading: str, lines: Sequence[str], body: str, link: str, frame: Frame) -> str:
    """One item as HTML."""
    told = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    said = f'<blockquote style="{_QUOTE}">{markup.made(body)}</blockquote>' if body else ""
    there = html.escape(frame.words("Open it in the course"))
    where = f'<p><a href="{html.escape(link)}">{there}</a></p>' if link else ""
    return f'<h2 style="font-size:1.1em">{html.escape(heading)}</h2>{told}{said}{where}'


def _heading(item: model.Item, frame: Frame) -> str:
    if item.kind == "marked" and item.part:
        return frame.words(_PART)
    return frame.words(_HEADINGS[item.kind]).format(who=_who(item, frame.words))


def _who(item: model.Item, words: language.Words) -> str:
    """Who acted; a pseudonym is a word of the language, a name is not."""
    numbered = _NUMBERED.fullmatch(item.who)
    if not item.who or numbered is None:
        return item.who or words("Somebody")
    number = numbered[1]
    return words("Anonymous {number}").format(number=number) if number else words("Anonymous")


def _open(item: model.Item, frame: Frame) -> bool:
    """Whether title and text can be in a letter."""
    return frame.texts or not item.private


def _lines(item: model.Item, frame: Frame) -> list[str]:
    """What an item is about."""
    lines, words = [], frame.words
    if not _open(item, frame):
        lines.append(words("It is private. Read it on the pages of the course."))
    elif item.title:
        lines.append(f"{item.lesson}: {item.title}" if item.lesson else item.title)
    if frame.texts and item.score is not None and item.max_score is not None:
        points = words("{score} of {most} points")
        lines.append(points.format(score=f"{item.score:g}", most=f"{item.max_score:g}"))
    if item.kind == "date" and item.due is not None:
        lines.append(words("Due {when}").format(when=language.moment(item.due, frame.zone, words)))
    return lines


def _body(item: model.Item, frame: Frame) -> str:
    """What was said, not endless."""
    if not _open(item, frame):
        return ""
    return item.text if len(item.text) <= LONGEST else item.text[: LONGEST - 1].rstrip() + "…"


def _subject(items: Sequence[model.Item], frame: Frame, *, alone: bool) -> str:
    """What stands in a list of letters. A thread's letters have one subject, so that they stand together."""
    first, words = items[0], frame.words
    if not alone or len(items) > 1:
        return f"[{frame.course}] {words.many('one notice', '{number} notices', len(items))}"
    if first.kind in model.TALK:
        return f"[{frame.course}] {first.title if _open(first, frame) else words('A private question')}"
    return f"[{frame.course}] {_heading(first, frame)}: {first.title}"


def _foot(frame: Frame) -> list[str]:
    """Why this letter came, and whether it can be answered."""
    words = frame.words
    answer = words("Answer this letter to reply in the discussion.") if frame.answers else ""
    because = words("You get this letter because you are in {course}.").format(course=frame.course)
    return [line for line in (answer, because) if line]
