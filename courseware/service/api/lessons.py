"""Lessons, releases, kept copies, holds."""

from courseware.course import lessons as course_lessons
from courseware.desk import release as desk_release
from courseware.desk import returning
from courseware.exchange import drafts, fetch, releases, withdrawals
from courseware.grading import holds, reaching
from courseware.service import access, call, media, pack, show, types
from courseware.service.api import draft_releases, progress, uploads


def listed(request: call.Call) -> types.Lessons:
    """The lessons of the course, and where the asking person stands."""
    found = course_lessons.of_course(request.connection, request.course)
    return types.Lessons(
        lessons=[show.lesson(request, each) for each in found], progress=progress.mine(request)
    )


def since(request: call.Call) -> returning.Returning:
    """What is new for the asking person since their last visit."""
    connection, viewer, now = request.connection, request.viewer, request.now
    then = returning.last_here(connection, viewer, now=now)
    return returning.returning(connection, viewer, then, now=now)


def one(request: call.Call) -> types.Lesson:
    """One lesson."""
    return show.lesson(request, access.lesson(request))


def releases_listed(request: call.Call) -> types.Releases:
    """All releases of a lesson that is open to the asking person, but for those that are withdrawn."""
    lesson = access.lesson(request)
    fetch.check_open(request.connection, request.viewer, lesson, now=request.now)
    gone = withdrawals.of_lesson(request.connection, lesson.id)
    found = releases.of_lesson(request.connection, lesson.id)
    return types.Releases(releases=[show.release_ref(each) for each in found if each.id not in gone])


def release(request: call.Call) -> types.Release:
    """One release, or the latest."""
    found = fetch.release(
        request.connection, request.viewer, access.lesson(request), uploads.number(request), now=request.now
    )
    return show.release(found)


def release_file(request: call.Call) -> call.File:
    """A file as students get it."""
    found = fetch.release(
        request.connection, request.viewer, access.lesson(request), uploads.number(request), now=request.now
    )
    return media.file(request, fetch.entry(found, request.path["path"]))


def release_pack(request: call.Call) -> call.File:
    """A release to take along."""
    place = access.lesson(request)
    found = fetch.release(request.connection, request.viewer, place, uploads.number(request), now=request.now)
    return pack.made(request, place, found)


def publish(request: call.Call) -> types.Published:
    """Lint, qualify and publish the source files that came."""
    made = desk_release.release(
        draft_releases.tools(request),
        request.viewer,
        draft_releases.lesson(request),
        draft_releases.wish(request),
        now=request.now,
    )
    return types.Published(number=made.number, report=dict(made.report))


def keep_draft(request: call.Call) -> types.Draft:
    """Keep a copy that is no hand-in."""
    service, upload = request.service, uploads.hand_in(request)
    with service.database.read() as connection:
        lesson = course_lessons.find(connection, request.course, request.path["l"])
        holds = fetch.check_open(connection, request.viewer, lesson, now=request.now)
        fetch.base(connection, request.viewer, lesson, upload.release, opens=holds.opens)
    kept = drafts.keep(
        service.database,
        service.blobs,
        request.viewer,
        lesson,
        upload,
        now=request.now,
        usual=service.course_quota,
    )
    return types.Draft(release=kept.release, kept=kept.kept, files=show.files(kept.files))


def draft(request: call.Call) -> types.Draft:
    """The asking person's kept copy."""
    kept = drafts.find(request.connection, request.viewer, access.lesson(request))
    return types.Draft(release=kept.release, kept=kept.kept, files=show.files(kept.files))


def draft_file(request: call.Call) -> call.File:
    """A file of the kept copy."""
    kept = drafts.find(request.connection, request.viewer, access.lesson(request))
    return uploads.file_of(request, kept.files)


def hold(request: call.Call) -> types.Lesson:
    """Let the marks of an exercise wait."""
    lesson = access.lesson(request)
    reason = request.body.reason if request.body is not None else ""
    key = access.exercise(request, lesson)
    holds.put(request.connection, lesson, key, reason, by=request.viewer.person, now=request.now)
    reaching.note_lesson(request.connection, lesson, now=request.now)
    return show.lesson(request, lesson)


def unhold(request: call.Call) -> None:
    """Show the marks of an exercise again."""
    lesson = access.lesson(request)
    holds.end(request.connection, lesson, request.path["key"], by=request.viewer.person, now=request.now)
    reaching.note_lesson(request.connection, lesson, now=request.now)


def release_marks(request: call.Call) -> types.Lesson:
    """Show the marks of a lesson to its students."""
    lesson = access.lesson(request)
    course_lessons.release_marks(request.connection, lesson, by=request.viewer.person, now=request.now)
    shown = access.lesson(request)
    reaching.note_lesson(request.connection, shown, now=request.now)
    return show.lesson(request, shown)
