"""The addresses of the pages of draft releases."""

from courseware.course.permissions import Action
from courseware.service.api import draft_releases
from courseware.service.call import Route
from courseware.service.pages import draft_release, routes_releases

_D = "/courses/{c}/lessons/{l}/draft-release"

_PAGE = Route(
    method="GET",
    path=_D,
    run=draft_release.read,
    summary="A draft",
    action=Action.READ_DRAFTS,
    page=routes_releases.RELEASES,
)
ROUTES: tuple[Route, ...] = (
    _PAGE,
    Route(
        method="GET",
        path=_D + "/files/{path*}",
        run=draft_releases.file,
        summary="A file of a draft",
        action=Action.READ_DRAFTS,
    ),
    Route(
        method="POST",
        path=_D + "/publish",
        run=draft_release.publish,
        summary="Publish the draft",
        action=Action.PUBLISH,
        mode="own",
        long=True,
        page=_PAGE,
    ),
    Route(
        method="POST",
        path=_D + "/plan",
        run=draft_release.plan,
        summary="Publish the draft at a time",
        action=Action.PUBLISH,
        mode="write",
        page=_PAGE,
    ),
    Route(
        method="POST",
        path=_D + "/cancel",
        run=draft_release.cancel,
        summary="Publish it at no time",
        action=Action.PUBLISH,
        mode="write",
        page=_PAGE,
    ),
    Route(
        method="POST",
        path=_D + "/drop",
        run=draft_release.drop,
        summary="Drop the draft",
        action=Action.PUBLISH,
        mode="write",
        page=_PAGE,
    ),
)
