"""Forms that change one person's place in the course: name, address and role, the end of it, and back again.

In: the fields of the forms of a person's page, and what stood in them when the page was loaded. Out: the
page, which says how it was before, with a button that makes it so again. What was not changed on the form
stays as it is, whoever changed it meanwhile. Refused: what `course.people` refuses, in its words, and a
change of what another changed meanwhile; the form comes back with what was typed.
"""

import dataclasses
from collections.abc import Mapping

from courseware import errors
from courseware.course import dates, model, people
from courseware.service import call, types_people
from courseware.service.api import people as api_people
from courseware.service.pages import sign_ins

_FIELDS = ("name", "email", "role")
_ALONE = ("unauthenticated", "forbidden", "not-found")
"""What is refused without the page."""


def change(request: call.Call) -> call.Page:
    """Change name, address or role; the page says what they were. What is refused comes back on it."""
    dates.lock(request.connection, request.course)  # nobody changes them between the look and the change
    before = people.find(request.connection, request.course, request.path["p"])
    fields = request.body.fields
    wish = {
        name: fields[name] for name in _FIELDS if name in fields and fields[name] != fields.get(f"was_{name}")
    }
    point = request.connection.begin_nested()
    try:
        _check_unchanged(_said(before), wish, fields)
        body = types_people.PersonChange(**wish)
        after = api_people.change(dataclasses.replace(request, body=body))
    except errors.UserError as error:
        if error.code in _ALONE:
            raise
        point.rollback()
        refused = dataclasses.replace(request, refusal=(error.message, *error.details))
        page = sign_ins.person(refused, entered=_said(before) | wish)
        return dataclasses.replace(page, status=errors.STATUS.get(error.code, 422))
    point.commit()
    same = (after.person.name, after.person.email, after.role)
    was = None if same == (before.person.name, before.person.email, before.role) else before
    return sign_ins.person(request, was=was, changed=True)


def _said(member: model.Member) -> dict[str, str]:
    """What the form says of somebody."""
    return {"name": member.person.name, "email": member.person.email or "", "role": member.role}


def _check_unchanged(now: Mapping[str, str], wish: Mapping[str, str], fields: Mapping[str, str]) -> None:
    """Refuse a change of what is not as the form had it, unless it is as is wished already."""
    for name, wanted in wish.items():
        if now[name] not in (wanted, fields.get(f"was_{name}", now[name])):
            raise errors.UserError(
                "Somebody else has changed this meanwhile. Compare, and save again if yours is to hold.",
                code="conflict",
            )


def end(request: call.Call) -> call.Redirect:
    """End a membership; the page of the person has a button to bring them back."""
    api_people.end(request)
    return _home(request)


def back(request: call.Call) -> call.Redirect:
    """Bring somebody back in the role that they had."""
    api_people.change(dataclasses.replace(request, body=types_people.PersonChange(back=True)))
    return _home(request)


def _home(request: call.Call) -> call.Redirect:
    person = people.find(request.connection, request.course, request.path["p"]).person
    return call.Redirect(to=f"/courses/{request.course.slug}/people/{person.public}")
