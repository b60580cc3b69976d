"""A discussion as a page: read it, reply, and act on it and its comments; every act is a plain form."""

import dataclasses
from typing import Any, TypeVar, get_args

from courseware import errors
from courseware.course import lessons, people, permissions
from courseware.discussion import cells, look, model, moderation, saved_replies, write
from courseware.service import call, called, render
from courseware.service.api import discussions as api_discussions
from courseware.service.pages import inbox, requests, writing

T = TypeVar("T")
_HALF = 15
_THREAD: dict[str, moderation.ThreadChange] = {
    "resolve": moderation.ThreadChange(state="resolved"),
    "open": moderation.ThreadChange(state="open"),
    "lock": moderation.ThreadChange(locked=True),
    "unlock": moderation.ThreadChange(locked=False),
    "pin": moderation.ThreadChange(pinned=True),
    "unpin": moderation.ThreadChange(pinned=False),
    "hide": moderation.ThreadChange(hidden=True),
    "show": moderation.ThreadChange(hidden=False),
    "claim": moderation.ThreadChange(claimed=True),
    "leave": moderation.ThreadChange(claimed=False),
}
_POST: dict[str, moderation.PostChange] = {
    "delete": moderation.PostChange(state="deleted"),
    "restore": moderation.PostChange(state="shown"),
    "hide": moderation.PostChange(state="hidden"),
    "endorse": moderation.PostChange(endorsed=True),
    "unendorse": moderation.PostChange(endorsed=False),
    "answer": moderation.PostChange(answer=True),
    "unanswer": moderation.PostChange(answer=False),
}
_REACTIONS: dict[str, model.Reaction] = {name: name for name in get_args(model.Reaction)}


def read(request: call.Call) -> call.Page:
    """A page of a discussion; what it shows is read from now on, if nothing before it was left out."""
    kept = request.service.database
    with kept.read() as connection:
        placed = dataclasses.replace(request, open_connection=connection)
        told = api_discussions.thread(placed)
        # Whose name is hidden here stays hidden unless they choose otherwise.
        hidden = look.hides_name(connection, request.viewer, told.thread.id, now=request.now)
        shown = _page(placed, told, writing.fresh(anonymous=hidden))
    last = told.posts[-1].number if told.posts else 0
    if last > told.seen and told.posts[0].number <= told.seen + 1:
        with kept.write() as connection:
            moderation.saw(connection, request.viewer, told.thread.id, last, now=request.now)
            fewer = render.unread(dataclasses.replace(request, open_connection=connection))
        return dataclasses.replace(shown, values={**shown.values, "unread": fewer})
    return shown


def _page(request: call.Call, told: model.ThreadPage, draft: writing.Draft) -> call.Page:
    """The page with the reply as it stands."""
    thread = told.thread
    lesson = cell = None
    places: list[cells.Cell] = []
    if thread.lesson is not None:
        lesson = lessons.find(request.connection, request.course, thread.lesson)
        known = cells.newest(request.connection, lesson.id)
        places = list(known.values()) if "move" in thread.can else []
        if thread.key is not None:
            said = cells.texts(request.connection, lesson.id, frozenset({thread.key})).get(thread.key)
            cell = {"said": said, "id": known[thread.key].id if thread.key in known else None}
    posts = [
        {
            "post": post,
            "html": writing.html(post.body),
            "new": post.number > told.seen and not post.author.me,
        }
        for post in told.posts
    ]
    values = render.base_values(
        request,
        thread=thread,
        lesson=lesson,
        cell=cell,
        places=places,
        posts=posts,
        earlier=told.earlier,
        later=told.later,
        draft=draft,
        told=request.query.get("told", ""),
        can=look.rights(request.viewer),
        asked=requests.of_thread(request, thread.id),
        to=_to(request, thread),
        staff_names=inbox.staff_of(request) if "claim" in thread.can else [],
        replies=saved_replies.listed(request.connection, request.viewer) if "claim" in thread.can else [],
    )
    return call.Page(template="thread.html", values=values, status=draft.status)


def _to(request: call.Call, thread: model.Thread) -> called.Called | None:
    """What the student is called whom staff wrote to; None for themselves and where nobody did."""
    if thread.kind != "private" or not request.viewer.is_staff:
        return None
    key = look.recipient(request.connection, request.viewer, thread.id, now=request.now)
    return called.names(request).of(people.by_id(request.connection, key)) if key is not None else None


