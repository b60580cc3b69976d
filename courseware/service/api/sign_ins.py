"""What lets people in: listed, made and ended, by themselves and by staff.

Nobody rules over what can do more than the credential they use: `permissions.check_gives`. So a Jupyter
server of staff sees and makes nothing here, and a limited credential neither.
"""

import urllib.parse

from courseware import errors
from courseware.course import credentials, model, people, permissions, sign_in
from courseware.notices import signing_in
from courseware.service import call, identity
from courseware.service import types_sign_in as types


def own(request: call.Call) -> types.SignIns:
    """What lets the asking person in."""
    _check_own(request)
    return _listed(request, request.viewer.person)


def end_own(request: call.Call) -> types.Ended:
    """End one of one's own, and what was made with it. The one that asks may always end itself: that is
    signing out, and ends nothing else.
    """
    public, person = request.path["credential"], request.viewer.person
    if public == request.holder.public:
        credentials.revoke(request.connection, public, now=request.now, actor_id=person.id)
        return types.Ended(ended=1)
    _check_own(request)
    ended = credentials.revoke_of(
        request.connection, person, request.course, public, by=person, now=request.now
    )
    return types.Ended(ended=ended)


def end_others(request: call.Call) -> types.Ended:
    """End all of one's own but the one that asks."""
    _check_own(request)
    person, keep = request.viewer.person, request.holder.public
    ended = credentials.revoke_others(
        request.connection, person, request.course, keep=keep, by=person, now=request.now
    )
    return types.Ended(ended=ended)


def browser(request: call.Call) -> types.Link:
    """A link that signs one browser in as oneself, with no more rights than one has here."""
    viewer, holder = request.viewer, request.holder
    permissions.check_gives(viewer, viewer.role, "pages")
    # Who becomes staff later has not made a session of staff in a Jupyter server before.
    at_most = viewer.role if viewer.ceiling == "lab" else holder.terms.at_most
    terms = credentials.Terms(at_most=at_most, made_by=holder.terms.made_by, made_from=holder.public)
    wish = request.body.page if request.body is not None else ""
    made = sign_in.browser_link(request.connection, viewer.person, request.course, terms, now=request.now)
    return types.Link(url=_browser_url(request, made, wish), expires=made.expires)


def machine(request: call.Call) -> types.Link:
    """A link that lets one machine in as oneself."""
    wish: types.MachineRequest = request.body
    _check_own(request)
    viewer, holder = request.viewer, request.holder
    role = permissions.lowered(viewer.role, wish.role)
    permissions.check_gives(viewer, role, wish.ceiling)
    terms = credentials.Terms(
        at_most=role,
        gives=wish.ceiling,
        days=wish.days,
        made_by=holder.terms.made_by,
        made_from=holder.public,
    )
    made = sign_in.machine_link(request.connection, viewer.person, request.course, terms, now=request.now)
    return types.Link(url=f"{request.base}/join/{made.token}", expires=made.expires)


def of_person(request: call.Call) -> types.SignIns:
    """What lets somebody in."""
    return _listed(request, _ruled(request).person)


def end_of_person(request: call.Call) -> types.Ended:
    """End one of somebody's, and what was made with it."""
    person, public = _ruled(request).person, request.path["credential"]
    by = request.viewer.person
    ended = credentials.revoke_of(request.connection, person, request.course, public, by=by, now=request.now)
    return types.Ended(ended=ended)


def end_all_of_person(request: call.Call) -> types.Ended:
    """End all that lets somebody in, join links too; of oneself all but the one that asks."""
    person, by = _ruled(request).person, request.viewer.person
    ended = credentials.revoke_others(
        request.connection, person, request.course, keep=request.holder.public, by=by, now=request.now
    )
    return types.Ended(ended=ended)


def person_link(request: call.Call) -> types.Link:
    """A link that signs one browser in as somebody: shown, or sent to them.

    Raises:
        UserError: they left, have no address, no mail is set up, or they got one just now.
    """
    member = _ruled(request)
    if member.ended is not None:
        raise errors.UserError(f"{member.person.username} is not in the course any more.", code="conflict")
    by = request.viewer.person.public
    if request.body is not None and request.body.send:
        return _sent(request, member.person, by)
    made = sign_in.browser_link(
        request.connection,
        member.person,
        request.course,
        terms_for(request, member.person),
        now=request.now,
    )
    return types.Link(url=_browser_url(request, made, ""), expires=made.expires)


def terms_for(request: call.Call, person: model.Person) -> credentials.Terms:
    """What is known of a link for somebody: who made it or, for oneself, with what."""
    by = request.viewer.person
    if by.public == person.public:
        return credentials.Terms(made_from=request.holder.public)
    return credentials.Terms(made_by=by.public)


def _sent(request: call.Call, person: model.Person, by: str) -> types.Link:
    service = request.service
    if service.teller.sender is None:
        raise errors.UserError("No mail is set up here. Show the link and pass it on.", code="conflict")
    if person.email is None:
        raise errors.UserError(f"{person.username} has no e-mail address here.", code="conflict")
    if signing_in.lately(request.connection, person, now=request.now):
        message = f"{person.username} was sent links just now. Wait a little, or show the link."
        raise errors.UserError(message, code="conflict")
    signing_in.queue(
        request.connection, person, request.course, service.mail_secret, made_by=by, now=request.now
    )
    return types.Link(url="", expires=request.now + sign_in.LINK_FOR, sent_to=person.email)


def _ruled(request: call.Call) -> model.Member:
    """The person of the address, whose sign-ins the asking one may rule over."""
    member = people.find(request.connection, request.course, request.path["p"])
    permissions.check_gives(request.viewer, member.role, "pages")
    return member


def _check_own(request: call.Call) -> None:
    """Refuse a credential that can do less than its person's pages: what was taken from a Jupyter server must
    not end or see the sessions of staff.
    """
    viewer = request.viewer
    role = people.role(request.connection, viewer.course, viewer.person, now=request.now)
    permissions.check_gives(viewer, role or viewer.role, "pages")


def _listed(request: call.Call, person: model.Person) -> types.SignIns:
    found = credentials.of_person(request.connection, person, request.course, now=request.now)
    named = people.names(
        request.connection, {each.terms.made_by for each in found if each.terms.made_by is not None}
    )
    return types.SignIns(sign_ins=[_shown(each, named, request.holder.public) for each in found])


def _shown(each: credentials.Kept, named: dict[str, str], current: str) -> types.SignIn:
    machine = each.ceiling == "join" and each.terms.gives is not None
    return types.SignIn(
        id=each.public,
        kind="machine" if machine else each.ceiling,
        label=each.label,
        made=each.created,
        used=each.used,
        expires=each.expires,
        at_most=each.terms.at_most,
        by=named.get(each.terms.made_by or "", ""),
        made_from=each.terms.made_from or "",
        current=each.public == current,
    )


def _browser_url(request: call.Call, made: sign_in.Entry, wish: str) -> str:
    page = identity.own_page(wish)
    if wish and not page:
        raise errors.UserError(
            f"{wish[:80]!r} is no page of the course. Give one like /courses/{request.course.slug}/class."
        )
    query = f"?next={urllib.parse.quote(page, safe='')}" if page else ""
    return f"{request.base}/sign-in/{made.token}{query}"
