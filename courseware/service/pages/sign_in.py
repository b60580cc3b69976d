"""Pages before anybody is signed in: whom a link signs in, and asking for a link by mail.

In: a link, or an address. Out: a page, or a browser that is signed in. Looking at a link uses nothing up:
programs that read mail open links. An address that is not known is answered like one that is.
"""

from courseware.course import credentials, people, sign_in
from courseware.service import call, identity, render


def ask(request: call.Call) -> call.Page:
    """How to get in."""
    return _asking(request, sent=False)


def send(request: call.Call) -> call.Page:
    """Have a link sent to an address, if it is somebody's."""
    teller = request.service.teller
    if teller.sender is not None:
        teller.ask_link(request.body.fields.get("email", "")[:300])
    return _asking(request, sent=True)


def _asking(request: call.Call, *, sent: bool) -> call.Page:
    mail = request.service.teller.sender is not None
    hub = request.hub.door.public if request.hub is not None else ""
    return call.Page(
        template="sign_in.html", values=render.base_values(request, mail=mail, sent=sent and mail, hub=hub)
    )


def look(request: call.Call) -> call.Page:
    """Whom a link signs in, or which machine command it is for."""
    token = request.path["token"]
    link = sign_in.look(request.connection, token, now=request.now)
    role = people.role(request.connection, link.course, link.person, now=request.now)
    values = render.base_values(
        request,
        title=link.course.title,
        person=link.person,
        role=role,
        link=f"{request.base}/join/{token}",
        machine=link.terms.gives,
        once=link.ceiling == "signin" or role != "student",
        joining=link.ceiling == "join",
        next=identity.own_page(request.query.get("next", "")),
    )
    return call.Page(template="join.html", values=values)


def enter(request: call.Call) -> call.Redirect:
    """Sign this browser in: the cookie is a credential for pages."""
    made = sign_in.in_browser(request.connection, request.path["token"], now=request.now)
    seconds = int((made.expires - request.now).total_seconds())
    wanted = identity.own_page(request.body.fields.get("next", ""))
    return call.Redirect(to=wanted or f"/courses/{made.course.slug}", credential=made.token, seconds=seconds)


def out(request: call.Call) -> call.Redirect:
    """End this browser's credential. With a Hub, the page that says how to get in is next: any other would
    sign the browser in again at once.
    """
    credentials.revoke(
        request.connection, request.holder.public, now=request.now, actor_id=request.holder.person.id
    )
    if request.hub is None:
        return call.Redirect(to="/", credential="")
    request.hub.forget(request.holder.public)
    return call.Redirect(to="/sign-in", credential="")
