"""What a student installs: light, and not tied to one operating system.

Each case is a fresh interpreter in which some modules are refused, as on a machine that does not have them.
"""

import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "courseware"

# What the extra `service` brings and the base install does not.
HEAVY = (
    "alembic", "latex2mathml", "matplotlib", "mdit_py_plugins", "msgspec", "nbgrader", "nh3", "numpy",
    "obstore", "pandas", "psycopg", "sqlalchemy",
)  # fmt: skip

# As if they were not installed: no finder knows them, and whoever only asks is told so.
WITHOUT_HEAVY = """
import sys
HEAVY = {heavy!r}
class Without:
    def __init__(self, finder):
        self.finder = finder
    def __getattr__(self, name):
        return getattr(self.finder, name)
    def find_spec(self, name, path=None, target=None):
        return None if name.split(".")[0] in HEAVY else self.finder.find_spec(name, path, target)
sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
"""

# Our own modules only: the standard library takes another branch of its own on other systems.
WITHOUT_POSIX = """
import builtins, os, sys
real = builtins.__import__
def refuse(name, globals=None, locals=None, fromlist=(), level=0):
    if name in {"fcntl", "resource", "pwd", "grp", "termios"}:
        if (globals or {}).get("__name__", "").startswith("courseware"):
            raise ModuleNotFoundError("No module named " + repr(name), name=name)
    return real(name, globals, locals, fromlist, level)
builtins.__import__ = refuse
del os.fork
"""


def modules(*rooms: str) -> list[str]:
    """Every module of these rooms."""
    found = [path for room in rooms for path in sorted((PACKAGE / room).rglob("*.py"))]
    return [
        ".".join(p.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__") for p in found
    ]


def run(preparation: str, program: str) -> None:
    """Run a program in an interpreter prepared like that."""
    command = [sys.executable, "-W", "error::ImportWarning", "-c", preparation + program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


PREPARED = pytest.mark.parametrize(
    "preparation", [WITHOUT_HEAVY.format(heavy=HEAVY), WITHOUT_POSIX], ids=["without-service", "other-system"]
)


@PREPARED
def test_lab_and_kit_are_imported(preparation: str) -> None:
    names = modules("lab", "kit")
    assert any(name.startswith("courseware.lab.") for name in names)
    assert any(name.startswith("courseware.kit") for name in names)
    run(preparation, "".join(f"import {name}\n" for name in names))


@PREPARED
@pytest.mark.parametrize("command", ["", "join", "fetch", "submit", "status", "verify"])
def test_student_commands_start(preparation: str, command: str) -> None:
    run(
        preparation,
        f"""
sys.argv = ["courseware", *{command.split()!r}, "--help"]
from courseware.cli import main
try:
    main.main()
except SystemExit as end:
    assert not end.code, end.code
""",
    )
