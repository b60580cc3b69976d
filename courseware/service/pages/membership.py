"""Forms that change one person's place in the course: name, address and role, the end of it, and back again.

In: the fields of the forms of a person's page. Out: the page, which says how it was before, with a button
that makes it so again. Refused: what `course.people` refuses, in its words.
"""

import dataclasses

from courseware.course import people
from courseware.service import call, types_people
from courseware.service.api import people as api_people
from courseware.service.pages import sign_ins


def change(request: call.Call) -> call.Page:
    """Change name, address or role; the page says what they were."""
    before = people.find(request.connection, request.course, request.path["p"])
    fields = request.body.fields
    wish = {name: fields[name] for name in ("name", "email", "role") if name in fields}
    body = types_people.PersonChange(**wish)
    after = api_people.change(dataclasses.replace(request, body=body))
    same = (after.person.name, after.person.email, after.role)
    was = None if same == (before.person.name, before.person.email, before.role) else before
    return sign_ins.person(request, was=was, changed=True)


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
