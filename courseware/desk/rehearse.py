"""Try a regrade out, by the newest release or by the lesson's draft as it would be published.

In: a lesson and which of the two. Out: a trial that runs. A draft is checked once more, as when it is
published, and what it would hold is kept with the trial: so staff know afterwards whether it was published as
that.
"""

import datetime
import json

from courseware.course import model
from courseware.desk import release
from courseware.exchange import draft_releases, publish, releases, storage
from courseware.grading import trials, try_out
from courseware.jobs import port


def rehearse(
    tools: release.Tools,
    viewer: model.Viewer,
    lesson: model.Lesson,
    *,
    draft: bool,
    queue: port.Queue,
    now: datetime.datetime,
) -> trials.Trial:
    """Begin a trial.

    Raises:
        UserError: another one is open, there is no draft, or what holds now stops it.
    """
    with tools.database.read() as connection:
        try_out.check_none_open(connection, lesson)
    content = _content(tools, viewer, lesson) if draft else None
    return try_out.start(tools.database, tools.blobs, lesson, content, by=viewer.person, now=now, queue=queue)


def _content(tools: release.Tools, viewer: model.Viewer, lesson: model.Lesson) -> try_out.Draft:
    """What the draft would hold as a release."""
    with tools.database.read() as connection:
        draft = draft_releases.find(connection, lesson.id)
    wish = release.Wish(
        files={entry.path: tools.blobs.get(entry.sha256) for entry in draft.source},
        accept=draft.accept,
        notes=draft.notes,
    )
    bundle = release.prepared(tools, viewer.course, lesson, wish)
    student, instructor = (
        publish.keep(tools.blobs, bundle.student),
        publish.keep(tools.blobs, bundle.instructor),
    )
    with tools.database.write() as connection:
        kept = (*student, *instructor)
        storage.take(connection, lesson.course_id, kept, purpose="staff", usual=tools.usual)
    return try_out.Draft(
        public=draft.public,
        manifest=releases.manifest(bundle, student, instructor),
        environment=json.dumps(dict(bundle.environment)),
    )
