"""Videos of a lesson: where they stand in a text, and the files that belong to one by its name.

In: the text of a Markdown cell or page, and the paths of a lesson. Out: the videos and, by name, captions
(`talk.en.vtt`), descriptions (`talk.descriptions.vtt`), chapters (`talk.chapters.vtt`), questions
(`talk.questions.vtt`), poster (`talk.jpg` or `talk.png`), its sound alone (`talk.m4a`) and a small version
(`talk.small.mp4`) of `talk.webm`. Names and not tags, because JupyterLab takes `<track>` out of a
text.
"""

import dataclasses
import html.parser
import posixpath
import re
import urllib.parse
from collections.abc import Collection, Iterator, Mapping

from courseware import errors
from courseware.notebook import files

ENDINGS = (".webm", ".mp4", ".m4v", ".ogv")
SOUNDS = (".m4a", ".mp3", ".opus", ".oga", ".ogg")
SMALL = tuple(f".small{ending}" for ending in ENDINGS)
POSTERS = (".jpg", ".png")
_CAPTIONS = re.compile(r"([a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})\.vtt")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Film:
    """A video by its path in the lesson, with the paths of what belongs to it; captions by language."""

    path: str
    captions: Mapping[str, str]
    descriptions: str | None
    chapters: str | None
    questions: str | None
    poster: str | None
    audio: str | None
    small: str | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tag:
    """A `<video>` as its author wrote it, with its `title`. `why` says why it has no descriptions; `inner`
    whether its address stands on a `<source>` inside; `closed` whether it ends.
    """

    address: str
    title: str = ""
    why: str = ""
    inner: bool = False
    closed: bool = True


@dataclasses.dataclass(frozen=True, kw_only=True)
class Placed:
    """A video in a text of a lesson: `where` in words, the path of that text, and how it is written."""

    where: str
    page: str
    tag: Tag


def placed(given: Mapping[str, bytes]) -> Iterator[Placed]:
    """The videos of a lesson in order; what is no notebook has none."""
    for name, data in sorted(given.items()):
        if name.endswith(".md"):
            found = tags(data.decode(errors="replace"))
            yield from (Placed(where=name, page=name, tag=tag) for tag in found)
        elif name.endswith(".ipynb") and b"<video" in data.lower():
            try:
                book = files.read(data, name=name)
            except errors.UserError:
                continue
            for number, cell in enumerate(book["cells"], start=1):
                found = tags(cell["source"]) if cell["cell_type"] == "markdown" else []
                where = f"{name}, cell {number}"
                yield from (Placed(where=where, page=name, tag=tag) for tag in found)


def shown(given: Mapping[str, bytes]) -> tuple[str, ...]:
    """The paths of the lesson's own videos that its texts show, each once."""
    paths = (resolve(each.page, each.tag.address) for each in placed(given))
    return tuple(dict.fromkeys(path for path in paths if path is not None and path in given))


def of(path: str, known: Collection[str]) -> Film:
    """The video at this path, with what belongs to it among these paths."""
    stem = posixpath.splitext(path)[0]
    captions = {}
    for each in sorted(known):
        if each.startswith(stem + "."):
            found = _CAPTIONS.fullmatch(each[len(stem) + 1 :])
            if found:
                captions[found.group(1)] = each

    def beside(*endings: str) -> str | None:
        return next((stem + ending for ending in endings if stem + ending in known), None)

    return Film(
        path=path,
        captions=captions,
        descriptions=beside(".descriptions.vtt"),
        chapters=beside(".chapters.vtt"),
        questions=beside(".questions.vtt"),
        poster=beside(*POSTERS),
        audio=beside(*SOUNDS),
        small=beside(*SMALL),
    )


def is_remote(address: str) -> bool:
    """Whether an address leads out of the lesson to another place of the web."""
    return re.match(r"(?i)[a-z][a-z0-9+.-]*:|//", address) is not None


def resolve(page: str, address: str) -> str | None:
    """The path in the lesson that an address on a page of it leads to; None if it leads out of it."""
    plain = urllib.parse.unquote(re.split(r"[?#]", address, maxsplit=1)[0])
    if not plain or is_remote(address) or plain.startswith("/") or "\\" in plain:
        return None
    found = posixpath.normpath(posixpath.join(posixpath.dirname(page), plain))
    return None if found.startswith("../") or found in ("..", ".") else found


def tags(source: str) -> list[Tag]:
    """The videos in a Markdown text; those in examples of code are none."""
    if "<video" not in source.lower():
        return []
    from markdown_it import MarkdownIt

    reader = _Reader()
    for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(source):
        for each in (token, *(token.children or ())):
            if each.type in ("html_block", "html_inline"):
                reader.feed(each.content)
    reader.close()
    return reader.found()


class _Reader(html.parser.HTMLParser):
    """Collects the videos of a text's HTML."""

    def __init__(self) -> None:
        super().__init__()
        self._tags: list[Tag] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "video":
            title, why = (told.get(name, "").strip() for name in ("title", "data-no-descriptions"))
            address = told.get("src", "").strip()
            self._tags.append(Tag(address=address, title=title, why=why, closed=False))
            self._open = True
        elif tag == "source" and self._open and not self._tags[-1].address:
            inner = told.get("src", "").strip()
            self._tags[-1] = dataclasses.replace(self._tags[-1], address=inner, inner=True)

    def handle_endtag(self, tag: str) -> None:
        if tag == "video" and self._open:
            self._tags[-1] = dataclasses.replace(self._tags[-1], closed=True)
            self._open = False

    def found(self) -> list[Tag]:
        """The videos in order."""
        return self._tags
