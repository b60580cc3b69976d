"""What `make demo` and `make test` say first, on a machine that lacks everything pip and npm cannot bring."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "prerequisites.py"
ORDINARY = 65534

# Starts the script as another user although its interpreter may lie where only this user can read.
_AS_ORDINARY = f"""
import os, runpy, sys
import argparse, gettext, glob, importlib.util, pkgutil, shutil, subprocess, typing, venv, ensurepip
os.setgroups([]); os.setgid({ORDINARY}); os.setuid({ORDINARY})
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture
def hidden() -> Iterator[Path]:
    """A folder that everybody may enter: a search path with next to nothing, and a copy of the script."""
    folder = Path(tempfile.mkdtemp(prefix="cw-path-"))
    folder.chmod(0o755)
    shutil.copy(SCRIPT, folder / "prerequisites.py")
    for name in ("env", "sh", "true"):
        (folder / name).symlink_to(shutil.which(name) or name)
    yield folder
    shutil.rmtree(folder)


def program(folder: Path, name: str, script: str) -> None:
    """Put a stand-in on the search path."""
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def ask(folder: Path, *arguments: str, root: bool) -> tuple[int, str, float]:
    """Exit status, standard error and seconds of the check on that search path."""
    command = [sys.executable, str(folder / "prerequisites.py"), *arguments]
    if root and os.geteuid() != 0:
        bwrap = shutil.which("bwrap") or "bwrap"
        command = [bwrap, "--bind", "/", "/", "--unshare-user", "--uid", "0", "--gid", "0", *command]
    elif not root and os.geteuid() == 0:
        command = [sys.executable, "-c", _AS_ORDINARY, *command[1:]]
    started = time.monotonic()
    environment = {"PATH": str(folder), "COURSEWARE_POSTGRES_BIN": str(folder / "none")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, done.stderr, time.monotonic() - started


@pytest.mark.parametrize(
    ("target", "packages"),
    [("demo", "bubblewrap nodejs"), ("test", "bubblewrap chromium ffmpeg iproute2 nodejs postgresql")],
)
def test_root_without_apt_is_told_the_line(hidden: Path, target: str, packages: str) -> None:
    status, said, seconds = ask(hidden, target, root=True)
    assert status == 1
    assert said == f"Missing: {packages.replace(' ', ', ')}. Type:\n  apt-get install -y {packages}\n"
    assert seconds < 5


@pytest.mark.parametrize(
    ("target", "packages"),
    [("demo", "bubblewrap nodejs"), ("test", "bubblewrap chromium ffmpeg iproute2 nodejs postgresql")],
)
def test_an_ordinary_user_is_told_the_line(hidden: Path, target: str, packages: str) -> None:
    program(hidden, "apt-get", "exit 1")
    status, said, seconds = ask(hidden, target, root=False)
    assert status == 1
    assert said.splitlines()[-1] == f'  su -c "apt-get install -y {packages}"'
    assert seconds < 5


def test_sudo_that_asks_for_a_password_is_not_waited_for(hidden: Path) -> None:
    program(hidden, "apt-get", "exit 1")
    program(hidden, "sudo", "exit 1")
    status, said, _ = ask(hidden, "demo", root=False)
    assert status == 1
    assert said.splitlines()[-1] == "  sudo apt-get install -y bubblewrap nodejs"


def test_root_with_apt_gets_them(hidden: Path) -> None:
    install = 'case "$*" in *install*) : > "$d/got"; for p in bwrap node; do cp "$d/x" "$d/$p"; done;; esac'
    program(hidden, "x", "echo v22.0.0")
    for name in ("cp",):
        (hidden / name).symlink_to(shutil.which(name) or name)
    program(hidden, "apt-get", f'd="{hidden}"; {install}')
    status, said, _ = ask(hidden, "demo", root=True)
    assert (status, said) == (0, "")
    assert (hidden / "got").exists()


def test_an_old_node_is_named(hidden: Path) -> None:
    program(hidden, "bwrap", "exit 0")
    program(hidden, "node", "echo v18.20.4")
    status, said, _ = ask(hidden, "demo", root=True)
    assert status == 1
    assert said.startswith("Node 20 or later is needed")


def test_no_sandbox_possible(hidden: Path) -> None:
    program(hidden, "bwrap", "exit 1")
    program(hidden, "node", "echo v20.1.0")
    status, said, _ = ask(hidden, "demo", root=True)
    assert status == 1
    assert said.splitlines()[-1] == "  make demo SANDBOX=none"
    assert ask(hidden, "demo", "--sandbox", "none", root=True)[0] == 0


def checkout_of(hidden: Path) -> Path:
    """As much of a checkout as the check looks at, before anything is installed."""
    checkout = hidden / "checkout"
    (checkout / "scripts").mkdir(parents=True)
    (checkout / "courseware" / "sandbox").mkdir(parents=True)
    shutil.copy(SCRIPT, checkout / "scripts")
    calls = Path("courseware", "sandbox", "syscalls.py")
    shutil.copy(SCRIPT.parents[1] / calls, checkout / calls)
    return checkout


@pytest.mark.parametrize("bubblewrap", ["refused", "missing"])
def test_a_pod_is_enough_for_the_demonstration(hidden: Path, bubblewrap: str) -> None:
    if bubblewrap == "refused":
        program(hidden, "bwrap", "exit 1")
    program(hidden, "node", "echo v20.1.0")
    script = checkout_of(hidden) / "scripts" / "prerequisites.py"
    command = [sys.executable, str(script)]
    environment = {"PATH": str(hidden), "COURSEWARE_POSTGRES_BIN": str(hidden / "none")}
    done = subprocess.run([*command, "demo"], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "at level pod" in done.stdout
    tests = subprocess.run([*command, "test"], env=environment, capture_output=True, text=True, check=False)
    assert tests.returncode == 1


def test_where_it_is_installed_its_own_probes_decide(hidden: Path) -> None:
    program(hidden, "bwrap", "exit 1")
    program(hidden, "node", "echo v20.1.0")
    checkout = checkout_of(hidden)
    (checkout / ".venv" / "bin").mkdir(parents=True)
    command = [sys.executable, str(checkout / "scripts" / "prerequisites.py"), "demo"]
    program(checkout / ".venv" / "bin", "courseware", 'echo "sandbox: none. It is broken."; exit 1')
    done = subprocess.run(
        command, env={"PATH": str(hidden)}, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 1
    assert "here: sandbox: none. It is broken. Type:" in done.stderr
    assert done.stderr.splitlines()[-1] == "  make demo SANDBOX=none"
    program(checkout / ".venv" / "bin", "courseware", 'test "$1" = doctor && echo "sandbox: pod. Good."')
    done = subprocess.run(
        command, env={"PATH": str(hidden)}, capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("target", ["demo", "test"])
def test_make_stops_before_it_installs_anything(hidden: Path, target: str) -> None:
    checkout = hidden / "checkout"
    (checkout / "scripts").mkdir(parents=True)
    shutil.copy(SCRIPT, checkout / "scripts")
    shutil.copy(SCRIPT.parents[1] / "Makefile", checkout)
    (hidden / "find").symlink_to(shutil.which("find") or "find")
    command = [shutil.which("make") or "make", target, f"PYTHON={sys.executable}"]
    environment = {"PATH": str(hidden), "COURSEWARE_POSTGRES_BIN": str(hidden / "none")}
    done = subprocess.run(
        command, cwd=checkout, env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode != 0
    assert "apt-get install -y bubblewrap" in done.stderr
    assert not (checkout / ".venv").exists()