def reply(request: call.Call) -> call.Page | call.Redirect:
    """Add a comment."""
    public = request.path["t"]

    if "insert" in request.body.fields:
        draft = writing.sent(request)
        try:
            draft = dataclasses.replace(draft, body=inbox.with_reply(request, draft))
        except errors.UserError as error:
            draft = dataclasses.replace(draft, problem=error.message, status=errors.STATUS[error.code])
        return _page(request, api_discussions.thread(request), draft)

    def send(draft: writing.Draft) -> str:
        words = writing.words(draft)
        return _at(write.reply(request.connection, request.viewer, public, words, now=request.now), "posted")

    return writing.post(request, send, lambda draft: _page(request, api_discussions.thread(request), draft))


def act(request: call.Call) -> call.Redirect:
    """Resolve, follow, lock, pin, hide, claim or move a discussion."""
    public, wish = request.path["t"], request.body.fields.get("act", "")
    connection, viewer = request.connection, request.viewer
    if wish in ("follow", "unfollow"):
        moderation.follow(connection, viewer, public, following=wish == "follow", now=request.now)
    else:
        named = {
            "move": moderation.ThreadChange(key=request.body.fields.get("key", "")),
            "assign": moderation.ThreadChange(assigned=request.body.fields.get("person", "")),
        }
        change = _known({**_THREAD, **named}, wish)
        request.use.action = change.right
        moderation.change_thread(connection, viewer, public, change, now=request.now)
    from_inbox = request.body.fields.get("back") == "inbox"
    return call.Redirect(
        to=f"/courses/{request.course.slug}/inbox" if from_inbox else f"/threads/{public}?told=done"
    )


def act_on_post(request: call.Call) -> call.Redirect:
    """React to a comment, endorse it, say that it answers, delete, restore or hide it."""
    public, wish = request.path["post"], request.body.fields.get("act", "")
    verb, _, kind = wish.partition(" ")
    if verb in ("react", "unreact"):
        reaction = _known(_REACTIONS, kind)
        on = verb == "react"
        post = moderation.react(request.connection, request.viewer, public, reaction, on=on, now=request.now)
    elif verb == "keep":
        request.use.action = permissions.Action.MODERATE
        post = moderation.dismiss(request.connection, request.viewer, public, now=request.now)
    else:
        change = _known(_POST, wish)
        request.use.action = change.right
        post = moderation.change_post(request.connection, request.viewer, public, change, now=request.now)
    moderates = request.body.fields.get("back") == "moderation"
    return call.Redirect(to=f"/courses/{request.course.slug}/moderation" if moderates else _at(post))


def report(request: call.Call) -> call.Redirect:
    """Tell staff about a comment."""
    public, reason = request.path["post"], request.body.fields.get("reason", "")
    moderation.report(request.connection, request.viewer, public, reason, now=request.now)
    _, post = look.post(request.connection, request.viewer, public, now=request.now)
    return call.Redirect(to=_at(post, "reported"))


def post_page(request: call.Call) -> call.Page:
    """A comment alone, to be changed by its author, with what it said before for author and staff."""
    _, post = look.post(request.connection, request.viewer, request.path["post"], now=request.now)
    return _post_page(request, writing.fresh(body=post.body))


def _post_page(request: call.Call, draft: writing.Draft) -> call.Page:
    """The form to change a comment."""
    thread, post = look.post(request.connection, request.viewer, request.path["post"], now=request.now)
    edits = look.edits(request.connection, request.viewer, post.id, now=request.now)
    values: dict[str, Any] = render.base_values(
        request, thread=thread, post=post, edits=edits, draft=draft, back=_at(post)
    )
    return call.Page(template="post.html", values=values, status=draft.status)


def change_text(request: call.Call) -> call.Page | call.Redirect:
    """Change what one said."""
    public = request.path["post"]

    def send(draft: writing.Draft) -> str:
        return _at(
            write.edit(request.connection, request.viewer, public, draft.body, now=request.now), "changed"
        )

    return writing.post(request, send, lambda draft: _post_page(request, draft))


def _known(table: dict[str, T], name: str) -> T:
    """What a button stands for."""
    if name not in table:
        raise errors.UserError("This button is not known here. Load the page again.", code="bad-request")
    return table[name]


def _at(post: model.Post, told: str = "") -> str:
    """Where a comment stands on its page."""
    said = f"&told={told}" if told else ""
    return f"/threads/{post.thread}?after={max(0, post.number - 1 - _HALF)}{said}#{post.id}"
