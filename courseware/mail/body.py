"""What is written in a mail: its plain text, or a plain rendering of its HTML.

In: a parsed mail. Out: text, why it cannot be trusted to be all, and how many attached files were left out.
Nothing of HTML but its words and its quotes is kept: no address is fetched, nothing runs.
"""

import email.message
import html
import re
from collections.abc import Iterator

import nh3

from courseware.mail import charsets

PARTS, DEPTH, LONG = 60, 8, 100_000
_TAGS = {"p", "br", "div", "blockquote", "pre", "li", "tr", "h1", "h2", "h3", "h4", "hr"}
_TAG = re.compile(r"(<[^<>]*>)")
_QUIET = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature",
          "application/ms-tnef", "text/calendar", "message/delivery-status"}  # fmt: skip


def read(message: email.message.Message) -> tuple[str, str, int]:
    """The text, what is wrong with it, and the number of files left out."""
    plain: list[str] = []
    rich: list[str] = []
    problem, left_out = "", 0
    for part in _leaves(message, 0):
        kind = part.get_content_type()
        if kind not in ("text/plain", "text/html") or _is_file(part):
            left_out += kind not in _QUIET and not (kind.startswith("image/") and part.get("content-id"))
            continue
        text, known = _decoded(part)
        problem = problem or ("" if known else "its characters cannot be read with certainty")
        if kind == "text/plain":
            plain.append(_unflowed(text) if part.get_param("format") == "flowed" else text)
        else:
            rich.append(text)
    text = "\n".join(plain).strip()
    if not text and rich:
        text = rendered("\n".join(rich))
    return charsets.plain(text[:LONG]), problem, left_out


def _leaves(message: email.message.Message, depth: int) -> Iterator[email.message.Message]:
    """The parts that are no containers, as far as they are looked at; a mail in a mail is a file."""
    held = message.get_payload()
    if not isinstance(held, list) or message.get_content_maintype() == "message":
        yield message
    elif depth < DEPTH:
        for part in held[:PARTS]:
            if isinstance(part, email.message.Message):
                yield from _leaves(part, depth + 1)


def _is_file(part: email.message.Message) -> bool:
    told = str(part.get("content-disposition", "")).strip().lower()
    return told.startswith("attachment") or "filename" in told


def _decoded(part: email.message.Message) -> tuple[str, bool]:
    data = part.get_payload(decode=True)
    charset = str(part.get_param("charset") or "ascii").strip("'\" ")
    return charsets.decoded(data[:LONG] if isinstance(data, bytes) else b"", charset)


def _unflowed(text: str) -> str:
    """Text of the kind `flowed` (RFC 3676) with its paragraphs in one line each."""
    lines: list[str] = []
    joins = False
    for line in text.replace("\r\n", "\n").split("\n"):
        bare = line[1:] if line.startswith(" ") else line
        if joins and not bare.startswith(">") and bare != "-- ":
            lines[-1] += bare
        else:
            lines.append(bare)
        joins = bare.endswith(" ") and bare != "-- " and not bare.startswith(">")
    return "\n".join(lines)


def rendered(source: str) -> str:
    """HTML as plain text; quoted parts are marked with `>`."""
    clean = nh3.clean(source[:LONG], tags=_TAGS, attributes={}, link_rel=None)
    lines, depth, kept = [""], 0, False
    for piece in _TAG.split(clean):
        if not piece.startswith("<"):
            words = html.unescape(piece)
            words = words if kept else re.sub(r"\s+", " ", words)
            for number, line in enumerate(words.split("\n")):
                if number:
                    lines.append("> " * depth)
                lines[-1] += line if lines[-1].strip() or kept else line.lstrip()
            continue
        name = piece.strip("</> \n").split()[0] if piece.strip("</> \n") else ""
        if name == "blockquote":
            depth = min(4, max(0, depth + (-1 if piece.startswith("</") else 1)))
        kept = (not piece.startswith("</")) if name == "pre" else kept
        if name == "br" or lines[-1].strip("> "):
            lines.append("> " * depth)
        elif name == "blockquote":
            lines[-1] = "> " * depth
    return "\n".join(line.rstrip() for line in lines).strip()
