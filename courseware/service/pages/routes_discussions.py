"""The addresses of the pages of discussions."""

from courseware.course.permissions import Action
from courseware.service.call import Route
from courseware.service.pages import discussions, threads

_C = "/courses/{c}"
_L = _C + "/lessons/{l}"
_T = "/threads/{t}"
_P = "/posts/{post}"

ROUTES: tuple[Route, ...] = (
    Route(method="GET", path=_C + "/threads", run=discussions.read, summary="The board", action=Action.TALK),
    Route(
        method="POST",
        path=_C + "/threads",
        run=discussions.begin,
        summary="Begin a discussion",
        action=Action.TALK,
        mode="write",
    ),
    Route(
        method="GET",
        path=_L + "/threads",
        run=discussions.read,
        summary="Discussions of a lesson",
        action=Action.TALK,
    ),
    Route(
        method="POST",
        path=_L + "/threads",
        run=discussions.begin,
        summary="Begin a discussion in a lesson",
        action=Action.TALK,
        mode="write",
    ),
    Route(method="GET", path=_T, run=threads.read, summary="A discussion", action=Action.TALK, mode="own"),
    Route(
        method="POST",
        path=_T,
        run=threads.act,
        summary="Act on a discussion",
        action=Action.TALK,
        mode="write",
    ),
    Route(
        method="POST",
        path=_T + "/posts",
        run=threads.reply,
        summary="Reply",
        action=Action.TALK,
        mode="write",
    ),
    Route(method="GET", path=_P, run=threads.post_page, summary="Change a comment", action=Action.TALK),
    Route(
        method="POST",
        path=_P,
        run=threads.act_on_post,
        summary="Act on a comment",
        action=Action.TALK,
        mode="write",
    ),
    Route(
        method="POST",
        path=_P + "/body",
        run=threads.change_text,
        summary="Change a comment",
        action=Action.TALK,
        mode="write",
    ),
    Route(
        method="POST",
        path=_P + "/reports",
        run=threads.report,
        summary="Report a comment",
        action=Action.TALK,
        mode="write",
    ),
)
