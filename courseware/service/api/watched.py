"""What the asking person watched of a lesson's videos."""

from courseware import errors
from courseware.course import model
from courseware.exchange import fetch, releases
from courseware.progress import watched
from courseware.service import access, call, media, types_watched


def listed(request: call.Call) -> types_watched.WatchedVideos:
    """Position and coverage of each video that was begun."""
    lesson = access.lesson(request)
    fetch.check_open(request.connection, request.viewer, lesson, now=request.now)
    found = watched.of_lesson(request.connection, request.viewer, lesson)
    return types_watched.WatchedVideos(videos=[_shown(each) for each in found.values()])


def note(request: call.Call) -> types_watched.Watched:
    """Take a report; spans are united with what is known."""
    lesson, told = access.lesson(request), request.body
    fetch.check_open(request.connection, request.viewer, lesson, now=request.now)
    _check(request, lesson, told.path)
    report = watched.Report(duration=told.duration, position=told.position, spans=told.spans, age=told.age)
    made = watched.note(request.connection, request.viewer, (lesson, told.path), report, now=request.now)
    return _shown(made)


def _check(request: call.Call, lesson: model.Lesson, path: str) -> None:
    """Refuse what is no video of a release of the lesson; copies may be of an older one.

    Raises:
        UserError: there is no such video.
    """
    newest = releases.newest(request.connection, lesson.id)
    found = media.is_played(media.kind(path)) and newest is not None
    if found and newest is not None and not newest.has(path):
        found = any(each.has(path) for each in releases.of_lesson(request.connection, lesson.id))
    if not found:
        raise errors.UserError(f"The lesson has no video {path[:80]!r}.", code="not-found")


def _shown(found: watched.Watched) -> types_watched.Watched:
    return types_watched.Watched(
        path=found.path,
        duration=found.duration / 1000,
        position=found.position / 1000,
        coverage=found.coverage,
        spans=[(start / 1000, end / 1000) for start, end in found.spans],
    )
