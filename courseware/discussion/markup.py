"""What somebody wrote as HTML that can harm nobody: for pages and letters.

In: the Markdown of a post. Out: an HTML fragment with text, lists, tables, code, MathML and links that lead
to http(s). No pictures (a picture is a request that tells who reads), no forms, no classes of the author's
own. The list is the one that JupyterLab's side has (`threads/sanitize.ts`).
"""

import functools
import html
import re
from typing import Any

from courseware.notebook import html as notebook_html

_TAGS = frozenset(
    re.findall(
        r"\w+",
        "a b blockquote br code del div em h1 h2 h3 h4 h5 h6 hr i kbd li ol p pre s span strong sub sup "
        "table tbody td th thead tr ul",
    )
)
_NAMED = re.compile(r"@\[([^\]\n]{1,200})\]")
_ADDRESS = re.compile(r"https?://[^\s<>\"'`]{1,2000}", re.IGNORECASE)
_HEADING = re.compile(r"(</?h)([1-6])\b")
_UNDER = 3
"""Headings in a comment stand under those of the page."""


def mentions(body: str) -> list[str]:
    """The names that a text calls, as they are written: `@[Name]`."""
    return _NAMED.findall(body)


def spoken(body: str) -> str:
    """A text in which people are named as one reads it, `@Name`; for excerpts and letters without HTML."""
    return _NAMED.sub(r"@\1", body)


@functools.lru_cache(maxsize=2048)
def made(body: str) -> str:
    """A post as HTML; the same text is made once."""
    clean = notebook_html.rendered(notebook_html.visible(body), _COMMENT, _extend)
    return _HEADING.sub(lambda found: f"{found[1]}{min(6, int(found[2]) + _UNDER)}", clean)


def _extend(parser: Any, keep: notebook_html.Keep) -> None:
    """Names stand out, bare addresses are links, pictures are their description."""

    def mention(state: Any, silent: bool) -> bool:
        found = _NAMED.match(state.src, state.pos)
        if found is None:
            return False
        if not silent:
            state.push("mention", "", 0).content = found[1]
        state.pos = found.end()
        return True

    def named(_self: Any, tokens: Any, place: int, *_: Any) -> str:
        return keep(f'<span class="mention">@<bdi>{html.escape(tokens[place].content)}</bdi></span>')

    def described(_self: Any, tokens: Any, place: int, *_: Any) -> str:
        return html.escape(tokens[place].content)

    parser.inline.ruler.before("link", "mention", mention)
    parser.core.ruler.push("addresses", _linked)
    parser.add_render_rule("mention", named)
    parser.add_render_rule("image", described)


def _linked(state: Any) -> None:
    """Make links of bare addresses, except inside links."""
    for block in state.tokens:
        if block.type != "inline" or "://" not in block.content:
            continue
        depth, children = 0, []
        for token in block.children:
            depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            plain = token.type == "text" and not depth
            children += _pieces(state, token) if plain else [token]
        block.children = children


def _pieces(state: Any, token: Any) -> list[Any]:
    """A text with its addresses as links."""
    from markdown_it import token as markdown_token

    def text(content: str) -> Any:
        return markdown_token.Token("text", "", 0, content=content)

    pieces, end = [], 0
    for found in _ADDRESS.finditer(token.content):
        address = found[0].rstrip(".,;:!?)*_~")
        link = state.md.normalizeLink(address)
        if not state.md.validateLink(link):
            continue
        opened = markdown_token.Token("link_open", "a", 1, attrs={"href": link})
        closed = markdown_token.Token("link_close", "a", -1)
        pieces += [text(token.content[end : found.start()]), opened, text(address), closed]
        end = found.start() + len(address)
    return [*pieces, text(token.content[end:])] if pieces else [token]


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Links lead to http(s) and nowhere else; code may say its language."""
    if name == "href":
        return value if re.match(r"(?i)https?://", value) else None
    if name == "class":
        return value if re.fullmatch(r"language-[\w+-]+", value) else None
    if name == "rel":
        return value
    if name in ("colspan", "rowspan"):
        return value if re.fullmatch(r"\d{1,2}", value) else None
    return value if name == "align" and value in ("left", "right", "center") else None


_CELL = ("align", "colspan", "rowspan")
_COMMENT = notebook_html.Allowed(
    tags=_TAGS,
    attributes={"a": ("href",), "code": ("class",), "td": _CELL, "th": _CELL},
    schemes=("http", "https"),
    attribute=_attribute,
    rel="noopener noreferrer nofollow ugc",
)
