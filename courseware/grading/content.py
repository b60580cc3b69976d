"""What a grading depends on, as one number: where it is the same, the cells go the same way again.

In: a job and where it runs. Out: SHA-256 in hexadecimal over all that can change a mark: every cell and file
of release and hand-in, limits, rules, where each test runs, how strongly the sandbox holds, the packages of
the course's Python, and the sources of this version that decide marks. Names of students are no part of it.
"""

import dataclasses
import functools
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from courseware.grading import pipeline
from courseware.sandbox import port

_DECIDING = ("grading", "notebook", "sandbox")
"""The rooms whose sources decide marks."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Place:
    """Where code runs: the level of the sandbox, and the fingerprint of the Python and its packages."""

    level: port.Level
    fingerprint: str


def of_job(job: pipeline.Job, place: Place) -> str:
    """The number of a whole hand-in."""
    told = {
        "version": version(),
        "place": dataclasses.asdict(place),
        "notebooks": dict(job.notebooks),
        "files": hashes(job.files),
        "answers": sorted(job.answers),
        "submitted": hashes(job.submitted),
        "rules": _rules(job.rules),
        "limits": dataclasses.asdict(job.limits),
        "lacks": [dataclasses.asdict(each) for each in sorted(job.lacks)],
        "apart": {name: dict(modes) for name, modes in job.apart.items()},
        "asks": {name: {key: sorted(asks) for key, asks in each.items()} for name, each in job.asks.items()},
    }
    return digest(told)


def of_conditions(job: pipeline.Job, name: str, place: Place) -> str:
    """The number of all but the cells that decides how the cells of one notebook go."""
    space = pipeline.workspace(job, name)
    apart = bool(job.apart.get(name))
    told = {
        "version": version(),
        "place": dataclasses.asdict(place),
        "files": hashes(space.files),
        "release": sorted(space.release),
        "environment": dict(space.environment),
        "kernel": space.kernel,
        "limits": dataclasses.asdict(job.limits),
        "scores": job.rules.scores,
        "given": pipeline.given(job, name) if apart else None,
    }
    return digest(told)


def digest(told: Any) -> str:
    """SHA-256 over a JSON value, whatever the order of its names."""
    text = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of each file."""
    return {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}


@functools.cache
def version() -> str:
    """SHA-256 over the sources of this version that decide marks; a checkout differs with every change."""
    top = Path(__file__).parents[1]
    found = sorted(path for room in _DECIDING for path in (top / room).rglob("*.py"))
    return digest({str(path.relative_to(top)): path.read_text(encoding="utf-8") for path in found})


def _rules(rules: pipeline.Rules) -> dict[str, Any]:
    """The rules of marking as JSON."""
    told = {field.name: getattr(rules, field.name) for field in dataclasses.fields(rules)}
    pattern: re.Pattern[str] | None = rules.ignored
    return {**told, "ignored": [pattern.pattern, pattern.flags] if pattern else None}
