"""What an author does in JupyterLab with a lesson of a course folder: have it looked over, try it as a
blank student or with the key, upload it as a draft.

In: the path of a notebook below the Lab's root, as its file browser names it. Out: JSON for the extension.
The course folder is the one whose course.toml stands above the notebook; nothing in it is ever written.
Copies to be tried lie in `courseware-author/` in the root, and only what lies there is removed. Refused: a
notebook of no lesson, and one of another course than the window shows.
"""

import dataclasses
import json
import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from courseware import errors, names
from courseware.lab import client, connections
from courseware.notebook import source

Json = dict[str, Any]
Ask = Callable[[Callable[[client.Client, connections.Connection], Json]], Json]

_KINDS = ("blank", "key")
_TRIED = re.compile(rf"{source.TRIED}/([a-z0-9][a-z0-9_-]*-(?:blank|key))/.+")
_TEXTS = (".ipynb", ".py", ".md", ".txt", ".vtt", ".toml", ".json", ".yml", ".r", ".jl")
_MOST_TO_LOOK_AT = 200_000


@dataclasses.dataclass(frozen=True, kw_only=True)
class Place:
    """Where a notebook stands: the course's folder and slug, its lesson's and the lesson's folder in it, and
    the path in that. `listed`: course.toml knows the lesson.
    """

    folder: Path
    course: str
    lesson: str
    source: str
    path: str
    listed: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class Authoring:
    """What is done below one root, and how the course is asked."""

    root: Path
    ask: Ask

    def told(self, body: Json) -> Json:
        """Where a notebook stands; nothing of a lesson for one that stands in none."""
        found = place(self.root, _path(body))
        if found is None:
            return {"lesson": None}
        return {"lesson": found.lesson, "course": found.course, "path": found.path, "listed": found.listed}

    def lint(self, body: Json) -> Json:
        """What lint says of the lesson of a notebook."""
        return self._looked(self._place(body), blank=False)

    def desk(self, body: Json) -> Json:
        """How the lesson of a notebook stands with its releases on the course's pages, and where they are."""
        here = self._place(body)

        def stands(service: client.Client, joined: connections.Connection) -> Json:
            _same(here, joined)
            return service.ask("GET", f"/lessons/{here.lesson}/desk")

        return {**self.ask(stands), "page": f"/courses/{here.course}/lessons/{here.lesson}/releases"}

    def copy(self, body: Json) -> Json:
        """Make a copy of a lesson to be tried, and say where its notebook is. `as`: `blank` is as a student
        gets it, `key` as the author has it. The notebook's name says it too, as it stands on the tab.
        """
        kind, here = str(body.get("as", "")), self._place(body)
        if kind not in _KINDS:
            raise errors.UserError("A lesson is tried as `blank` or as `key`.", code="bad-request")
        given = self._looked(here, blank=True)["blank"] if kind == "blank" else []
        folder = self.root / source.TRIED / f"{here.lesson}-{kind}"
        _emptied(folder)
        for path, file in source.files(here.folder, here.source, here.lesson).items():
            if path not in source.SHARED:
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)
        for each in given:
            (folder / names.safe(str(each["path"]))).write_text(str(each["text"]), encoding="utf-8")
        own = folder / here.path
        notebook = own.rename(own.with_name(f"{own.stem}-{kind}.ipynb"))
        _mark(notebook, kind, str(body["path"]))
        return {"path": notebook.relative_to(self.root).as_posix()}

    def remove(self, body: Json) -> Json:
        """Remove the copy of a lesson that was tried."""
        found = _TRIED.fullmatch(_path(body))
        if found is None:
            raise errors.UserError("This is no copy that was made to be tried.", code="bad-request")
        _emptied(self.root / source.TRIED / found[1])
        return {}

    def draft(self, body: Json) -> Json:
        """Upload the lesson of a notebook as the draft of its next release."""
        here = self._place(body)
        if not here.listed:
            raise errors.UserError(
                f"course.toml lists no lesson {here.lesson!r}. List it there, and send course.toml with"
                " `courseware release`; then a draft can be uploaded from here.",
                code="not-found",
            )
        files = source.files(here.folder, here.source, here.lesson)
        given = {path: file.read_bytes() for path, file in files.items()}
        links = source.links(here.folder, here.source)
        wish: Json = {
            "accept": [str(code) for code in body.get("accept", [])],
            "notes": str(body.get("notes", "")),
        }

        def uploaded(service: client.Client, joined: connections.Connection) -> Json:
            _same(here, joined)
            return service.draft(here.lesson, given, **wish, left_out=links)

        told = self.ask(uploaded)
        page = f"/courses/{here.course}/lessons/{here.lesson}/draft-release"
        return {"id": told["id"], "report": told["report"], "page": page}

    def _looked(self, here: Place, *, blank: bool) -> Json:
        """What the course says of a lesson's files."""
        files = source.files(here.folder, here.source, here.lesson)
        given = {path: _to_look_at(file) for path, file in files.items()}
        links = source.links(here.folder, here.source)
        wish = {"lesson": here.lesson, "left_out": links, "blank": blank}

        def looked(service: client.Client, joined: connections.Connection) -> Json:
            _same(here, joined)
            return service.lint(wish, given)

        return self.ask(looked)

    def _place(self, body: Json) -> Place:
        """Where a notebook stands.

        Raises:
            UserError: in no lesson.
        """
        found = place(self.root, _path(body))
        if found is None:
            raise errors.UserError(
                "This notebook lies in no lesson of a course folder. Put it into lessons/<name>/ beside"
                " course.toml.",
                code="not-found",
            )
        return found


