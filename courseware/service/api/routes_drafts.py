"""The addresses of draft releases."""

from courseware.course.permissions import Action
from courseware.service import types, types_release
from courseware.service.api import draft_releases
from courseware.service.call import Route

_L = "/api/v1/courses/{c}/lessons/{l}"

ROUTES: tuple[Route, ...] = (
    Route(
        method="POST",
        path=_L + "/draft-release",
        run=draft_releases.upload,
        summary="Lint, qualify and keep as the draft",
        action=Action.DRAFT,
        answer=types_release.DraftRelease,
        status=201,
        mode="own",
        upload=True,
        long=True,
    ),
    Route(
        method="GET",
        path=_L + "/draft-release",
        run=draft_releases.one,
        summary="The draft of a lesson",
        action=Action.READ_DRAFTS,
        answer=types_release.DraftRelease,
    ),
    Route(
        method="GET",
        path=_L + "/draft-release/files/{path*}",
        run=draft_releases.file,
        summary="A file of the draft as students would get it",
        action=Action.READ_DRAFTS,
        answer=bytes,
    ),
    Route(
        method="POST",
        path=_L + "/draft-release/publish",
        run=draft_releases.publish,
        summary="Publish the draft",
        action=Action.PUBLISH,
        request=types_release.DraftReleaseChoice,
        answer=types.Published,
        status=201,
        mode="own",
        long=True,
    ),
    Route(
        method="DELETE",
        path=_L + "/draft-release",
        run=draft_releases.drop,
        summary="Drop the draft",
        action=Action.PUBLISH,
        status=204,
        mode="write",
    ),
)
