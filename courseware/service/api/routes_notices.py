"""The addresses of notices and letters."""

from courseware.course.permissions import Action
from courseware.notices import model
from courseware.service import types_notices as types
from courseware.service.api import notices
from courseware.service.call import Route

_C = "/api/v1/courses/{c}"

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=_C + "/notices",
        run=notices.listed,
        summary="One's own notices",
        action=Action.READ_COURSE,
        answer=model.Items,
    ),
    Route(
        method="POST",
        path=_C + "/notices/seen",
        run=notices.seen,
        summary="Say which notices were seen",
        action=Action.READ_COURSE,
        request=types.Seen,
        answer=types.SeenCount,
        mode="write",
    ),
    Route(
        method="GET",
        path="/api/v1/me/preferences",
        run=notices.chosen,
        summary="Which letters one gets, and when",
        answer=model.Preferences,
    ),
    Route(
        method="PUT",
        path="/api/v1/me/preferences",
        run=notices.choose,
        summary="Choose which letters one gets, and when",
        request=types.PreferencesChange,
        answer=model.Preferences,
        mode="write",
    ),
    Route(
        method="POST",
        path=_C + "/mail/test",
        run=notices.tried,
        summary="Send a letter to see whether it arrives",
        action=Action.TEST_MAIL,
        request=types.MailTest,
        answer=types.MailTested,
        mode="own",
        long=True,
    ),
)
