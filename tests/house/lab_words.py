"""The texts of the Lab extension, read from its sources: what stands in `trans.__()` and `words._n()`."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2] / "extensions" / "courseware-lab" / "src"
SOURCES = [path for path in sorted(ROOT.rglob("*.ts*")) if ".spec." not in path.name]
_STRING = r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*\""""
CALL = re.compile(r"\b(?:trans|words)\s*\.\s*(?:__|_n)\(")
_TEXTS = re.compile(rf"\s*({_STRING})\s*(?:,\s*({_STRING}))?")


def texts() -> dict[str, str]:
    """Every text that is translated, and the one for several of it where it is counted."""
    found: dict[str, str] = {}
    for path in SOURCES:
        source = path.read_text(encoding="utf-8")
        for call in CALL.finditer(source):
            read = _TEXTS.match(source, call.end())
            if read is None:
                raise ValueError(
                    f"{path.name}: {source[call.start() : call.end() + 60]!r} holds no plain text"
                )
            counted = call[0].endswith("_n(") and read[2] is not None
            found.setdefault(_plain(read[1]), _plain(read[2]) if counted else "")
    return found


def _plain(literal: str) -> str:
    """What a string of the source says."""
    return str(ast.literal_eval(literal))
