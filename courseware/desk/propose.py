"""Draft releases: a lesson is checked and kept for staff to look at; somebody publishes it, or drops it.

In: the source files of a lesson, perhaps from a Jupyter server, which may not publish. Out: a draft and its
report; later the release. What is published is what was looked at: a draft is named by its public id, and
checked once more, by the course's Python and earlier releases of that moment. The draft goes in the
transaction that writes the release, and what was planned of it too: whoever comes second gets nothing.
"""

import datetime

import sqlalchemy as sa

from courseware.course import model
from courseware.desk import release
from courseware.exchange import draft_releases, planned_releases, publish, releases, storage
from courseware.exchange import model as exchange_model
from courseware.store import journal


def propose(
    tools: release.Tools,
    viewer: model.Viewer,
    lesson: model.Lesson,
    wish: release.Wish,
    *,
    now: datetime.datetime,
) -> draft_releases.DraftRelease:
    """Check a lesson and keep it as the draft.

    Raises:
        UserError: as `release.prepared`, or the course may not keep so much.
    """
    bundle = release.prepared(tools, viewer.course, lesson, wish)
    with tools.database.read() as connection:
        both = [*wish.files.values(), *bundle.student.values()]
        storage.check(connection, lesson.course_id, both, purpose="staff", usual=tools.usual)
    student = publish.keep(tools.blobs, bundle.student)
    fresh = draft_releases.Fresh(
        source=publish.keep(tools.blobs, wish.files),
        student=student,
        accept=wish.accept,
        report=bundle.report,
        notes=wish.notes,
        manifest=releases.manifest(bundle, student, ()),
    )
    with tools.database.write() as connection:
        kept = (*fresh.source, *fresh.student)
        storage.take(connection, lesson.course_id, kept, purpose="staff", usual=tools.usual)
        by = viewer.person
        planned_releases.lapse(
            connection, lesson, f"{by.name or by.username} uploaded another draft.", by=by, now=now
        )
        draft = draft_releases.put(connection, lesson.id, fresh, by=viewer.person.id, now=now)
        journal.append(
            connection,
            "draft_release.uploaded",
            draft.public,
            now=now,
            course_id=lesson.course_id,
            actor_id=viewer.person.id,
            data={"lesson": lesson.public},
        )
    return draft


def accept(
    tools: release.Tools, viewer: model.Viewer, lesson: model.Lesson, public: str, *, now: datetime.datetime
) -> exchange_model.Release:
    """Publish a draft now, whatever was planned.

    Raises:
        UserError: there is none of this id any more, or what holds now stops it.
    """

    def claim(connection: sa.Connection) -> None:
        draft_releases.take(connection, lesson.id, public)
        planned_releases.end(connection, lesson.id)

    return _published(tools, viewer, lesson, public, claim=claim, now=now)


def carry_out(
    tools: release.Tools,
    viewer: model.Viewer,
    lesson: model.Lesson,
    plan: planned_releases.Plan,
    *,
    now: datetime.datetime,
) -> exchange_model.Release:
    """Publish a draft as it was planned.

    Raises:
        UserError: the plan is not what holds any more, or as `accept`.
    """

    def claim(connection: sa.Connection) -> None:
        planned_releases.take(connection, plan)
        draft_releases.take(connection, lesson.id, plan.draft)

    return _published(tools, viewer, lesson, plan.draft, claim=claim, now=now)


def _published(
    tools: release.Tools,
    viewer: model.Viewer,
    lesson: model.Lesson,
    public: str,
    *,
    claim: publish.Claim,
    now: datetime.datetime,
) -> exchange_model.Release:
    """The release that a draft becomes, if the claim still holds once it is checked."""
    with tools.database.read() as connection:
        draft = draft_releases.find(connection, lesson.id, public)
    wish = release.Wish(
        files={entry.path: tools.blobs.get(entry.sha256) for entry in draft.source},
        accept=draft.accept,
        notes=draft.notes,
    )
    return release.release(tools, viewer, lesson, wish, claim=claim, now=now)


def drop(
    connection: sa.Connection,
    viewer: model.Viewer,
    lesson: model.Lesson,
    public: str,
    *,
    now: datetime.datetime,
) -> None:
    """Drop a draft.

    Raises:
        UserError: there is none of this id any more.
    """
    by = viewer.person
    draft_releases.take(connection, lesson.id, public)
    planned_releases.lapse(
        connection, lesson, f"{by.name or by.username} dropped this draft.", by=by, now=now
    )
    journal.append(
        connection,
        "draft_release.dropped",
        public,
        now=now,
        course_id=lesson.course_id,
        actor_id=viewer.person.id,
        data={"lesson": lesson.public},
    )
