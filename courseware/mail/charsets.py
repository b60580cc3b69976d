"""Bytes of a mail as text.

In: bytes and the name of a character set that somebody claims. Out: text, and whether it can be trusted to
be what was written. Only character sets that people write mail in are known: Python knows codecs that
compress, run a state machine or take quadratic time.
"""

import codecs
import re
import unicodedata

_KNOWN = re.compile(
    r"(ascii|utf-?8|utf-?16(-?[bl]e)?|utf-?32(-?[bl]e)?|iso-?8859-?\d{1,2}|cp\d{3,4}|koi8-[rut]|gb2312|gbk|gb18030|"
    r"hz|big5(hkscs)?|euc_(jp|kr)|shift_jis|iso2022_(jp|kr)|johab|mac-(roman|cyrillic|greek|latin2|turkish)|"
    r"tis-?620|ptcp154)"
)
_ALSO = {
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "windows-31j": "cp932",
    "x-sjis": "shift_jis",
    "x-gbk": "gbk",
    "x-mac-cyrillic": "mac-cyrillic",
    "windows-874": "cp874",
}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


def decoded(data: bytes, charset: str) -> tuple[str, bool]:
    """The text, and whether the character set was known and fits."""
    name = _name(charset)
    for each in dict.fromkeys((name, "utf-8")):
        if each:
            try:
                return data.decode(each), bool(name)
            except (UnicodeError, LookupError, ValueError):
                continue
    return data.decode("cp1252", "replace"), False


def _name(charset: str) -> str:
    """Python's name of a known character set, or nothing."""
    claimed = charset.strip().lower()[:40]
    try:
        name = codecs.lookup(_ALSO.get(claimed, claimed)).name
    except (LookupError, ValueError, UnicodeError):
        return ""
    return {"ascii": "utf-8", "iso8859-1": "cp1252"}.get(name, name) if _KNOWN.fullmatch(name) else ""


def plain(text: str) -> str:
    """Text with composed letters and plain line ends; what reorders or hides is left out."""
    clean = text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", unicodedata.normalize("NFC", clean.replace("\xa0", " ")))
