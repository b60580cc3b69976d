"""What somebody typed into a form that was refused, put into that form again; pure.

In: a rendered page, the address that the form was sent to, and its fields. Out: the page, changed in nothing
but that form: what stands in its fields, and that it is not folded away. Of several forms with one address it
is the one whose hidden fields were sent. Secrets and files are not put back.
"""

import dataclasses
import html
import html.parser
import urllib.parse
from collections.abc import Mapping

_Attrs = list[tuple[str, str | None]]
_KEPT = ("hidden", "password", "file", "submit", "button", "image", "reset")
_TICKED = ("checkbox", "radio")
_OWN = ("_xsrf", "once")
"""What each loading of a page has of its own: it tells no form from another."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Typed:
    """Where a form was sent to, and its fields."""

    address: str
    fields: Mapping[str, str]


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Edit:
    """A stretch of the page that is written anew."""

    begin: int
    end: int
    text: str


class _Reader(html.parser.HTMLParser):
    """Finds the form, and what to write in it."""

    def __init__(self, page: str, typed: Typed) -> None:
        super().__init__(convert_charrefs=False)
        self._typed, self._lines = typed, [0]
        for line in page.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self._folded: list[tuple[int, str, _Attrs]] = []
        self._inside, self._fits = False, False
        self._select, self._text = "", -1
        self._edits: list[_Edit] = []
        self.found: list[_Edit] = []
        self.feed(page)
        self.close()

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: _Attrs) -> None:
        """A field of the form, or what the form stands in."""
        told = {name: value or "" for name, value in attrs}
        if tag == "details":
            self._folded.append((self._here(), self.get_starttag_text() or "", attrs))
        elif tag == "form":
            address = urllib.parse.unquote(urllib.parse.urlsplit(told.get("action", "")).path)
            self._inside = address == self._typed.address and not self.found
            self._fits, self._edits = True, []
        elif self._inside:
            self._field(tag, attrs, told)

    def handle_startendtag(self, tag: str, attrs: _Attrs) -> None:
        """A tag that closes itself is a tag."""
        self.handle_starttag(tag, attrs)

    def _field(self, tag: str, attrs: _Attrs, told: Mapping[str, str]) -> None:
        name, kind, fields = told.get("name", ""), told.get("type", "text"), self._typed.fields
        if tag == "input" and kind == "hidden" and name not in _OWN:
            self._fits = self._fits and fields.get(name) == told.get("value", "")
        elif tag == "input" and kind in _TICKED:
            self._mark(tag, attrs, "checked", wanted=fields.get(name) == told.get("value", "on"))
        elif tag == "input" and kind not in _KEPT and name in fields:
            self._write(tag, [*_without(attrs, "value"), ("value", fields[name])])
        elif tag == "select":
            self._select = name if name in fields else ""
        elif tag == "option" and self._select and "value" in told:
            self._mark(tag, attrs, "selected", wanted=fields[self._select] == told["value"])
        elif tag == "textarea" and name in fields:
            self._text = self._here() + len(self.get_starttag_text() or "")
            self._select = name

    def handle_endtag(self, tag: str) -> None:
        """The end of a field, of the form, or of what it stands in."""
        if tag == "details" and self._folded:
            self._folded.pop()
        elif tag == "textarea" and self._text >= 0:
            text = "\n" + html.escape(self._typed.fields[self._select], quote=False)
            self._edits.append(_Edit(begin=self._text, end=self._here(), text=text))
            self._select, self._text = "", -1
        elif tag == "select":
            self._select = ""
        elif tag == "form" and self._inside:
            self._inside = False
            if self._fits:
                self.found = [*map(_opened, self._folded), *self._edits]

    def _mark(self, tag: str, attrs: _Attrs, name: str, *, wanted: bool) -> None:
        marked: _Attrs = [(name, None)] if wanted else []
        self._write(tag, [*_without(attrs, name), *marked])

    def _write(self, tag: str, attrs: _Attrs) -> None:
        begin = self._here()
        end = begin + len(self.get_starttag_text() or "")
        self._edits.append(_Edit(begin=begin, end=end, text=_tag(tag, attrs)))


def fill(page: str, typed: Typed) -> str:
    """The page with the form as it was sent; as it is where it has no such form."""
    parts, at = [], 0
    for edit in _Reader(page, typed).found:
        parts += [page[at : edit.begin], edit.text]
        at = edit.end
    return "".join((*parts, page[at:]))


def _opened(folded: tuple[int, str, _Attrs]) -> _Edit:
    begin, text, attrs = folded
    tag = _tag("details", [*_without(attrs, "open"), ("open", None)])
    return _Edit(begin=begin, end=begin + len(text), text=tag)


def _without(attrs: _Attrs, name: str) -> _Attrs:
    return [each for each in attrs if each[0] != name]


def _tag(name: str, attrs: _Attrs) -> str:
    told = "".join(
        f" {key}" if value is None else f' {key}="{html.escape(value, quote=True)}"' for key, value in attrs
    )
    return f"<{name}{told}>"
