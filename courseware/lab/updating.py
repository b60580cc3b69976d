"""A newer release in a working copy: looked at first, then brought in, and taken back if it was not wanted.

In: a copy and what the course tells of two releases. Out: a plan of what becomes of each file; the files;
words. A notebook is merged cell by cell (`notebook.update`); another file gives way if it is as it was
released, else the new one is put beside it. What stood there before is kept in `.courseware/undo/` until the
next update. Nothing is ever written over that is nowhere else.
"""

import dataclasses
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from courseware import errors, names
from courseware.lab import copies
from courseware.notebook import files, update

What = Literal["merged", "replaced", "added", "beside"]
Fetch = Callable[[int, str], bytes]
"""A file of a release by its number and path."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Step:
    """What becomes of one file: `data` is what is written, in its place or beside it."""

    path: str
    what: What
    data: bytes
    changes: tuple[update.Change, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """What an update to a release does; `hashes` are those of its files."""

    copy: copies.Copy
    release: int
    hashes: Mapping[str, str]
    steps: tuple[Step, ...]
    notes: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Done:
    """What came of it: the copy as it is now, files that changed, what the person should know, and what was
    planned, if it was.
    """

    copy: copies.Copy
    changed: tuple[str, ...]
    notes: tuple[str, ...]
    steps: tuple[Step, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Before:
    """What an update took the place of: the state of the copy, and hashes of each file before (empty: there
    was none) and after.
    """

    release: int
    to: int
    hashes: Mapping[str, str]
    texts: Mapping[str, str]
    files: Mapping[str, tuple[str, str]]


def plan(copy: copies.Copy, release: Mapping[str, Any], fetch: Fetch) -> Plan:
    """What an update of a copy to a release does; nothing is written.

    Raises:
        UserError: a file name that cannot be, or bytes that are not what the release says.
    """
    number = int(release["number"])
    hashes = {names.safe(str(entry["path"])): str(entry["sha256"]) for entry in release["files"]}
    steps: list[Step] = []
    notes: list[str] = []
    for path, sha256 in hashes.items():
        target = copies.inside(copy.folder, path)
        here = copies.sha256_of(target) if target.is_file() and not target.is_symlink() else ""
        if here == sha256:
            continue
        if not here and not os.path.lexists(target):
            steps.append(Step(path=path, what="added", data=_fetched(path, sha256, number, fetch)))
        elif path.endswith(".ipynb"):
            steps += _notebook(copy, path, (number, sha256), fetch, notes)
        elif copy.hashes.get(path) != sha256:
            what: What = "replaced" if here and here == copy.hashes.get(path) else "beside"
            steps.append(Step(path=path, what=what, data=_fetched(path, sha256, number, fetch)))
    notes += [
        f"{path} is not part of the lesson any more. Yours stays."
        for path in sorted(copy.hashes)
        if path not in hashes and (copy.folder / path).exists()
    ]
    return Plan(copy=copy, release=number, hashes=hashes, steps=tuple(steps), notes=tuple(notes))


def _notebook(
    copy: copies.Copy, path: str, wanted: tuple[int, str], fetch: Fetch, notes: list[str]
) -> list[Step]:
    """A notebook that is there already: merged, or with the new one beside it where that cannot be done."""
    number, sha256 = wanted
    target = copies.inside(copy.folder, path)
    before = copies.release_of(target) or copy.release
    if before == number:
        return []
    data = _fetched(path, sha256, number, fetch)
    try:
        mine = files.read(target.read_bytes(), name=path)
        base = files.read(fetch(before, path), name=path)
    except (OSError, errors.UserError) as error:
        told = error.message if isinstance(error, errors.UserError) else f"{path} cannot be read."
        notes.append(f"{told} So it stays as it is, and the new one is put beside it.")
        return [Step(path=path, what="beside", data=data)]
    made = update.merge(base, mine, files.read(data, name=path), release=number)
    return [Step(path=path, what="merged", data=files.write(made.notebook), changes=made.changes)]


def carry_out(plan: Plan) -> Done:
    """Bring a release into a copy as planned. What stood there is kept first."""
    copy = plan.copy
    keep = _Before(
        release=copy.release,
        to=plan.release,
        hashes=copy.hashes,
        texts=copy.texts,
        files={
            step.path: (copies.sha256_of(copy.folder / step.path), hashlib.sha256(step.data).hexdigest())
            for step in plan.steps
            if step.what != "beside"
        },
    )
    _keep(copy, keep)
    notes, texts = list(plan.notes), dict(copy.texts)
    for step in plan.steps:
        if step.what == "beside":
            name = copies.beside(copy.folder, step.path, step.data, mark=f"release-{plan.release}")
            notes.append(
                f"You have changed {step.path}, so it stays as it is. The new one is beside it: {name}."
            )
            continue
        copies.write(copies.inside(copy.folder, step.path), step.data)
        texts.pop(step.path, None)
        if hashlib.sha256(step.data).hexdigest() == plan.hashes[step.path]:
            texts[step.path] = copies.text_of(step.data)
    current = copies.find(copy.folder) or copy
    fresh = dataclasses.replace(current, release=plan.release, hashes=plan.hashes, texts=texts)
    copies.save(fresh)
    changed = tuple(step.path for step in plan.steps if step.what != "beside")
    return Done(copy=fresh, changed=changed, notes=tuple(notes), steps=plan.steps)


def told(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """What becomes of the files, as JSON."""
    return [
        {
            "path": step.path,
            "what": step.what,
            "changes": [dataclasses.asdict(change) for change in step.changes],
        }
        for step in steps
    ]


def undoable(folder: Path) -> int | None:
    """The release that a copy can go back to."""
    before = _kept(folder)
    return before.release if before else None


def undo(copy: copies.Copy) -> Done:
    """Take the last update back. What was written since is put beside the file that it was written in.

    Raises:
        UserError: there is nothing to take back.
    """
    before = _kept(copy.folder)
    if before is None:
        raise errors.UserError("There is no update to take back here.", code="not-found")
    changed, notes = [], []
    for path, (was, made) in before.files.items():
        target = copies.inside(copy.folder, path)
        here = copies.sha256_of(target)
        if here == was:
            continue
        if not was and here != made:
            notes.append(f"{path} came with the update and you have changed it since, so it stays.")
            continue
        if here not in ("", made):
            name = copies.beside(copy.folder, path, target.read_bytes(), mark=f"release-{before.to}")
            notes.append(f"What you wrote in {path} since the update is beside it: {name}.")
        if was:
            copies.write(target, (_folder(copy.folder) / "files" / path).read_bytes())
        else:
            target.unlink()
        changed.append(path)
    current = copies.find(copy.folder) or copy
    back = dataclasses.replace(current, release=before.release, hashes=before.hashes, texts=before.texts)
    copies.save(back)
    shutil.rmtree(_folder(copy.folder))
    return Done(copy=back, changed=tuple(changed), notes=tuple(notes))


def _folder(folder: Path) -> Path:
    """Where what stood there before is kept."""
    return folder / copies.FOLDER / "undo"


def _keep(copy: copies.Copy, before: _Before) -> None:
    """Keep the files that an update takes the place of; of one that was broken off, what is kept stays."""
    known = _kept(copy.folder)
    broken_off = known is not None and known.to == before.to
    place = _folder(copy.folder)
    if not broken_off and place.exists():
        shutil.rmtree(place)
    for path, (was, _) in before.files.items():
        if was and not (broken_off and known and path in known.files):
            copies.write(place / "files" / path, (copy.folder / path).read_bytes())
    told = dataclasses.asdict(before)
    if broken_off and known:
        told |= {"files": {**before.files, **known.files}, "hashes": known.hashes, "texts": known.texts}
        told["release"] = known.release
    copies.write(place / "undo.json", (json.dumps({"format": 1, **told}, indent=1) + "\n").encode())


def _kept(folder: Path) -> _Before | None:
    """What the last update took the place of; None if that cannot be read."""
    try:
        told = json.loads((_folder(folder) / "undo.json").read_text(encoding="utf-8"))
        return _Before(
            release=int(told["release"]),
            to=int(told["to"]),
            hashes={str(k): str(v) for k, v in told["hashes"].items()},
            texts={str(k): str(v) for k, v in told["texts"].items()},
            files={names.safe(str(k)): (str(was), str(made)) for k, (was, made) in told["files"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, errors.UserError):
        return None


def _fetched(path: str, sha256: str, number: int, fetch: Fetch) -> bytes:
    """A file of the release, as the course told of it."""
    data = fetch(number, path)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise errors.UserError(f"{path} came damaged. Try again.")
    return data
