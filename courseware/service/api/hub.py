"""A Jupyter server of the Hub's comes in with its own token.

In: that token, and which course it is about. Out: what joining gives: a credential for JupyterLab, and the
key that the course's receipts are signed with.
"""

import dataclasses

from courseware import errors
from courseware.course import courses, model, people, permissions
from courseware.service import call, show, types, types_hub, vouching


def sign_in(request: call.Call) -> types.Joined:
    """Turn a Hub token into a credential for the Jupyter server that shows it.

    Raises:
        UserError: no Hub is set up here, it does not know the token, or its person is in no such course.
        Temporary: the Hub is away.
    """
    if request.hub is None:
        raise errors.UserError("This service has no Hub; use a join link.", code="not-found")
    wish: types_hub.HubSignIn = request.body
    let = request.hub.on_server(wish.token)
    with request.service.database.read() as connection:
        here = dataclasses.replace(request, open_connection=connection)
        course, role = _course(here, let, wish.course)
        return types.Joined(
            credential=let.token,
            person=show.person(let.person),
            course=show.course_ref(course),
            key=show.public_key(here, course),
            role=permissions.lowered(role, let.at_most),
            expires=let.until,
            pages=request.base,
        )


def _course(request: call.Call, let: vouching.Let, wanted: str) -> tuple[model.Course, model.Role]:
    """The course that is asked for, else the one that the person came into last."""
    for key, role in reversed(people.courses_of(request.connection, let.person)):
        course = courses.by_id(request.connection, key)
        if wanted in ("", course.slug, course.public):
            return course, role
    raise errors.UserError(
        f"There is no course {wanted[:80]!r} here, or it is not open to you.", code="not-found"
    )
