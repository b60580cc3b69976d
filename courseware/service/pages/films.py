"""The videos of a lesson's page: the player, and beside it a transcript that can be read without scripts.

In: the videos of a cell, the files of the release, what the reader watched. Out: the tag of the player with
its tracks, and a `Shown` for the template. All of it is the page's own: of an author's tag only address and
title are taken.
"""

import dataclasses
import functools
import urllib.parse
from collections.abc import Callable, Iterable, Mapping

import markupsafe

from courseware import language
from courseware.exchange import model
from courseware.notebook import film_questions, films, html, vtt
from courseware.progress import watched
from courseware.service import call, render

Read = Callable[[str], bytes | None]
"""Gives the bytes of a file of the lesson; None if it has none of that path."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Line:
    """What is said, or described, from a second on."""

    start: float
    end: float
    text: str
    described: bool = False

    @property
    def clock(self) -> str:
        """The second as it stands on a clock: `4:05`, `1:00:09`."""
        return render.clock(self.start)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Transcript:
    """All that is said, in one language."""

    code: str
    name: str
    lines: tuple[Line, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Shown:
    """What stands below a video. `gone` is the address of one that the lesson does not have, `audio` and
    `small` those of its sound alone and of a small version.
    """

    id: str
    path: str = ""
    title: str = ""
    transcripts: tuple[Transcript, ...] = ()
    chapters: tuple[Line, ...] = ()
    asked: tuple[film_questions.Question, ...] = ()
    audio: str = ""
    small: str = ""
    position: float = 0.0
    percent: int = 0
    gone: str = ""
    remote: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Lesson:
    """What videos of a lesson are made with: the address of its files, their paths and bytes, what the reader
    watched, and their language.
    """

    base: str
    paths: frozenset[str]
    read: Read
    seen: Mapping[str, watched.Watched] = dataclasses.field(default_factory=dict)
    language: str = "en"


def lesson(
    request: call.Call,
    base: str,
    entries: Iterable[model.FileEntry],
    seen: Mapping[str, watched.Watched] | None = None,
) -> Lesson:
    """What the videos of a page are made with: the files of a release or a draft, at the address `base`."""
    known = {entry.path: entry for entry in entries}

    def read(path: str) -> bytes | None:
        entry = known.get(path)
        if entry is None or entry.size > vtt.MOST:
            return None
        return request.service.blobs.get(entry.sha256)

    return Lesson(
        base=base, paths=frozenset(known), read=read, seen=seen or {}, language=render.tongue(request)
    )


class Reel:
    """The videos of a lesson, one after the other; `taken` gives those since it was last asked."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self._number = 0
        self._fresh: list[Shown] = []

    def taken(self) -> tuple[Shown, ...]:
        """The videos that were put since the last time."""
        fresh, self._fresh = tuple(self._fresh), []
        return fresh

    def html(self, page: str, made: str) -> markupsafe.Markup:
        """Sanitised HTML of a page of the lesson: relative pictures and links get the address of the lesson's
        files, and videos are put anew.
        """
        based = html.rebased(made, self.lesson.base, page)
        return markupsafe.Markup(html.filmed(based, functools.partial(self.put, page)))

    def put(self, page: str, address: str, title: str) -> str:
        """The tag of a video on a page of the lesson, with its tracks; what stands below is for `taken`."""
        self._number += 1
        name = f"film-{self._number}"
        path = films.resolve(page, address)
        if path is None or path not in self.lesson.paths:
            remote = address.startswith("https://")
            self._fresh.append(Shown(id=name, title=title, gone=address[:300], remote=remote))
            return "<video hidden>"
        film = films.of(path, self.lesson.paths)
        self._fresh.append(self._shown(name, film, title))
        return str(self._tag(name, film, title))

    def _tag(self, name: str, film: films.Film, title: str) -> markupsafe.Markup:
        poster = markupsafe.Markup(' poster="{}"').format(self._at(film.poster)) if film.poster else ""
        made = markupsafe.Markup(
            '<video class="film" id="{}" src="{}"{} aria-label="{}" controls playsinline preload="metadata">'
        ).format(name, self._at(film.path), poster, title or film.path)
        for number, code in enumerate(self._ordered(film)):
            made += markupsafe.Markup('<track kind="captions" srclang="{}" label="{}" src="{}"{}>').format(
                code, language.called(code), self._at(film.captions[code]), " default" if number == 0 else ""
            )
        for kind, track in (("descriptions", film.descriptions), ("chapters", film.chapters)):
            if track:
                made += markupsafe.Markup('<track kind="{}" src="{}">').format(kind, self._at(track))
        return made

    def _at(self, path: str) -> str:
        """The address of a file of the lesson."""
        return self.lesson.base + urllib.parse.quote(path)

    def _ordered(self, film: films.Film) -> list[str]:
        """The languages of the captions, the reader's first."""
        own = self.lesson.language
        return sorted(film.captions, key=lambda code: (code.split("-")[0] != own, code))

    def _shown(self, name: str, film: films.Film, title: str) -> Shown:
        described = self._lines(film.descriptions, described=True)
        told = self.lesson.seen.get(film.path)
        return Shown(
            id=name,
            path=film.path,
            title=title,
            transcripts=tuple(
                Transcript(
                    code=code,
                    name=language.called(code),
                    lines=tuple(sorted([*self._lines(film.captions[code]), *described], key=_start)),
                )
                for code in self._ordered(film)
            ),
            chapters=self._lines(film.chapters),
            asked=film_questions.read(self._read(film.questions)).questions,
            audio=self._at(film.audio) if film.audio else "",
            small=self._at(film.small) if film.small else "",
            position=told.position / 1000 if told else 0.0,
            percent=int(told.coverage * 100) if told else 0,
        )

    def _lines(self, path: str | None, *, described: bool = False) -> tuple[Line, ...]:
        """The cues of a file that can be read."""
        return tuple(
            Line(start=cue.start, end=cue.end, text=cue.text, described=described)
            for cue in vtt.read(self._read(path)).cues
        )

    def _read(self, path: str | None) -> bytes:
        """The bytes of a file; none where there is none."""
        return (self.lesson.read(path) if path else None) or b""


def _start(line: Line) -> float:
    return line.start
