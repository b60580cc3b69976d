"""Draft releases: uploaded, seen by staff, published or dropped."""

from courseware import errors
from courseware.course import lessons as course_lessons
from courseware.course import model, people
from courseware.desk import propose
from courseware.desk import release as desk_release
from courseware.exchange import draft_releases
from courseware.service import access, call, media, publishing, show, types, types_release
from courseware.service.api import uploads


def upload(request: call.Call) -> types_release.DraftRelease:
    """Lint and qualify the source files that came, and keep them as the lesson's draft."""
    draft = propose.propose(tools(request), request.viewer, lesson(request), wish(request), now=request.now)
    return _shown(draft, request.viewer.person)


def one(request: call.Call) -> types_release.DraftRelease:
    """The draft of a lesson."""
    draft = draft_releases.find(request.connection, access.lesson(request).id)
    return _shown(draft, people.by_id(request.connection, draft.uploaded_by))


def file(request: call.Call) -> call.File:
    """A file of the draft as students would get it."""
    draft = draft_releases.find(request.connection, access.lesson(request).id)
    return media.file(request, uploads.entry_of(request, draft.student))


def publish(request: call.Call) -> types.Published:
    """Publish the draft, checked once more."""
    made = propose.accept(tools(request), request.viewer, lesson(request), request.body.id, now=request.now)
    return types.Published(number=made.number, report=dict(made.report))


def drop(request: call.Call) -> None:
    """Drop the draft that the query names."""
    wanted = request.query.get("id", "")
    if not wanted:
        raise errors.UserError("Say which draft: ?id=drl_…", code="bad-request")
    propose.drop(request.connection, request.viewer, access.lesson(request), wanted, now=request.now)


def tools(request: call.Call) -> desk_release.Tools:
    """What a release is made with."""
    return publishing.tools(request.service)


def wish(request: call.Call) -> desk_release.Wish:
    """What an author sent to be released, or to be a draft."""
    told = uploads.manifest(request, types.PublishManifest)
    return desk_release.Wish(
        files=uploads.files(request),
        accept=frozenset(told.accept),
        notes=told.notes,
        left_out=tuple(told.left_out),
    )


def lesson(request: call.Call) -> model.Lesson:
    """The lesson of the address, for a route that opens its own transactions."""
    with request.service.database.read() as connection:
        return course_lessons.find(connection, request.course, request.path["l"])


def _shown(draft: draft_releases.DraftRelease, by: model.Person) -> types_release.DraftRelease:
    return types_release.DraftRelease(
        id=draft.public,
        uploaded=draft.uploaded,
        by=show.person(by, with_email=False),
        notes=draft.notes,
        report=dict(draft.report),
        files=show.files(draft.student),
    )
