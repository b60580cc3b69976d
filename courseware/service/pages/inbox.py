"""Pages of staff about discussions: what waits for an answer, what was reported or hidden, kept replies, and
all that was said in a lesson as a file.
"""

import urllib.parse
from typing import get_args

import msgspec

from courseware import errors
from courseware.course import model as course_model
from courseware.course import people
from courseware.discussion import export, inbox, look, saved_replies
from courseware.notices import arrivals
from courseware.service import call, render
from courseware.service.api import discussions as api_discussions
from courseware.service.pages import requests, writing

_WHOSE: dict[str, inbox.Claimed] = {name: name for name in get_args(inbox.Claimed)}


def waiting(request: call.Call) -> call.Page:
    """Open questions, those without an answer first, and how quick the course answers."""
    whose = _WHOSE.get(request.query.get("whose", "all"), "all")
    connection, viewer, now = request.connection, request.viewer, request.now
    found = inbox.waiting(connection, viewer, claimed=whose, cursor=request.query.get("cursor"), now=now)
    following = urllib.parse.urlencode({"whose": whose, "cursor": found.next}) if found.next else None
    values = render.base_values(
        request,
        threads=found.threads,
        asked=requests.among(request, [each.id for each in found.threads]),
        following=following,
        whose=whose,
        times=inbox.times(connection, viewer, now=now),
        days=inbox.DAYS,
        titles=api_discussions.titles(request),
        reports=len(look.reports(connection, viewer, now=now)),
        mails=len(arrivals.filed(connection, viewer)),
    )
    return call.Page(template="inbox.html", values=values)


def moderation(request: call.Call) -> call.Page:
    """Reported comments, and what is hidden from students."""
    values = render.base_values(
        request,
        reports=[
            {"report": each, "html": writing.html(each.post.body)}
            for each in look.reports(request.connection, request.viewer, now=request.now)
        ],
        hidden=look.hidden(request.connection, request.viewer, now=request.now),
    )
    return call.Page(template="moderation.html", values=values)


def replies(request: call.Call) -> call.Page:
    """Replies that staff keep."""
    return _replies(request, writing.fresh())


def _replies(request: call.Call, draft: writing.Draft) -> call.Page:
    kept = saved_replies.listed(request.connection, request.viewer)
    values = render.base_values(request, replies=kept, draft=draft)
    return call.Page(template="replies.html", values=values, status=draft.status)


def keep_reply(request: call.Call) -> call.Page | call.Redirect:
    """Keep a reply."""

    def send(draft: writing.Draft) -> str:
        saved_replies.keep(request.connection, request.viewer, draft.title, draft.body, now=request.now)
        return f"/courses/{request.course.slug}/replies"

    return writing.post(request, send, lambda draft: _replies(request, draft))


def remove_reply(request: call.Call) -> call.Redirect:
    """Keep a reply no more."""
    saved_replies.remove(request.connection, request.viewer, request.path["reply"])
    return call.Redirect(to=f"/courses/{request.course.slug}/replies")


def with_reply(request: call.Call, draft: writing.Draft) -> str:
    """What is written, with the kept reply that was chosen after it.

    Raises:
        UserError: the reply is kept no more.
    """
    wanted = request.body.fields.get("saved", "")
    for kept in saved_replies.listed(request.connection, request.viewer):
        if kept.id == wanted:
            return f"{draft.body.rstrip()}\n\n{kept.body}".lstrip()
    raise errors.UserError("This reply is kept no more.", code="not-found")


def staff_of(request: call.Call) -> list[course_model.Person]:
    """Who can look after a question."""
    return [
        member.person
        for member in people.members(request.connection, request.course)
        if member.role in course_model.STAFF and member.ended is None
    ]


def as_markdown(request: call.Call) -> call.File:
    """All that was said in a lesson, to be read."""
    told = api_discussions.exported(request)
    text = export.markdown(told)
    return call.File(name=f"{told.lesson}.md", data=text.encode(), media_type="text/markdown; charset=utf-8")


def as_json(request: call.Call) -> call.File:
    """All that was said in a lesson, for programs."""
    told = api_discussions.exported(request)
    data = msgspec.json.format(msgspec.json.encode(told), indent=1)
    return call.File(name=f"{told.lesson}.json", data=data, media_type="application/json")
