"""The addresses of sign-ins."""

from courseware.course.permissions import Action
from courseware.service import types_sign_in as types
from courseware.service.api import sign_ins
from courseware.service.call import Route

_C = "/api/v1/courses/{c}"
_P = _C + "/people/{p}"

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=_C + "/sign-ins",
        run=sign_ins.own,
        summary="What lets one in",
        action=Action.SIGN_INS,
        answer=types.SignIns,
    ),
    Route(
        method="POST",
        path=_C + "/sign-ins/end-others",
        run=sign_ins.end_others,
        summary="End all of one's own sign-ins but this one",
        action=Action.SIGN_INS,
        answer=types.Ended,
        mode="write",
    ),
    Route(
        method="DELETE",
        path=_C + "/sign-ins/{credential}",
        run=sign_ins.end_own,
        summary="End one of one's own sign-ins",
        action=Action.SIGN_INS,
        answer=types.Ended,
        mode="write",
    ),
    Route(
        method="POST",
        path=_C + "/sign-ins/browser-link",
        run=sign_ins.browser,
        summary="A link that signs one browser in as oneself",
        action=Action.SIGN_INS,
        request=types.BrowserRequest,
        answer=types.Link,
        mode="write",
        secret=True,
        rate="sign-in",
    ),
    Route(
        method="POST",
        path=_C + "/sign-ins/machine-link",
        run=sign_ins.machine,
        summary="A link that lets one machine in as oneself",
        action=Action.SIGN_INS,
        request=types.MachineRequest,
        answer=types.Link,
        mode="write",
        secret=True,
        rate="sign-in",
    ),
    Route(
        method="GET",
        path=_P + "/sign-ins",
        run=sign_ins.of_person,
        summary="What lets somebody in",
        action=Action.CHANGE_PEOPLE,
        answer=types.SignIns,
    ),
    Route(
        method="POST",
        path=_P + "/sign-ins/end-all",
        run=sign_ins.end_all_of_person,
        summary="End all that lets somebody in",
        action=Action.CHANGE_PEOPLE,
        answer=types.Ended,
        mode="write",
    ),
    Route(
        method="DELETE",
        path=_P + "/sign-ins/{credential}",
        run=sign_ins.end_of_person,
        summary="End one of somebody's sign-ins",
        action=Action.CHANGE_PEOPLE,
        answer=types.Ended,
        mode="write",
    ),
    Route(
        method="POST",
        path=_P + "/sign-in-link",
        run=sign_ins.person_link,
        summary="A link that signs one browser in as somebody, shown or sent",
        action=Action.CHANGE_PEOPLE,
        request=types.PersonLinkRequest,
        answer=types.Link,
        mode="write",
        secret=True,
        rate="sign-in",
    ),
)
