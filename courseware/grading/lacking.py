"""What a run shows to be missing in the course itself: a package or a data file. That is nobody's zero.

In: how cells ended. Out: names of packages and files that were looked for in vain, and whose fault it is.
The course's: what the key lacks too, and a package that the course's own cells ask for and that cannot be
imported where no student's work is. Anything else is the student's.
"""

import dataclasses
import re
from collections.abc import Iterable, Mapping
from typing import Literal

from courseware.notebook import cells, files
from courseware.sandbox import port

_TEXTS = {
    "ModuleNotFoundError": re.compile(r"No module named '([A-Za-z_]\w*)"),
    "FileNotFoundError": re.compile(r"No such file or directory: '([^'\n]{1,200})'|^(\S{1,200}) not found"),
}


@dataclasses.dataclass(frozen=True, kw_only=True, order=True)
class Lacked:
    """A package or a file that was looked for in vain."""

    kind: Literal["package", "file"]
    name: str

    @property
    def advice(self) -> str:
        """A sentence for staff."""
        if self.kind == "package":
            return (
                f"The package {self.name!r} is missing. Install it in the course's environment, "
                "then grade again."
            )
        return f"The file {self.name!r} is missing. Put it into the lesson's folder and release again."


def of_run(run: port.CellRun) -> Lacked | None:
    """What this cell stopped for, if it was that."""
    failed = next((o for o in run.outputs if o.get("output_type") == "error"), {})
    name = str(failed.get("ename", ""))
    found = _TEXTS[name].search(str(failed.get("evalue", ""))) if name in _TEXTS else None
    if run.ending != "error" or found is None:
        return None
    kind: Literal["package", "file"] = "package" if name == "ModuleNotFoundError" else "file"
    return Lacked(kind=kind, name=next(group for group in found.groups() if group))


def of_runs(runs: Iterable[port.CellRun]) -> frozenset[Lacked]:
    """All that cells stopped for."""
    return frozenset(lacked for run in runs if (lacked := of_run(run)))


def of_course(
    release: files.Notebook, executed: files.Notebook, runs: Mapping[str, port.CellRun]
) -> frozenset[Lacked]:
    """The packages that cells stopped for which are as the course wrote them."""
    own = {cell["source"] for cell in release["cells"] if not ((m := cells.marking(cell)) and m.solution)}
    found = of_runs(runs[c["id"]] for c in executed["cells"] if c["source"] in own and c["id"] in runs)
    return frozenset(lacked for lacked in found if lacked.kind == "package")


def absent(asked: Iterable[Lacked], sandbox: port.Sandbox, workspace: port.Workspace) -> frozenset[Lacked]:
    """Those packages that cannot be imported beside the course's files alone."""
    wanted = sorted(asked)
    if not wanted:
        return frozenset()
    session = sandbox.open(workspace)
    try:
        runs = [session.run(f"import {each.name}", seconds=60) for each in wanted]
    finally:
        session.close()
    return frozenset(each for each, run in zip(wanted, runs, strict=True) if of_run(run) == each)
