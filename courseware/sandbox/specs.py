"""How a kernel is started: the course's Python, or one for another language that is installed beside it.

In: the course's Python and the name of a kernel, empty for Python. Out: a command line. Kernels are looked
for where the course's Python has its own (`share/jupyter/kernels`) and where the system has them, never in
anybody's home. Refused, as the course's fault: a kernel that is not installed there.
"""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from courseware import errors
from courseware.sandbox import bubblewrap, pythons

_SYSTEM = (Path("/usr/local/share/jupyter/kernels"), Path("/usr/share/jupyter/kernels"))
_IPYTHON = ("-m", "ipykernel_launcher", "-f", "{connection_file}")
_QUIET = (
    "--HistoryManager.enabled=False",
    "--InteractiveShellApp.ignore_cwd=True",
    f"--IPKernelApp.exec_lines=import sys; sys.path.append('{bubblewrap.WORK}')",
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Program:
    """A kernel's command line, as in a kernel specification, and what it needs."""

    argv: tuple[str, ...]
    language: str = "python"
    environment: Mapping[str, str] = dataclasses.field(default_factory=dict)
    interrupted_by_message: bool = True


def program(python: Path, name: str) -> Program:
    """The kernel of this name.

    Raises:
        UserError: the course's Python does not start, or has no kernel of its own.
        Permanent: there is no kernel of this name.
    """
    known = pythons.inspect(python)
    if not name:
        return Program(argv=(str(python), *_IPYTHON, *_QUIET))
    for place in (known.prefix / "share" / "jupyter" / "kernels", *_SYSTEM):
        told = _read(place / name / "kernel.json")
        if told is not None:
            return _known(told, python)
    raise errors.Permanent(
        f"The kernel {name!r} is not installed. Install it in the course's environment, then grade again."
    )


def _read(path: Path) -> Mapping[str, Any] | None:
    """A kernel specification; None where there is none that can be read."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) and isinstance(told.get("argv"), list) and told["argv"] else None


def _known(told: Mapping[str, Any], python: Path) -> Program:
    argv = [str(word) for word in told["argv"]]
    if Path(argv[0]).name.startswith("python"):
        argv[0] = str(python)  # whatever it is called there, it is the interpreter of the course
    environment = told.get("env")
    return Program(
        argv=tuple(argv),
        language=str(told.get("language", "")),
        environment={str(k): str(v) for k, v in environment.items()} if isinstance(environment, dict) else {},
        interrupted_by_message=told.get("interrupt_mode") == "message",
    )
