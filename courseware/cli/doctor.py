"""The command doctor: what this machine can do, or whether a Hub and the course service fit together."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from courseware import wiring
from courseware.cli import hub as checks
from courseware.cli import operate, screen

if TYPE_CHECKING:
    from courseware.sandbox import selftest

_EXTRAS = {"sqlalchemy": "service", "nbgrader": "service", "jupyterlab": "demo"}


def doctor(
    hub: Annotated[
        bool, typer.Option("--hub", help="Look at the JupyterHub and this service or server instead.")
    ] = False,
    config: operate.Config = None,
    as_json: operate.AsJson = False,
) -> None:
    """Say what this machine can do and what is missing.

    Example: courseware doctor
    """
    if hub:
        checks.check(config, as_json=as_json)
        return
    _machine(as_json=as_json)


def _machine(*, as_json: bool) -> None:
    """Say what this machine can do."""
    import importlib.util

    from courseware.sandbox import cgroups, selftest, syscalls

    fast = wiring.fork_servers()
    lanes = {"sandbox": fast.report, "kernels": selftest.probe()}
    groups = cgroups.available()
    there = {module: importlib.util.find_spec(module) is not None for module in _EXTRAS}
    if as_json:
        screen.as_json(
            {
                **{lane: _level(found) for lane, found in lanes.items()},
                "no_jail": [other.reason for other in fast.others],
                "landlock": syscalls.landlock_version(),
                "cgroups": {"places": bool(groups.places), "reason": groups.reason},
                "python": {"version": sys.version.split()[0], "executable": sys.executable},
                "installed": there,
            }
        )
    else:
        for lane, found in lanes.items():
            _tell(lane, found, fast.others if lane == "sandbox" else ())
        version = syscalls.landlock_version()
        screen.result(f"landlock: version {version}; a pod, where a jail cannot be built, needs version 6")
        single = "" if groups.places else "; memory and processes are limited for each process by itself"
        screen.result(f"cgroups: {groups.reason}{single}")
        screen.result(f"python: {sys.version.split()[0]} at {sys.executable}")
        for module, extra in _EXTRAS.items():
            lacks = f"missing; pip install courseware[{extra}]"
            screen.result(f"{module}: {'installed' if there[module] else lacks}")
    if all(found.level == "none" for found in lanes.values()):
        raise SystemExit(screen.NOT_SO)


def _level(found: "selftest.Report") -> dict[str, object]:
    """What a lane gives, for a script."""
    probes = dict(probe.split(":", 1) for probe in found.probes)
    return {"level": found.level, "reason": found.reason, "probes": probes}


def _tell(lane: str, found: "selftest.Report", others: "tuple[selftest.Report, ...]") -> None:
    """What a lane gives, in words."""
    screen.result(f"{lane}: {found.level}. {found.reason}")
    for other in others:
        screen.result(f"  no jail: {other.reason}")
    for probe in found.probes:
        screen.result(f"  {probe.replace(':', ': ')}")
