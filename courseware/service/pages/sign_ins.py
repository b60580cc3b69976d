"""Pages of what lets people in: one's own, and for staff somebody's.

In: buttons. Out: the list, with a link shown once where one was made. What may be made and ended is decided
in `api.sign_ins`.
"""

import dataclasses
from typing import Any

from courseware import errors
from courseware.course import credentials, duties, groups, lessons, model, people, permissions
from courseware.service import call, render, types_sign_in
from courseware.service.api import people as api_people
from courseware.service.api import sign_ins

_ROLES: tuple[model.Role, ...] = ("student", "grader", "instructor", "owner")


def own(request: call.Call, **more: Any) -> call.Page:
    """What lets oneself in, and buttons for another browser and another machine."""
    viewer = request.viewer
    machines = [role for role in _ROLES if permissions.lowered(viewer.role, role) == role]
    values = {
        "sign_ins": sign_ins.own(request).sign_ins,
        "roles": [role for role in machines if permissions.gives(viewer, role, "cli")],
        "link": None,
        "link_for": "",
        **more,
    }
    return call.Page(template="sign_ins.html", values=render.base_values(request, **values))


def make(request: call.Call) -> call.Page:
    """Make a link, or end the others.

    Raises:
        UserError: none of the buttons of the page.
    """
    fields = request.body.fields
    match fields.get("act"):
        case "browser":
            wish = types_sign_in.BrowserRequest()
            return own(request, link=sign_ins.browser(_with(request, wish)), link_for="browser")
        case "lab":
            machine = types_sign_in.MachineRequest(ceiling="lab")
            return own(request, link=sign_ins.machine(_with(request, machine)), link_for="lab")
        case "cli":
            role, days = fields.get("role", ""), fields.get("days", "")
            if role not in _ROLES or not days.isascii() or not days.isdigit() or len(days) > 4:
                raise errors.UserError("Say as what the machine may act, and for how many days.")
            machine = types_sign_in.MachineRequest(ceiling="cli", role=role, days=int(days))
            return own(request, link=sign_ins.machine(_with(request, machine)), link_for="cli")
        case "end-others":
            return own(request, ended=sign_ins.end_others(request).ended)
        case _:
            raise errors.UserError("Say what is to be done.", code="bad-request")


def end_own(request: call.Call) -> call.Redirect:
    """End one of one's own; with the one of this browser, or one that it was made with, one is signed out."""
    sign_ins.end_own(request)
    person, here = request.viewer.person, request.holder.public
    left = credentials.of_person(request.connection, person, request.course, now=request.now)
    if here not in {each.public for each in left}:
        return call.Redirect(to="/", credential="")
    return call.Redirect(to=f"/courses/{request.course.slug}/sign-ins")


def person(request: call.Call, **more: Any) -> call.Page:
    """Somebody's place in the course and what lets them in."""
    member = people.find(request.connection, request.course, request.path["p"])
    ruled = permissions.gives(request.viewer, member.role, "pages")
    limited = member.role == "grader" and member.ended is None
    values = {
        "member": member,
        "ruled": ruled,
        "limited": limited,
        "duty": duties.kept(request.connection, request.course, member.person),
        "groups": sorted(groups.of_course(request.connection, request.course)) if limited else [],
        "lessons": lessons.of_course(request.connection, request.course) if limited else [],
        "roles": _roles_for(request, member),
        "fixed": people.elsewhere(request.connection, request.course, member.person.id),
        "was": None,
        "changed": False,
        "may_erase": request.may(permissions.Action.ERASE) and member.role != "owner",
        "sign_ins": sign_ins.of_person(request).sign_ins if ruled else [],
        "mail": request.service.teller.sender is not None,
        "link": None,
        "sent_to": "",
        **more,
    }
    return call.Page(template="person.html", values=render.base_values(request, **values))


def _roles_for(request: call.Call, member: model.Member) -> list[model.Role]:
    """The roles that the asking person may give somebody; none to oneself."""
    if member.person == request.viewer.person:
        return []
    owners = request.may(permissions.Action.CHANGE_OWNERS)
    return [role for role in _ROLES if owners or role == member.role or role != "owner"]


def person_act(request: call.Call) -> call.Page:
    """Make or send a link for somebody, or end all that lets them in.

    Raises:
        UserError: none of the buttons of the page.
    """
    match request.body.fields.get("act"):
        case "show":
            told = sign_ins.person_link(_with(request, types_sign_in.PersonLinkRequest()))
            return person(request, link=told)
        case "send":
            told = sign_ins.person_link(_with(request, types_sign_in.PersonLinkRequest(send=True)))
            return person(request, sent_to=told.sent_to)
        case "join":
            return person(request, join_link=api_people.join_link(request))
        case "end-all":
            return person(request, ended=sign_ins.end_all_of_person(request).ended)
        case _:
            raise errors.UserError("Say what is to be done.", code="bad-request")


def end_of_person(request: call.Call) -> call.Redirect:
    """End one of somebody's."""
    sign_ins.end_of_person(request)
    return call.Redirect(to=f"/courses/{request.course.slug}/people/{request.path['p']}")


def _with(request: call.Call, body: Any) -> call.Call:
    return dataclasses.replace(request, body=body)
