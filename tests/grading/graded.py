"""A lesson released, handed in and graded with the real sandbox and database, in one call.

In: the files of a lesson's source folder and what a student hands in. Out: the grading's row, the marks and
the feedback as a student reads it.
"""

import dataclasses
import json
from pathlib import Path

from courseware import wiring
from courseware.desk import release
from courseware.exchange import model, submit
from courseware.grading import gradings, run, scores, turns
from courseware.sandbox import port, pythons
from tests import builders


@dataclasses.dataclass(frozen=True, kw_only=True)
class Graded:
    """What came of it."""

    release: model.Release
    grading: gradings.Grading
    scores: dict[str, scores.Score]
    feedback: str


def grade(
    folder: Path,
    source: dict[str, bytes],
    handed_in: dict[str, bytes],
    *,
    accept: frozenset[str] = frozenset(),
) -> Graded:
    """Release the files, hand in, grade, read."""
    world = builders.world(f"sqlite:///{folder / 'graded.sqlite'}", folder)
    try:
        sandbox = wiring.sandbox(unsafe=False)
        tools = release.Tools(
            database=world.database, blobs=world.blobs, sandbox=sandbox, limits=port.Limits()
        )
        wish = release.Wish(files=source, accept=accept)
        made = release.release(tools, world.teacher, world.one, wish, now=builders.NOW)
        upload = model.Upload(release=made.number, files=handed_in, client_key="k")
        received = submit.receive_upload(world.desk, world.sam, "one", upload, now=builders.NOW)
        (key,) = _waiting(world)
        worker = run.Worker(
            database=world.database,
            blobs=world.blobs,
            sandbox=sandbox,
            limits=port.Limits(),
            clock=lambda: builders.NOW,
            python=lambda environment: pythons.current(),
        )
        run.run(worker, key)
        with world.database.read() as connection:
            grading = gradings.by_id(connection, key)
            given = scores.of_submission(connection, received.submission.id)
        kept = json.loads(world.blobs.get(grading.feedback_hash)) if grading.feedback_hash else []
        return Graded(
            release=made,
            grading=grading,
            scores={exercise: score for (_, exercise), score in given.items()},
            feedback="".join(page["html"] for page in kept),
        )
    finally:
        world.close()


def _waiting(world: builders.World) -> list[int]:
    with world.database.read() as connection:
        return turns.order(connection)
