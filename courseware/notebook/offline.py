"""A lesson as HTML that opens from a folder: no service, no network.

In: the names of a release's files as students get them, and how to read one. Out: for each text and notebook
its cells as HTML that can harm nobody (see `html`). Pictures and links lead to files of the lesson below
`base`, links also to https and mailto; an address of anything else is taken out. A `<video>` of the lesson
becomes a player whose captions stand in the page, because a browser reads none from a file beside a page that
has no server, with their text as a transcript below.
"""

import base64
import dataclasses
import html as escaping
import re
import unicodedata
import urllib.parse
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from courseware import language
from courseware.notebook import files, film_questions, films, html, vtt

TEXTS = ("Transcript", "Audio only", "Questions in the video", "Answer")
"""What is translated here."""
# What a browser shows without running anything of it. Another file is named and not linked: a page or an SVG
# that is opened from a disk runs its scripts.
_SHOWN = frozenset(
    re.findall(
        r"\w+",
        "avif bmp c cpp csv docx flac gif gz h5 ipynb jpeg jpg json jsonl log m4a md mp3 mp4 npy npz odp ods "
        "odt oga ogg ogv opus parquet pdf png pptx py r sqlite tar toml tsv txt vtt wav webm webp xlsx yaml "
        "yml zip",
    )
)
_VIDEO = re.compile(r"<video(?=[\s/>])([^<>]{0,2000})>", re.IGNORECASE)
_SET = re.compile(r"""([a-zA-Z-]{1,40})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=`]+))""")
_CAPTIONS = 1_000_000
"""The largest file of captions that is taken into the page, and how much of all of them, in bytes."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Lesson:
    """A release: the paths of its files, and how to read one. Files are found below `base`."""

    names: frozenset[str]
    read: Callable[[str], bytes]
    base: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Part:
    """A text or a notebook; `id` is its place on the page."""

    path: str
    id: str
    cells: tuple[str, ...]


def parts(lesson: Lesson, told: language.Words) -> list[Part]:
    """The texts of a lesson, then its notebooks, each to be read from top to bottom.

    Raises:
        UserError: a file that is named like a notebook and is none.
    """
    texts, notebooks = (sorted(n for n in lesson.names if n.endswith(e)) for e in (".md", ".ipynb"))
    page = _Page(lesson, {path: f"part-{n}" for n, path in enumerate([*texts, *notebooks], start=1)}, told)
    made = []
    for path in page.places:
        data, prose = lesson.read(path), page.prose(path)
        if path.endswith(".md"):
            text = prose(data.decode(errors="replace"), None)
            cells: tuple[str, ...] = (f'<div class="prose" dir="auto">{text}</div>',)
        else:
            cells = tuple(html.cell(each, prose=prose) for each in files.read(data, name=path)["cells"])
        made.append(Part(path=path, id=page.places[path], cells=cells))
    return made


def address(path: str, base: str) -> str | None:
    """Where a file of the lesson is linked from the page; None where it is only named."""
    ending = PurePosixPath(path).suffix.lower().removeprefix(".")
    return base + urllib.parse.quote(path) if ending in _SHOWN else None


class _Page:
    """The page while it is made: which file is where on it, and how much captions may still bring."""

    def __init__(self, lesson: Lesson, places: dict[str, str], told: language.Words) -> None:
        self.lesson, self.places, self.told, self.left = lesson, places, told, _CAPTIONS

    def prose(self, path: str) -> html.Prose:
        """What makes HTML of the Markdown in this file."""

        def attribute(tag: str, name: str, value: str) -> str | None:
            kept = html.LESSON.attribute(tag, name, value)
            if kept is None or name not in ("href", "src") or kept.startswith("data:"):
                return kept
            return self._picture(path, kept) if tag == "img" else self._link(path, kept)

        def extend(parser: Any, keep: html.Keep) -> None:
            def tag(_self: Any, tokens: Any, place: int, *_: Any) -> str:
                return _VIDEO.sub(lambda found: keep(self._video(path, found[1])), tokens[place].content)

            parser.add_render_rule("html_block", tag)
            parser.add_render_rule("html_inline", tag)

        allowed = dataclasses.replace(html.LESSON, attribute=attribute)
        return lambda source, attachments: html.rendered(html.embedded(source, attachments), allowed, extend)

    def _path(self, page: str, value: str) -> str | None:
        """The file of the lesson that an address on one of its pages means."""
        found = unicodedata.normalize("NFC", films.resolve(page, value) or "")
        return found if found in self.lesson.names else None

    def _picture(self, page: str, value: str) -> str | None:
        path = self._path(page, value)
        return self.lesson.base + urllib.parse.quote(path) if path else None

    def _link(self, page: str, value: str) -> str | None:
        if value.startswith("#") or re.match(r"(?i)(https|mailto):", value):
            return value
        path = self._path(page, value)
        if path is None:
            return None
        return f"#{self.places[path]}" if path in self.places else address(path, self.lesson.base)

    def _video(self, page: str, attributes: str) -> str:
        """A player for a video of the lesson; nothing for any other."""
        told = {name.lower(): escaping.unescape("".join(value)) for name, *value in _SET.findall(attributes)}
        path = self._path(page, told.get("src", "")) if told.get("src") else None
        if path is None:
            return ""
        film = films.of(path, self.lesson.names)
        captions = self._captions(film)
        first = next((c for c in captions if c.partition("-")[0] == self.told.name), next(iter(captions), ""))
        values = {
            "src": self.lesson.base + urllib.parse.quote(path),
            "aria-label": html.visible(told.get("title") or PurePosixPath(path).name)[:300],
            **({"poster": self.lesson.base + urllib.parse.quote(film.poster)} if film.poster else {}),
        }
        tracks = (_track(name, data, default=name == first) for name, data in captions.items())
        shown = "".join(_transcript(self.told("Transcript"), name, data) for name, data in captions.items())
        heard = _sound(self.told("Audio only"), self.lesson.base, film.audio, values["aria-label"])
        made = f'<video controls preload="metadata"{_written(values)}>{"".join(tracks)}</video>'
        return f"{made}{heard}{shown}{self._asked(film)}"

    def _asked(self, film: films.Film) -> str:
        """What a video asks, each answer folded away: nothing runs here that could stop the video for it."""
        data = self.lesson.read(film.questions) if film.questions else b""
        if len(data) > self.left:
            return ""
        self.left -= len(data)
        word = self.told("Answer")
        items = "".join(_question(word, each) for each in film_questions.read(data).questions)
        title = _plain(self.told("Questions in the video"))
        return f'<details class="asked"><summary>{title}</summary><ol>{items}</ol></details>' if items else ""

    def _captions(self, film: films.Film) -> dict[str, bytes]:
        """The captions of a video by their language, as far as there is room."""
        found = {}
        for spoken, name in film.captions.items():
            data = self.lesson.read(name)
            if len(data) <= self.left:
                self.left -= len(data)
                found[spoken] = data
        return found


def _written(values: dict[str, str]) -> str:
    """Attributes as they stand in a tag."""
    return "".join(f' {name}="{escaping.escape(value, quote=True)}"' for name, value in values.items())


def _track(spoken: str, data: bytes, *, default: bool) -> str:
    """Captions that stand in the page."""
    src = f"data:text/vtt;base64,{base64.b64encode(data).decode()}"
    values = {"kind": "captions", "srclang": spoken, "label": language.called(spoken), "src": src}
    return f"<track{_written(values)}{' default' if default else ''}>"


def _sound(word: str, base: str, path: str | None, title: str) -> str:
    """The sound alone, for who does not look or saves the battery; nothing where the lesson has none."""
    if path is None:
        return ""
    values = {"src": base + urllib.parse.quote(path), "aria-label": f"{word}: {title}"}
    player = f'<audio controls preload="none"{_written(values)}></audio>'
    return f'<details class="sound"><summary>{escaping.escape(word)}</summary>{player}</details>'


def _question(word: str, asked: film_questions.Question) -> str:
    """A question with its choices and, folded away, its answer and why."""
    choices = "".join(f'<li dir="auto">{_plain(choice)}</li>' for choice in asked.choices)
    why = f'<p dir="auto">{_plain(asked.explain)}</p>' if asked.explain else ""
    answer = f'<p dir="auto">{_plain(asked.choices[asked.answer])}</p>{why}'
    folded = f"<details><summary>{_plain(word)}</summary>{answer}</details>"
    return f'<li><p class="prompt" dir="auto">{_plain(asked.prompt)}</p><ul>{choices}</ul>{folded}</li>'


def _plain(text: str) -> str:
    """Text as it stands in HTML."""
    return escaping.escape(html.visible(text))


def _transcript(word: str, spoken: str, data: bytes) -> str:
    """The text of captions, a line for each cue; what the next one repeats is said once."""
    lines: list[str] = []
    for cue in vtt.read(data).cues:
        lines += [cue.text] if lines[-1:] != [cue.text] else []
    if not lines:
        return ""
    told = f"{escaping.escape(word)} ({escaping.escape(language.called(spoken))})"
    text = escaping.escape(html.visible("\n".join(lines)))
    return (
        f'<details class="transcript"><summary>{told}</summary>'
        f'<p class="said" lang="{spoken}" dir="auto">{text}</p></details>'
    )
