"""The page of a lesson's releases: which is out, who made each, who works on it, and what its check said.

In: a lesson. Out: the draft, if there is one, and all releases, newest first. Staff alone see it.
"""

from courseware.course import people, permissions
from courseware.desk import release_history
from courseware.exchange import draft_releases
from courseware.service import access, call, render, show


def read(request: call.Call) -> call.Page:
    """The page."""
    place = access.lesson(request)
    draft = draft_releases.of_lesson(request.connection, place.id)
    values = render.base_values(
        request,
        lesson=show.lesson(request, place),
        draft=draft,
        draft_by=people.by_id(request.connection, draft.uploaded_by) if draft else None,
        made=release_history.of_lesson(request.connection, place),
        may_publish=request.may(permissions.Action.PUBLISH),
    )
    return call.Page(template="releases.html", values=values)
