"""The addresses of the pages of discussions."""

from courseware.course.permissions import Action
from courseware.service.call import Route
from courseware.service.pages import discussions, inbox, mail, threads

_C = "/courses/{c}"
_L = _C + "/lessons/{l}"
_T = "/threads/{t}"
_P = "/posts/{post}"

THREAD = Route(
    method="GET",
    path=_T,
    run=threads.read,
    summary="A discussion",
    action=Action.TALK,
    mode="own",
    visit=True,
)
ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=_C + "/threads",
        run=discussions.read,
        summary="The board",
        action=Action.TALK,
        visit=True,
    ),
    Route(
        method="POST",
        path=_C + "/threads",
        run=discussions.begin,
        once=True,
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
        visit=True,
    ),
    Route(
        method="POST",
        path=_L + "/threads",
        run=discussions.begin,
        once=True,
        summary="Begin a discussion in a lesson",
        action=Action.TALK,
        mode="write",
    ),
    THREAD,
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
        once=True,
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
        once=True,
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
    Route(
        method="GET",
        path=_C + "/inbox",
        run=inbox.waiting,
        summary="Questions that wait",
        action=Action.MODERATE,
        visit=True,
    ),
    Route(
        method="GET",
        path=_C + "/moderation",
        run=inbox.moderation,
        summary="Reported and hidden",
        action=Action.MODERATE,
    ),
    Route(
        method="GET", path=_C + "/replies", run=inbox.replies, summary="Kept replies", action=Action.MODERATE
    ),
    Route(
        method="POST",
        path=_C + "/replies",
        run=inbox.keep_reply,
        once=True,
        summary="Keep a reply",
        action=Action.MODERATE,
        mode="write",
    ),
    Route(
        method="POST",
        path=_C + "/replies/{reply}/remove",
        run=inbox.remove_reply,
        summary="Keep a reply no more",
        action=Action.MODERATE,
        mode="write",
    ),
    Route(method="GET", path=_C + "/mail", run=mail.filed, summary="Mail that waits", action=Action.MODERATE),
    Route(
        method="POST",
        path=_C + "/mail/{mail}",
        run=mail.decide,
        summary="Decide about a mail",
        action=Action.MODERATE,
        mode="write",
    ),
    Route(
        method="GET",
        path=_L + "/threads.md",
        run=inbox.as_markdown,
        summary="All that was said",
        action=Action.MODERATE,
    ),
    Route(
        method="GET",
        path=_L + "/threads.json",
        run=inbox.as_json,
        summary="All that was said, for programs",
        action=Action.MODERATE,
    ),
)
