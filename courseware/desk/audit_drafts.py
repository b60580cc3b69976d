"""Try the tests of drafts with wrong answers, as staff asked.

In: what a release is made with. Out: what got through, kept; how far it is, now and then. One service at a
time does this; what one left that ended, the next begins anew.
"""

import dataclasses
import json
import time

from courseware import errors
from courseware.course import courses, lessons, manifest
from courseware.desk import audit_tests, release
from courseware.exchange import draft_releases
from courseware.grading import audits

SAY_SECONDS = 0.5


def run(tools: release.Tools) -> int:
    """Try all that waits; how many drafts that were.

    Raises:
        Temporary: the database or the sandbox is away; the next round tries again.
    """
    with tools.database.read() as connection:
        waiting = audits.waiting(connection)
    for asked in waiting:
        _try(tools, asked)
    return len(waiting)


def _try(tools: release.Tools, asked: audits.Asked) -> None:
    said = time.monotonic()

    def step(done: int, total: int) -> None:
        nonlocal said
        if time.monotonic() - said > SAY_SECONDS:
            said = time.monotonic()
            with tools.database.write() as connection:
                audits.step(connection, asked, done, total)

    with tools.database.read() as connection:
        lesson = lessons.by_id(connection, asked.lesson_id)
        draft = draft_releases.of_lesson(connection, lesson.id)
        parsed = manifest.parse(courses.by_id(connection, lesson.course_id).manifest)
    try:
        if draft is None or draft.public != asked.draft:
            raise errors.UserError("The draft that was to be tried is there no more.")
        wish = release.Wish(
            files={entry.path: tools.blobs.get(entry.sha256) for entry in draft.source},
            lesson=lesson.slug,
            accept=draft.accept,
        )
        found = audit_tests.audit(wish, parsed, sandbox=tools.sandbox, limits=tools.limits, step=step)
    except (errors.UserError, errors.Permanent) as error:
        with tools.database.write() as connection:
            audits.fail(connection, asked, error.message)
        return
    with tools.database.write() as connection:
        audits.finish(connection, asked, json.loads(json.dumps(dataclasses.asdict(found))))
