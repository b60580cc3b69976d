"""A language that nobody speaks, made of the English texts, and what a page says that is not in it.

In: the catalogues' texts; a page. Out: words in which each text stands between ⟦ and ⟧ in letters with
accents, so that one sees what went through a catalogue and what was put together of pieces; and the texts of
a page that went past the catalogues. It is never among the languages that people choose from.
"""

import html.parser
import re
import zoneinfo
from collections.abc import Iterable

from courseware import language
from tests.house import page_words

NAME = "qps-ploc"
READ = ("alt", "aria-label", "aria-valuetext", "placeholder", "title")
_ACCENTS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "áƀćđéƒĝĥíĵķłɱñóƥɋŕšţúṽŵẋýžÁƁĆĐÉƑĜĤÍĴĶŁṀÑÓƤɊŔŠŢÚṼŴẊÝŽ",
)
_PARTS = re.compile(r"({\w*}|%\d)")
_VOID = {"br", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "col"}
_SILENT = {"script", "style", "code", "pre", "bdi", "textarea", "math"}
_WORD = re.compile(r"[^\W\d_]{2,}")
PLAIN = (r"courseware|JupyterLab|SHA-256|LaTeX|CSV", r"\b(?:kB|MB|CES?T|UTC|JST)\b", r"@\[\w+\]")
"""What is the same in every language."""


def marked(text: str) -> str:
    """A text in the language."""
    parts = _PARTS.split(text)
    return "⟦" + "".join(p if at % 2 else p.translate(_ACCENTS) for at, p in enumerate(parts)) + "⟧"


def words() -> language.Words:
    """All texts of pages and letters, and all sentences that the rooms are known to say."""
    letters = language.words("de").texts
    said = language.parsed(page_words.catalogue("de", "said").read_text(encoding="utf-8"))
    sentences = {text: (marked(text),) for text in said if text}
    texts = {text: (marked(text),) for text in (*letters, *page_words.texts())}
    return language.Words(name=NAME, texts={**sentences, **texts}, sayings=language.Sayings(sentences))


class Heard(html.parser.HTMLParser):
    """What would be read or heard of a page; people's texts stand in `data`, and are left out."""

    def __init__(self, data: Iterable[str]) -> None:
        super().__init__()
        self.found: list[str] = []
        self.links: list[str] = []
        self._open: list[tuple[str, bool]] = []
        ordered = sorted({*data, *zoneinfo.available_timezones()}, key=len, reverse=True)
        self._data = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?!\w)")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "a" and told.get("href") and "download" not in told:
            self.links.append(str(told["href"]))
        if tag not in _VOID:
            foreign = tag != "html" and told.get("lang") not in (None, "en", NAME)
            self._open.append((tag, foreign or tag in _SILENT))
        self.found += [told[name] or "" for name in READ if told.get(name)]

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(silent for _, silent in self._open):
            self.found.append(data)

    def past(self) -> list[str]:
        """The texts with words of no catalogue."""
        return [text.strip() for text in self.found if _WORD.search(self._bare(text))]

    def _bare(self, text: str) -> str:
        """A text without what is translated, what people wrote, and what is the same everywhere."""
        while "⟦" in text:
            shorter = re.sub(r"⟦[^⟦⟧]*⟧", " ", text)
            if shorter == text:
                break
            text = shorter
        text = self._data.sub(" ", text)
        for pattern in PLAIN:
            text = re.sub(pattern, " ", text)
        return text


def past(page: str, data: Iterable[str]) -> list[str]:
    """What of a page went past the catalogues."""
    heard = Heard(data)
    heard.feed(page)
    return heard.past()
