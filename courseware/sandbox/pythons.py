"""The Python that a course's code runs in: where it lies and what is installed there.

In: the path of an interpreter. Out: the folders it needs and a fingerprint of its packages. Refused: an
interpreter that does not start or has no ipykernel. What another interpreter is asked runs isolated
(`-I`), without the caller's environment.
"""

import dataclasses
import functools
import hashlib
import json
import subprocess
import sys
from pathlib import Path

from courseware import errors

_ASK = """
import importlib.metadata, importlib.util, json, sys
print(json.dumps({
    "paths": [sys.prefix, sys.base_prefix, *(each for each in sys.path if each.endswith("-packages"))],
    "prefix": sys.prefix,
    "version": sys.version.split()[0],
    "packages": sorted(f"{d.metadata['Name']}=={d.version}" for d in importlib.metadata.distributions()),
    "kernel": importlib.util.find_spec("ipykernel") is not None,
}))
"""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Python:
    """An interpreter: the folders to show it, its version, a SHA-256 over version and packages, and where it
    is installed.
    """

    executable: Path
    folders: tuple[Path, ...]
    version: str
    fingerprint: str
    prefix: Path


def current() -> Path:
    """The interpreter of this process, for courses that name none."""
    return Path(sys.executable)


@functools.cache
def inspect(executable: Path) -> Python:
    """What there is to know about an interpreter.

    Raises:
        UserError: it does not start, or it has no kernel.
    """
    try:
        done = subprocess.run(
            [executable, "-I", "-c", _ASK], capture_output=True, timeout=60, check=True, env={}
        )
        told = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        raise errors.UserError(
            f"The course's Python {executable} does not start. Check [environment] in course.toml."
        ) from None
    if not told["kernel"]:
        raise errors.UserError(f"The course's Python {executable} has no ipykernel. Install ipykernel there.")
    folders = {Path(path) for path in told["paths"]} | {executable.parent, executable.resolve().parent.parent}
    kept = sorted(path for path in folders if not path.is_relative_to("/usr") and path != Path("/"))
    outer = tuple(p for p in kept if not any(p != q and p.is_relative_to(q) for q in kept))
    digest = hashlib.sha256(json.dumps([told["version"], told["packages"]]).encode()).hexdigest()
    prefix = Path(told["prefix"])
    return Python(
        executable=executable, folders=outer, version=told["version"], fingerprint=digest, prefix=prefix
    )
