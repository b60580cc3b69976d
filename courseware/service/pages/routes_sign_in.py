"""The addresses of the pages for getting in, and of what lets people in."""

from courseware.course.permissions import Action
from courseware.service.call import Route
from courseware.service.pages import sign_in, sign_ins

_C = "/courses/{c}"
_P = _C + "/people/{p}"

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET", path="/sign-in", run=sign_in.ask, summary="How to get in", public=True, rate="sign-in"
    ),
    Route(
        method="POST",
        path="/sign-in",
        run=sign_in.send,
        summary="Send me a link",
        public=True,
        rate="sign-in",
    ),
    Route(
        method="GET",
        path="/sign-in/{token}",
        run=sign_in.look,
        summary="Whom the link signs in",
        public=True,
        rate="sign-in",
    ),
    Route(
        method="POST",
        path="/sign-in/{token}",
        run=sign_in.enter,
        summary="Sign in",
        mode="write",
        public=True,
        rate="sign-in",
    ),
    Route(
        method="GET",
        path="/join/{token}",
        run=sign_in.look,
        summary="Who the link is for",
        public=True,
        rate="sign-in",
    ),
    Route(
        method="POST",
        path="/join/{token}",
        run=sign_in.enter,
        summary="Sign in",
        mode="write",
        public=True,
        rate="sign-in",
    ),
    Route(method="POST", path="/sign-out", run=sign_in.out, summary="Sign out", mode="write"),
    Route(
        method="GET", path=_C + "/sign-ins", run=sign_ins.own, summary="Your sign-ins", action=Action.SIGN_INS
    ),
    Route(
        method="POST",
        path=_C + "/sign-ins",
        run=sign_ins.make,
        summary="Make a link, or end the others",
        action=Action.SIGN_INS,
        mode="write",
        rate="sign-in",
    ),
    Route(
        method="POST",
        path=_C + "/sign-ins/{credential}/end",
        run=sign_ins.end_own,
        summary="End one of your sign-ins",
        action=Action.SIGN_INS,
        mode="write",
    ),
    Route(method="GET", path=_P, run=sign_ins.person, summary="A person", action=Action.CHANGE_PEOPLE),
    Route(
        method="POST",
        path=_P,
        run=sign_ins.person_act,
        summary="Show or send a sign-in link, or end all sign-ins",
        action=Action.CHANGE_PEOPLE,
        mode="write",
        rate="sign-in",
    ),
    Route(
        method="POST",
        path=_P + "/sign-ins/{credential}/end",
        run=sign_ins.end_of_person,
        summary="End one of somebody's sign-ins",
        action=Action.CHANGE_PEOPLE,
        mode="write",
    ),
)
