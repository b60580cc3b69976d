"""A notebook as semantic HTML that can harm nobody: for feedback and for lesson pages.

In: cells of anybody's notebook. Out: HTML fragments without scripts, forms, external references or links
that are not https, mailto or relative. Markdown by markdown-it, sanitised by nh3; LaTeX becomes MathML
after that, so nobody's own MathML passes. HTML and SVG outputs stand in a frame that may do nothing.
Control and direction characters are shown, not obeyed.
"""

import base64
import binascii
import dataclasses
import functools
import html
import itertools
import re
import secrets
import unicodedata
import urllib.parse
from collections.abc import Callable, Mapping
from typing import Any

from courseware import language
from courseware.notebook import figures, files, scripted

_NEEDS_SCRIPT = "This output needs a script to be shown, and scripts do not run here."
TEXTS = ("Figure", "HTML output", _NEEDS_SCRIPT)
"""What is translated here."""

_LEADING = re.compile(r"(?i)<(?=(?:link|meta|base|i?frame|fencedframe|portal|object|embed|applet)\b)")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_TAGS = frozenset(
    re.findall(
        r"\w+",
        "a abbr b blockquote br code dd del details dl dt em h1 h2 h3 h4 h5 h6 hr i img kbd li ol p "
        "pre s span strong sub summary sup table tbody td th thead tr ul",
    )
)
_MAX_TEXT, _USUAL_TEXT = 100_000, 5_000
_FORMULAS = 500
Keep = Callable[[str], str]
Prose = Callable[[str, Any], str]
"""Makes HTML of Markdown and of the pictures that its cell carries."""
_IMAGES = ("image/png", "image/jpeg")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Allowed:
    """What the sanitiser leaves of somebody's HTML; `attribute` has the last word on each value."""

    tags: frozenset[str]
    attributes: Mapping[str, tuple[str, ...]]
    schemes: tuple[str, ...]
    attribute: Callable[[str, str, str], str | None]
    rel: str


def cell(
    item: files.Cell,
    *,
    outputs: bool = True,
    prose: Prose | None = None,
    told: language.Words = language.ENGLISH,
) -> str:
    """One cell; images of the notebook's folder keep their relative addresses, unless `prose` makes the
    Markdown otherwise. A figure for which the author has no words is called so in the language `told`.
    """
    prose = prose or markdown
    if item["cell_type"] == "markdown":
        if len(item["source"]) > _MAX_TEXT:  # to read so much takes seconds, and nobody writes it
            return f'<pre class="output" dir="auto" tabindex="0">{_text(item["source"])}</pre>'
        return f'<div class="prose" dir="auto">{prose(item["source"], item.get("attachments"))}</div>'
    shown = f'<pre class="code" dir="ltr" tabindex="0"><code>{_highlighted(item)}</code></pre>'
    if outputs and item["cell_type"] == "code":
        made = (output(o, prose, of=item["metadata"], told=told) for o in item.get("outputs", ()))
        shown += "".join(made)
    return shown


def markdown(source: str, attachments: Any = None) -> str:
    """Markdown with LaTeX as sanitised HTML with MathML."""
    return rendered(embedded(source, attachments), LESSON, lambda parser, keep: None)


def filming(source: str, attachments: Any = None) -> str:
    """The same, in which bare videos stay for `filmed`."""
    return rendered(embedded(source, attachments), _FILMED, lambda parser, keep: None)


def embedded(source: str, attachments: Any) -> str:
    """Markdown, `visible`, with the pictures that the cell carries itself put in."""
    return _embed(visible(source), attachments)


def rendered(text: str, allowed: Allowed, extend: Callable[[Any, Keep], None]) -> str:
    """Markdown through markdown-it and the sanitiser; what our own rules keep is put in after it.

    Args:
        text: Markdown, already `visible`.
        allowed: what the sanitiser leaves.
        extend: adds rules to the parser; they hand HTML of our own to `keep` and print what it returns.
    """
    import nh3

    kept: list[str] = []
    nonce = secrets.token_hex(8)

    def keep(made: str) -> str:
        kept.append(made)
        return f"cw{nonce}x{len(kept) - 1}x"

    parser = _parser(keep)
    extend(parser, keep)
    clean = nh3.clean(
        parser.render(text),
        tags=set(allowed.tags),
        attributes={tag: set(names) for tag, names in allowed.attributes.items()},
        url_schemes=set(allowed.schemes),
        attribute_filter=allowed.attribute,
        link_rel=allowed.rel,
    )
    # What is wider than a phone scrolls, and what scrolls must be reached by keyboard.
    reached = re.sub(r"<(pre|table)>", r'<\1 tabindex="0">', clean)
    return _put_in(reached, rf"cw{nonce}x(\d+)x", kept) if kept else reached


