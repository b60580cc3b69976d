"""A lesson to take along: one zip with a page that opens from a folder, and the lesson's files beside it.

In: a request and a release that is open to it. Out: the zip. The page is in the asking person's language and
tells nothing else of them, so a release gives everybody who reads that language the same bytes. It loads its
own files and nothing from anywhere; nothing in it runs. Refused: more than 100 MB.
"""

import functools
import importlib.resources
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from courseware import errors, language, names
from courseware.course import model
from courseware.exchange import fetch
from courseware.exchange import model as exchange_model
from courseware.notebook import offline
from courseware.service import call, render

MAX_BYTES = 100_000_000
FILES = "files/"
_PACKED = frozenset(re.findall(r"\w+", "gif gz jpeg jpg mp3 mp4 oga ogg ogv opus parquet png webm webp zip"))
"""Endings of files that do not become smaller."""
_YEAR_ONE = (1980, 1, 1, 0, 0, 0)


def made(request: call.Call, lesson: model.Lesson, release: exchange_model.Release) -> call.File:
    """The zip; all in it lies in one folder, `<lesson>-offline`.

    Raises:
        UserError: the lesson is too large, or a file's name cannot be.
    """
    _within(sum(entry.size for entry in release.student))
    folder = f"{lesson.slug}-offline"
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        page = _page(request, lesson, release).encode()
        _within(len(page))
        for path, data in (("index.html", page), *_files(request, release)):
            about = zipfile.ZipInfo(f"{folder}/{path}", _YEAR_ONE)
            about.create_system, about.external_attr = 3, 0o100644 << 16
            small = PurePosixPath(path).suffix.lower().removeprefix(".") in _PACKED
            about.compress_type = zipfile.ZIP_STORED if small else zipfile.ZIP_DEFLATED
            archive.writestr(about, data)
    return call.File(name=f"{folder}.zip", data=written.getvalue(), media_type="application/zip")


def _within(size: int) -> None:
    if size > MAX_BYTES:
        raise errors.UserError(
            f"{size / 1e6:.0f} MB are too much to take along; at most {MAX_BYTES / 1e6:.0f} MB are packed."
            " Get the files one by one.",
            code="too-large",
        )


def _files(request: call.Call, release: exchange_model.Release) -> Iterator[tuple[str, bytes]]:
    """The lesson's files, one after the other, below a folder of their own."""
    for entry in sorted(release.student, key=lambda each: each.path):
        yield FILES + names.safe(entry.path), fetch.file(request.service.blobs, release, entry.path)


def _page(request: call.Call, lesson: model.Lesson, release: exchange_model.Release) -> str:
    """The page, with its style sheet in it."""
    told = language.pages(render.tongue(request))
    source = offline.Lesson(
        names=frozenset(entry.path for entry in release.student),
        read=functools.partial(fetch.file, request.service.blobs, release),
        base=FILES,
    )
    sheet = _sheet()
    loads = "img-src 'self' file: data:; media-src 'self' file: data:"
    policy = f"default-src 'none'; style-src {render.style_source(sheet)}; {loads}; base-uri 'none'"
    values = {
        "language": told.name,
        "spoken": render.spoken(request),
        "course": request.course,
        "lesson": lesson,
        "number": release.number,
        "parts": offline.parts(source, told),
        "files": [
            (entry.path, entry.size, offline.address(entry.path, FILES))
            for entry in sorted(release.student, key=lambda each: each.path)
        ],
        "sheet": sheet,
        "policy": f"{policy}; form-action 'none'",
    }
    return _renderer().page(call.Page(template="pack.html", values=values))


@functools.cache
def _renderer() -> render.Renderer:
    """The templates, read once."""
    return render.Renderer()


@functools.cache
def _sheet() -> str:
    """The style sheet of our pages."""
    static = importlib.resources.files("courseware.service") / "static" / "pages.css"
    return static.read_text(encoding="utf-8")
