"""The records of this room: files by their hash, releases, submissions, uploads."""

import dataclasses
import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from courseware.notebook import questions

MAX_FILES = 50
MAX_TOTAL = 100_000_000


@dataclasses.dataclass(frozen=True, kw_only=True)
class FileEntry:
    """One file by its exact bytes; `size` in bytes."""

    path: str
    sha256: str
    size: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Exercise:
    """An exercise of a release: `kind` is `tests` (a machine marks) or `person`; `hidden` says that its test
    has parts which students do not have, or rests on such parts. A release that does not say counts as so.
    """

    notebook: str
    key: str
    title: str
    points: float
    kind: str
    hidden: bool = True

    @property
    def hides(self) -> bool:
        """Whether its mark tells of tests that students do not have; what a person marks does not."""
        return self.hidden and self.kind == "tests"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """A question of a release: `key` is that of its cell, the same in every release. It holds what is right:
    what leaves the service is made by `service.asked`.
    """

    notebook: str
    key: str
    question: questions.Question


@dataclasses.dataclass(frozen=True, kw_only=True)
class Bundle:
    """All that makes a release: the files in both versions, exercises, the paths of the videos that its texts
    show, and JSON data about it.
    """

    student: Mapping[str, bytes]
    instructor: Mapping[str, bytes]
    answers: frozenset[str]
    exercises: tuple[Exercise, ...]
    anchors: Mapping[str, Any]
    report: Mapping[str, Any]
    environment: Mapping[str, Any]
    notes: str = ""
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    films: tuple[str, ...] = ()
    questions: tuple[Asked, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Release:
    """An immutable version of a lesson; `settings` are the course's options that hold when it is graded, and
    `films` the paths of the videos that its texts show (none where the release does not say).
    """

    id: int
    public: str
    lesson_id: int
    number: int
    published: datetime.datetime
    notes: str
    student: tuple[FileEntry, ...]
    instructor: tuple[FileEntry, ...]
    answers: frozenset[str]
    exercises: tuple[Exercise, ...]
    anchors: Mapping[str, Any]
    report: Mapping[str, Any]
    environment: Mapping[str, Any]
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    films: tuple[str, ...] = ()
    questions: tuple[Asked, ...] = ()
    published_by: int | None = None

    @property
    def points(self) -> float:
        """The sum of all maxima."""
        return sum(exercise.points for exercise in self.exercises)

    @property
    def notebooks(self) -> tuple[str, ...]:
        """The paths of the notebooks that students get."""
        return tuple(entry.path for entry in self.student if entry.path.endswith(".ipynb"))

    def has(self, path: str) -> bool:
        """Whether students get a file of this path."""
        return any(entry.path == path for entry in self.student)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Submission:
    """Handed-in work; never changed."""

    id: int
    public: str
    person_id: int
    lesson_id: int
    release_id: int
    client_key: str
    content_hash: str
    files: tuple[FileEntry, ...]
    worked: datetime.datetime | None
    received: datetime.datetime
    late_seconds: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Upload:
    """What somebody sends: files by path, the release they worked on, a key that makes sending twice safe."""

    release: int
    files: Mapping[str, bytes]
    client_key: str
    worked: datetime.datetime | None = None


def content_hash(files: Iterable[FileEntry]) -> str:
    """SHA-256 over the sorted list of (path, SHA-256): the same bytes under the same names."""
    listed = sorted((file.path, file.sha256) for file in files)
    return hashlib.sha256(json.dumps(listed, ensure_ascii=False).encode(errors="surrogatepass")).hexdigest()


def entries_to_json(files: Iterable[FileEntry]) -> str:
    """A list of files for a column."""
    return json.dumps([dataclasses.asdict(file) for file in files], ensure_ascii=False)


def entries_from_json(text: str) -> tuple[FileEntry, ...]:
    """The list of files in a column."""
    return tuple(FileEntry(**told) for told in json.loads(text))