def _put_in(clean: str, mark: str, kept: list[str]) -> str:
    """Sanitised HTML with what was kept in the place of its marks; a mark that came to stand within a tag is
    taken out, because there HTML would be read as attributes.
    """

    def put(found: re.Match[str]) -> str:
        return kept[int(found[2])] if found[2] else re.sub(mark, "", found[1])

    # The sanitiser writes every value in double quotes, with none inside, so this finds its tags exactly.
    return re.sub(rf'(<[^<>"]*+(?:"[^"]*+"[^<>"]*+)*+>)|{mark}', put, clean)


def output(
    item: Mapping[str, Any],
    prose: Prose | None = None,
    *,
    of: Mapping[str, Any] | None = None,
    told: language.Words = language.ENGLISH,
) -> str:
    """One output of a code cell, whose metadata is `of`; the others as in `cell`."""
    kind = item.get("output_type")
    if kind == "stream":
        name = "stderr" if item.get("name") == "stderr" else "stdout"
        return f'<pre class="output {name}" dir="auto" tabindex="0">{_text(item.get("text"))}</pre>'
    if kind == "error":
        trace = item.get("traceback")
        lines = trace if isinstance(trace, list) else []
        said = "\n".join(str(line) for line in lines) or f"{item.get('ename')}: {item.get('evalue')}"
        return f'<pre class="output error" dir="auto" tabindex="0">{_text(said)}</pre>'
    data = item.get("data")
    if not isinstance(data, dict):
        return ""
    return _rich(data, prose or markdown, figures.alternative(item, of or {}), told)


def visible(text: str) -> str:
    """The text with control and direction characters written out, so that they cannot act."""
    plain = _ANSI.sub("", text)
    return "".join(c if c in "\n\t" or not _acts(c) else f"\\u{ord(c):04x}" for c in plain)


def _acts(char: str) -> bool:
    """Whether a character controls instead of being shown; joiners are kept, since scripts need them."""
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") and char not in "\u200c\u200d\u00ad"


def _text(value: Any) -> str:
    """Text of an output, escaped and cut."""
    joined = "".join(map(str, value)) if isinstance(value, list) else str(value or "")
    cut = joined[:_MAX_TEXT] + ("\n… (cut)" if len(joined) > _MAX_TEXT else "")
    return html.escape(visible(cut))


def _rich(data: Mapping[str, Any], prose: Prose, words: str, told: language.Words) -> str:
    """The best form of a display that is safe to show; `words` are the author's for a figure."""
    for kind in _IMAGES:
        if kind in data:
            return _image(kind, data[kind], words or _printed(data.get("text/plain")) or told("Figure"))
    for kind in ("text/html", "image/svg+xml"):
        if kind in data:
            body = "".join(map(str, data[kind])) if isinstance(data[kind], list) else str(data[kind])
            if scripted.is_blank(body[:_MAX_TEXT]):
                return f'<p class="output">{html.escape(told(_NEEDS_SCRIPT))}</p>'
            return _framed(visible(body[:_MAX_TEXT]), words or told("HTML output"))
    if "text/latex" in data:
        return f'<div class="output">{prose(_joined(data["text/latex"]), None)}</div>'
    if "text/markdown" in data:
        return f'<div class="output" dir="auto">{prose(_joined(data["text/markdown"]), None)}</div>'
    return f'<pre class="output" dir="auto" tabindex="0">{_text(data.get("text/plain"))}</pre>'


def _joined(value: Any) -> str:
    return ("".join(map(str, value)) if isinstance(value, list) else str(value))[:_MAX_TEXT]


def _printed(value: Any) -> str:
    """What an object prints as, if that says anything: `<Figure size 640x480 with 1 Axes>` does not."""
    said = _joined(value or "").strip()
    return "" if re.fullmatch(r"<.*>", said, re.DOTALL) else said


def _image(kind: str, value: Any, words: str) -> str:
    """A picture as data, if it is one."""
    try:
        raw = base64.b64decode(_joined_image(value), validate=False)
    except (binascii.Error, ValueError):
        return ""
    address = f"data:{kind};base64,{base64.b64encode(raw).decode()}"
    return f'<img class="output" src="{address}" alt="{_text(words)}">'