def place(root: Path, path: str) -> Place | None:
    """Where a notebook below the root stands; None if it is in no lesson of a course folder."""
    notebook = (root / path).resolve()
    if not notebook.is_relative_to(root) or not notebook.is_file():
        return None
    for folder in notebook.parents:
        if (folder / "course.toml").is_file():
            return _in_course(folder, notebook)
        if folder == root:
            break
    return None


def _in_course(folder: Path, notebook: Path) -> Place | None:
    """Where a notebook stands in a course folder, by its course.toml as far as that can be read."""
    try:
        told = tomllib.loads((folder / "course.toml").read_text(encoding="utf-8"))
        course = names.slug(str(told["course"]["id"]))
        listed = {
            str(each.get("source", f"lessons/{each['slug']}")): names.slug(str(each["slug"]))
            for each in told.get("lessons", [])
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, errors.UserError):
        return None
    steps = notebook.relative_to(folder).parts
    for count in range(len(steps) - 1, 0, -1):
        own = "/".join(steps[:count])
        if own in listed:
            return Place(
                folder=folder,
                course=course,
                lesson=listed[own],
                source=own,
                path="/".join(steps[count:]),
                listed=True,
            )
    if len(steps) < 3 or steps[0] != "lessons" or not names.SLUG.fullmatch(steps[1]):
        return None
    return Place(
        folder=folder,
        course=course,
        lesson=steps[1],
        source=f"lessons/{steps[1]}",
        path="/".join(steps[2:]),
        listed=False,
    )


def _same(here: Place, joined: connections.Connection) -> None:
    """Refuse to send a lesson of one course to another."""
    if joined.course != here.course:
        raise errors.UserError(
            f"This notebook is of the course {here.course!r}, and this window shows {joined.course!r}."
            " Choose that course in the panel “Course” first.",
            code="conflict",
        )


def _to_look_at(file: Path) -> bytes:
    """A file as lint needs it: of films and large tables only that they are there."""
    if file.suffix.lower() in _TEXTS or file.stat().st_size <= _MOST_TO_LOOK_AT:
        return file.read_bytes()
    return b""


def _mark(notebook: Path, kind: str, of: str) -> None:
    """Write into a copy what it is, and of which notebook: nobody shall take it for the lesson."""
    book = json.loads(notebook.read_text(encoding="utf-8"))
    book["metadata"].pop("courseware", None)
    book["metadata"]["courseware_author"] = {"as": kind, "of": of}
    notebook.write_text(json.dumps(book, ensure_ascii=False), encoding="utf-8")


def _emptied(folder: Path) -> None:
    """Have nothing at this place."""
    if folder.is_symlink() or folder.parent.is_symlink():
        raise errors.UserError(f"{folder} is a link. Remove it; copies to be tried are put there.")
    if folder.exists():
        shutil.rmtree(folder)
    if folder.parent.is_dir() and not any(folder.parent.iterdir()):
        folder.parent.rmdir()


def _path(body: Json) -> str:
    """The path that the extension names."""
    return str(body.get("path", ""))
