"""Which kernel a notebook asks for.

In: a notebook. Out: nothing for Python, whatever the kernel is called there (the name says which machine),
else the name of the kernel and the language. What is no plain name counts as Python.
"""

import re
from collections.abc import Mapping
from typing import Any

from courseware.notebook import files

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_COMMENTS = {
    ";": ("scheme", "lisp", "clojure", "racket", "hy"),
    "//": ("c", "c++", "cpp", "java", "javascript", "typescript", "rust", "go", "scala", "kotlin", "csharp"),
    "--": ("lua", "sql", "haskell", "ada", "vhdl"),
    "%": ("matlab", "octave", "prolog", "erlang", "tex"),
}


def other(notebook: files.Notebook) -> str:
    """The name of a kernel that is none of Python's; empty for Python."""
    spec = notebook["metadata"].get("kernelspec")
    name = spec.get("name") if isinstance(spec, dict) else None
    if language(notebook["metadata"]) == "python" or not isinstance(name, str) or not _PLAIN.fullmatch(name):
        return ""
    return name


def language(metadata: Mapping[str, Any]) -> str:
    """The language of a notebook with this metadata, in small letters."""
    spec, info = metadata.get("kernelspec"), metadata.get("language_info")
    named = spec.get("language") if isinstance(spec, Mapping) else None
    told = named or (info.get("name") if isinstance(info, Mapping) else None)
    return told.lower() if isinstance(told, str) and told else "python"


def comment(spoken: str) -> str:
    """How a line of comment begins in a language."""
    return next((mark for mark, languages in _COMMENTS.items() if spoken in languages), "#")