def _joined_image(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def _framed(body: str, words: str) -> str:
    """Foreign HTML in a frame without scripts, without its own origin, and without any loading.

    What leads elsewhere becomes an element that does nothing: browsers open connections for it ahead of use
    and of any policy.
    """
    body = _LEADING.sub("<x-", body)
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    page = f'<meta http-equiv="Content-Security-Policy" content="{policy}">{body}'
    return (
        f'<iframe class="output" sandbox="" referrerpolicy="no-referrer" title="{_text(words)}" '
        f'srcdoc="{html.escape(page, quote=True)}"></iframe>'
    )


@functools.cache
def _math() -> Any:
    from latex2mathml import converter

    return converter


def _mathml(latex: str, *, display: bool) -> str:
    """LaTeX as MathML; what the converter cannot read is shown as it was written."""
    try:
        made = str(_math().convert(latex[:5000], display="block" if display else "inline"))
    except Exception:
        # The converter has no common error; the source of a formula is the best that can be shown.
        return f"<code>{html.escape(latex)}</code>"
    return (
        made
        if not re.search(r"<\s*(script|style|a|iframe)|href|xlink|\bon\w+=", made)
        else f"<code>{html.escape(latex)}</code>"
    )


def _parser(keep: Keep) -> Any:
    """markdown-it with tables and dollar maths, raw HTML passed on to the sanitiser."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    left = itertools.count(_FORMULAS, -1)

    def maths(content: str, options: Mapping[str, bool]) -> str:
        if next(left) <= 0:
            return f"<code>{html.escape(content)}</code>"
        return keep(_mathml(content, display=options.get("display_mode", False)))

    parser = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")
    return parser.use(dollarmath_plugin, renderer=maths, allow_digits=True)


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Keep of styles the alignment, of pictures data addresses, and no link of another scheme."""
    if name == "style":
        return value if re.fullmatch(r"text-align:(left|right|center)", value) else None
    if tag == "img" and name == "src":
        remote = re.match(r"(?i)[a-z][a-z0-9+.-]*:|//", value) and not value.startswith(
            ("data:image/png", "data:image/jpeg")
        )
        return None if remote or value.startswith("/") else value
    return None if tag == "a" and value.startswith("data:") else value


LESSON = Allowed(
    tags=_TAGS,
    attributes={
        "a": ("href", "title"),
        "img": ("src", "alt", "title"),
        "th": ("scope", "style"),
        "td": ("style",),
        "ol": ("start",),
    },
    schemes=("https", "mailto", "data"),
    attribute=_attribute,
    rel="noopener noreferrer nofollow",
)


_FILMED = dataclasses.replace(
    LESSON,
    tags=LESSON.tags | {"video"},
    attributes={**LESSON.attributes, "video": ("src", "title")},
)


def _embed(text: str, attachments: Any) -> str:
    """Pictures that a cell carries itself, as data addresses."""
    if not isinstance(attachments, dict):
        return text
    for name, forms in attachments.items():
        for kind in _IMAGES:
            if isinstance(forms, dict) and kind in forms:
                text = text.replace(
                    f"(attachment:{name})", f"(data:{kind};base64,{_joined_image(forms[kind]).strip()})"
                )
    return text


def _highlighted(item: files.Cell) -> str:
    """Code with colours where it is Python, else escaped."""
    source = visible(item["source"])
    if item["cell_type"] != "code" or len(source) > _MAX_TEXT:
        return html.escape(source)
    return _known(source) if len(source) <= _USUAL_TEXT else _coloured(source)


def _coloured(source: str) -> str:
    """Python with colours."""
    from pygments import highlight

    return str(highlight(source, *_colours())).rstrip("\n")


_known = functools.lru_cache(maxsize=256)(_coloured)
"""The copies of a class have most of their cells in common."""


@functools.cache
def _colours() -> tuple[Any, Any]:
    """Pygments' lexer and formatter; to make a formatter takes as long as to format a cell."""
    from pygments.formatters import HtmlFormatter
    from pygments.lexers.python import Python3Lexer

    return Python3Lexer(stripnl=False), HtmlFormatter(nowrap=True)


def in_words(made: str) -> str:
    """Sanitised HTML for a place that loads nothing: a picture that it does not hold is told by its text."""

    def put(match: re.Match[str]) -> str:
        if ' src="data:' in match.group(0):
            return match.group(0)
        alt = re.search(r' alt="([^"]+)"', match.group(0))
        return f'<em class="picture">{alt.group(1)}</em>' if alt else ""

    return re.sub(r'<img(?: [a-z]+="[^"]*")*>', put, made)


def rebased(made: str, base: str, path: str) -> str:
    """Sanitised HTML with pictures and links below `base`, as the file `path` means them from its folder."""
    folder = base + urllib.parse.quote("".join(path.rpartition("/")[:2]))

    def put(match: re.Match[str]) -> str:
        address = match.group(3)
        if re.match(r"(?i)[a-z][a-z0-9+.-]*:|[/#]", address):
            return match.group(0)
        return f'<{match.group(1)} {match.group(2)}="{folder}{address}"'

    return re.sub(r'<(img|a) (src|href)="([^"]*)"', put, made)


def filmed(made: str, put: Callable[[str, str], str]) -> str:
    """Sanitised HTML with the tag that begins a video, and nothing of what stands in it, put anew.

    Args:
        made: what `filming` made, by itself or in `cell`.
        put: makes HTML of a video's address and title.
    """

    def anew(match: re.Match[str]) -> str:
        told = dict(re.findall(r' ([a-z]+)="([^"]*)"', match.group(1)))
        return put(html.unescape(told.get("src", "")), html.unescape(told.get("title", "")))

    return re.sub(r'<video((?: [a-z]+="[^"]*")*)>', anew, made)
