"""What answers say, so that those that are alike are found and told.

In: hand-ins and an exercise. Out: of each what alike ones have in common, its beginning, and what its run
ended with: of an exercise that a machine marks, what its test said. Each is read once: what it says is
remembered by its content, which never changes. Refused: nothing; what cannot be read says nothing.
"""

import dataclasses
import functools
from collections.abc import Mapping, Sequence

from courseware import errors
from courseware.exchange import model as exchange_model
from courseware.exchange import releases
from courseware.grading import likeness, review
from courseware.insight import wrong
from courseware.notebook import files, html, kernel, written
from courseware.service import call
from courseware.store import blobs

_EXCERPT = 800


@dataclasses.dataclass(frozen=True, kw_only=True)
class Said:
    """What an answer says: what alike ones have in common, its beginning, what its run ended with."""

    signature: str
    excerpt: str
    error: str


def of_all(
    request: call.Call, answers: Mapping[str, review.Answer], exercise: exchange_model.Exercise
) -> dict[str, Said]:
    """What each of these answers says, by the same names."""
    path = f"{exercise.notebook}.ipynb"
    made_from = {each.submission.release_id for each in answers.values()}
    known = releases.by_keys(request.connection, made_from)
    asked = {key: _content(release.student, path) for key, release in known.items()}
    tested = _tested(request, answers, exercise)
    return {
        name: _read(
            request.service.blobs,
            (asked[each.submission.release_id], _content(each.submission.files, path)),
            exercise.key,
            each.score.verdict,
            tested.get(each.submission.id),
        )
        for name, each in answers.items()
    }


def _tested(
    request: call.Call, answers: Mapping[str, review.Answer], exercise: exchange_model.Exercise
) -> dict[int, str]:
    """What the test of an exercise said, by the key of the hand-in; of one that a person marks nothing."""
    lesson = next((each.submission.lesson_id for each in answers.values()), None)
    release = releases.in_force(request.connection, lesson) if lesson is not None else None
    if release is None or exercise.kind == review.KIND:
        return {}
    keys = [each.submission.id for each in answers.values()]
    place = (exercise.notebook, exercise.key)
    said = wrong.of_exercise(request.connection, request.service.blobs, release, place, keys)
    return {key: said.get(key, "") for key in keys}


def _content(entries: Sequence[exchange_model.FileEntry], path: str) -> str:
    """The hash of a file's content; empty where there is none."""
    return next((each.sha256 for each in entries if each.path == path), "")


@functools.lru_cache(maxsize=10_000)
def _read(kept: blobs.Blobs, contents: tuple[str, str], key: str, verdict: str, tested: str | None) -> Said:
    """What an answer says, by the contents of the notebook as it was released and as it was handed in, and by
    what its test said, where it has one.
    """
    asked, submitted = _released(kept, contents[0]), _book(kept, contents[1])["cells"]
    answer = [submitted[place] for place in written.answer(asked["cells"], submitted, key)]
    source = "\n\n".join(cell["source"] for cell in answer)
    error = tested
    if error is None:
        error = next((_error(cell) for cell in reversed(answer) if _error(cell)), "")
    failed = () if verdict in ("manual", "pass") else (verdict,)
    told = likeness.Answer(source=source, kind=_kind(answer, asked), failed=failed, error=error)
    return Said(
        signature=likeness.signature(told),
        excerpt=html.visible(source[:_EXCERPT]),
        error=html.visible(error[:300]),
    )


@functools.lru_cache(maxsize=64)
def _released(kept: blobs.Blobs, sha256: str) -> files.Notebook:
    """A notebook as it was released, which many answers were made from."""
    return _book(kept, sha256)


def _book(kept: blobs.Blobs, sha256: str) -> files.Notebook:
    """A notebook by its content; one without cells where there is none, or none that can be read."""
    if sha256:
        try:
            return files.read(kept.get(sha256), name="notebook")
        except errors.UserError:
            pass
    return {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def _kind(answer: Sequence[files.Cell], asked: files.Notebook) -> likeness.Kind:
    """How an answer is compared; the language is the release's to say."""
    kinds = {cell["cell_type"] for cell in answer}
    if "code" not in kinds:
        return "prose"
    spoken = kernel.language(asked["metadata"])
    return "python" if kinds == {"code"} and spoken == "python" else "other"


def _error(cell: files.Cell) -> str:
    """What the last run of a cell ended with, as it was handed in."""
    for each in reversed(cell.get("outputs", ())):
        if each.get("output_type") == "error":
            return f"{each.get('ename', '')}: {each.get('evalue', '')}"
    return ""
