"""What keeps somebody from reading a lesson: found in its text, with what to do.

In: Markdown with the HTML in it, cell by cell in reading order. Out: problems as (code, sentence): a picture
without a text alternative, a heading that skips a level, a table without headers, a link whose text says
nothing. `alt=""` in HTML says that a picture only decorates, which is the author's to say.
"""

import html
import html.parser
import re
from collections.abc import Iterator
from typing import Any

Problem = tuple[str, str]
CODES = {
    "alt-text": "a picture without a text alternative, also one that code drew",
    "heading-level": "a heading that skips a level",
    "table-headers": "a table without headers",
    "link-text": "a link whose text does not say where it leads",
}
_LONGEST = 100_000
_NO_WORDS = re.compile(r"(?i)(image|img|picture|photo|figure|screenshot|plot|bild)?[\s\d_-]*(\.\w{2,5})?")
_FILE = re.compile(r"(?i)\S+\.(png|jpe?g|gif|svg|webp|bmp|tiff?)")
# Comments and declarations; the parser looks for the end of each that has none anew.
_UNREAD = re.compile(r"<!--.*?(?:-->|\Z)|<[!?][^>]*(?:>|\Z)", re.DOTALL)
_SAYS_NOTHING = frozenset(
    re.findall(
        r"[^|]+",
        "here|click here|click|link|the link|this link|this|this page|more|read more|learn more|see here|"
        "hier|hier klicken|der link|dieser link|mehr|mehr lesen",
    )
)


class Reader:
    """Reads the cells of a lesson in order, since headings go on from one to the next. The title of the
    lesson stands above them as level 1.
    """

    def __init__(self) -> None:
        self._level = 1

    def read(self, source: str) -> Iterator[Problem]:
        """The problems of one cell or text."""
        if len(source) > _LONGEST:
            return
        page = _Page()
        page.feed(_shown(source))
        page.close()
        for said in page.nameless:
            kept = f" ({said!r} tells nothing)" if said else ""
            told = '![what it shows](file), or alt="what it shows" in HTML'
            yield "alt-text", f"A picture has no text alternative{kept}. Write {told}."
        for level, words in page.headings:
            if level > self._level + 1:
                told = f"The heading {_cut(words)} has level {level} below one of level {self._level}."
                yield "heading-level", f"{told} Make it level {self._level + 1}."
            self._level = level
        for _ in range(page.bare_tables):
            yield "table-headers", "A table has no headers. Its first row says what each column holds (<th>)."
        for words in page.links:
            told = f"The link {_cut(words)} does not say where it leads" if words else "A link has no text"
            yield "link-text", f"{told}. Write what is behind it."


def _cut(words: str) -> str:
    return repr(words if len(words) <= 60 else f"{words[:59]}…")


def _shown(source: str) -> str:
    """Markdown as HTML in which pictures of Markdown are told from those of HTML."""
    from markdown_it import MarkdownIt

    def picture(_self: Any, tokens: Any, place: int, *_: Any) -> str:
        return f'<img markdown alt="{html.escape(tokens[place].content, quote=True)}">'

    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    parser.add_render_rule("image", picture)
    return _UNREAD.sub("", str(parser.render(source)))


class _Page(html.parser.HTMLParser):
    """Collects what stands in the HTML of a cell."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[tuple[int, str]] = []
        self.links: list[str] = []
        self.nameless: list[str] = []
        self.bare_tables = 0
        self._heard: dict[str, list[str]] = {}
        """The words so far of what is open: a heading, a link, a header cell."""
        self._headed: list[bool] = []
        """Of each open table, whether it has a header."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin what a tag begins."""
        told = {name: value or "" for name, value in attrs}
        label = told.get("aria-label", "")
        if tag in ("td", "th", "tr"):
            self.handle_endtag("th")  # A header cell may end without saying so.
        if re.fullmatch("h[1-6]", tag) or tag == "th" or (tag == "a" and "href" in told):
            self._heard[tag] = [label]
        elif tag == "table":
            self._headed.append(told.get("role") in ("presentation", "none"))
        elif tag == "img":
            self._picture(told, label)

    def handle_data(self, data: str) -> None:
        """Text belongs to all that is open."""
        for words in self._heard.values():
            words.append(data)

    def handle_endtag(self, tag: str) -> None:
        """End what a tag ends."""
        if tag in ("tr", "table"):
            self.handle_endtag("th")
        if tag == "table" and self._headed:
            self.bare_tables += not self._headed.pop()
        if tag not in self._heard:
            return
        words = " ".join("".join(self._heard.pop(tag)).split())
        if tag == "th":
            self._headed = [*self._headed[:-1], bool(words) or any(self._headed[-1:])]
        elif tag == "a" and words.strip(" .:!>»→").lower() in {"", *_SAYS_NOTHING}:
            self.links.append(words)
        elif tag != "a":
            self.headings.append((int(tag[1]), words))

    def _picture(self, told: dict[str, str], label: str) -> None:
        """A picture, whose words are also those of the link or heading that it stands in."""
        said = told.get("alt", "").strip() or label
        decorates = "alt" in told and "markdown" not in told and not said
        if not decorates and (_NO_WORDS.fullmatch(said) or _FILE.fullmatch(said)):
            self.nameless.append(said)
        self.handle_data(said)
