"""A table as spreadsheets and registries save it as text.

In: the bytes of a file, or its text. Out: the text without a mark of the order of its bytes, and what stands
between its cells. Refused: bytes that are neither UTF-8 nor say that they are UTF-16; what they mean would be
a guess, and names would come out garbled.
"""

import codecs

_DELIMITERS = (",", ";", "\t")
"""A comma where all are as frequent; a spreadsheet's “Unicode text” has tabs."""


def text(data: bytes) -> str:
    """The text of a file.

    Raises:
        UnicodeDecodeError: it is neither UTF-8 nor UTF-16 with its mark.
    """
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if is_wide else "utf-8-sig")


def delimiter(plain: str) -> str:
    """What stands between the cells of the first line."""
    first = plain.splitlines()[0] if plain else ""
    return max(_DELIMITERS, key=first.count)
