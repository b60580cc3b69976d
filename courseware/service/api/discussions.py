"""Discussions: the badges of a lesson, threads, posts."""

import dataclasses
from typing import get_args

from courseware import errors
from courseware.course import lessons, permissions
from courseware.course import model as course_model
from courseware.discussion import export, inbox, look, mentions, model, moderation, saved_replies, write
from courseware.exchange import fetch
from courseware.service import access, call, types_discussion

_FILTERS: dict[str, model.Filter] = {name: name for name in get_args(model.Filter)}


def of_lesson(request: call.Call) -> model.Discussion:
    """How much is said at each cell of a lesson."""
    lesson = access.lesson(request)
    fetch.check_open(request.connection, request.viewer, lesson, now=request.now)
    return look.discussion(request.connection, request.viewer, lesson, now=request.now)


def listed(request: call.Call) -> model.Threads:
    """Threads of a lesson, or of the whole course."""
    told = request.query.get("filter", "all")
    if told == "inbox" and "l" not in request.path:
        return inbox.waiting(
            request.connection, request.viewer, cursor=request.query.get("cursor"), now=request.now
        )
    wanted = _FILTERS.get(told)
    if wanted is None:
        raise errors.UserError(
            f"There is no filter {told[:40]!r}; use {', '.join(_FILTERS)}.", code="bad-request"
        )
    return look.listed(
        request.connection,
        request.viewer,
        place(request),
        key=request.query.get("key"),
        wanted=wanted,
        query=request.query.get("q", "")[:200],
        cursor=request.query.get("cursor"),
        now=request.now,
    )


def place(request: call.Call) -> model.Place:
    """The lesson that the address names, or else the course."""
    lesson = access.lesson(request) if "l" in request.path else None
    return model.Place(course=request.course, lesson=lesson)


def titles(request: call.Call) -> dict[str, str]:
    """The lessons of the course by their names."""
    return {each.slug: each.title for each in lessons.of_course(request.connection, request.course)}


def begin(request: call.Call) -> model.Thread:
    """Begin a thread."""
    wish: types_discussion.Beginning = request.body
    beginning = model.Beginning(
        words=_words(wish), kind=wish.kind, title=wish.title, key=wish.key, moment=wish.moment
    )
    return write.begin(request.connection, request.viewer, place(request), beginning, now=request.now)


def thread(request: call.Call) -> model.ThreadPage:
    """A page of a thread."""
    told = look.thread(
        request.connection,
        request.viewer,
        request.path["t"],
        after=_number(request, "after"),
        before=_number(request, "before"),
        now=request.now,
    )
    request.use.sight = _taken(request.viewer, told)
    return told


def _taken(viewer: course_model.Viewer, told: model.ThreadPage) -> permissions.Action | None:
    """The right over others that it takes to read this; none for what is one's own, was written to one, or
    is everybody's.
    """
    if told.thread.kind == "private" and not told.thread.author.me and viewer.is_staff:
        return permissions.Action.READ_PRIVATE
    authors = (told.thread.author, *(post.author for post in told.posts))
    named = any(author.anonymous and author.id is not None and not author.me for author in authors)
    return permissions.Action.SEE_NAMES if named else None


def _number(request: call.Call, name: str) -> int | None:
    """A place in a thread."""
    told = request.query.get(name)
    if told is None:
        return None
    if not told.isdecimal() or len(told) > 9:
        raise errors.UserError(f"{name} must be the number of a comment.", code="bad-request")
    return int(told)


def change_thread(request: call.Call) -> model.Thread:
    """Resolve, lock, pin, hide, claim or move a thread."""
    wish: types_discussion.ThreadChange = request.body
    change = moderation.ThreadChange(
        state=wish.state,
        locked=wish.locked,
        pinned=wish.pinned,
        hidden=wish.hidden,
        claimed=wish.claimed,
        assigned=wish.assigned,
        key=wish.key,
    )
    request.use.action = change.right
    return moderation.change_thread(
        request.connection, request.viewer, request.path["t"], change, now=request.now
    )


def reply(request: call.Call) -> model.Post:
    """Add a post to a thread."""
    return write.reply(
        request.connection, request.viewer, request.path["t"], _words(request.body), now=request.now
    )


def saw(request: call.Call) -> types_discussion.Done:
    """Remember how far somebody has read."""
    number = max(0, min(request.body.number, 10**9))
    moderation.saw(request.connection, request.viewer, request.path["t"], number, now=request.now)
    return types_discussion.Done()


def follow(request: call.Call) -> model.Thread:
    """Follow a thread, or no more."""
    return moderation.follow(
        request.connection,
        request.viewer,
        request.path["t"],
        following=request.body.following,
        now=request.now,
    )


def change_post(request: call.Call) -> model.Post:
    """Change a post's text, or what it is."""
    wish: types_discussion.PostChange = request.body
    public = request.path["post"]
    if wish.body is not None:
        made = write.edit(request.connection, request.viewer, public, wish.body, now=request.now)
        if dataclasses.astuple(_post_change(wish)) == (None, None, None):
            return made
    change = _post_change(wish)
    request.use.action = change.right
    return moderation.change_post(request.connection, request.viewer, public, change, now=request.now)


def _post_change(wish: types_discussion.PostChange) -> moderation.PostChange:
    return moderation.PostChange(state=wish.state, endorsed=wish.endorsed, answer=wish.answer)


def edits(request: call.Call) -> types_discussion.Edits:
    """What a post said before."""
    found = look.edits(request.connection, request.viewer, request.path["post"], now=request.now)
    return types_discussion.Edits(edits=list(found))


def react(request: call.Call) -> model.Post:
    """React to a post, or no more."""
    wish: types_discussion.Reacting = request.body
    return moderation.react(
        request.connection, request.viewer, request.path["post"], wish.kind, on=wish.on, now=request.now
    )


def report(request: call.Call) -> types_discussion.Done:
    """Tell staff about a post."""
    moderation.report(
        request.connection, request.viewer, request.path["post"], request.body.reason, now=request.now
    )
    return types_discussion.Done()


def reports(request: call.Call) -> types_discussion.Reports:
    """Reports that wait for a decision."""
    found = look.reports(request.connection, request.viewer, now=request.now)
    return types_discussion.Reports(reports=list(found))


def exported(request: call.Call) -> model.Export:
    """All that was said in a lesson."""
    return export.of_lesson(request.connection, request.viewer, access.lesson(request), now=request.now)


def replies(request: call.Call) -> types_discussion.Replies:
    """Replies that staff keep."""
    return types_discussion.Replies(replies=list(saved_replies.listed(request.connection, request.viewer)))


def keep_reply(request: call.Call) -> model.SavedReply:
    """Keep a reply to use again."""
    wish: types_discussion.NewReply = request.body
    return saved_replies.keep(request.connection, request.viewer, wish.title, wish.body, now=request.now)


def remove_reply(request: call.Call) -> types_discussion.Done:
    """Keep a reply no more."""
    saved_replies.remove(request.connection, request.viewer, request.path["reply"])
    return types_discussion.Done()


def names(request: call.Call) -> types_discussion.Names:
    """Members of the course, to be mentioned."""
    found = mentions.named(request.connection, request.viewer, request.query.get("q", "")[:80])
    return types_discussion.Names(people=[types_discussion.Name(id=key, name=name) for key, name in found])


def _words(wish: types_discussion.Words) -> model.Words:
    return model.Words(body=wish.body, anonymous=wish.anonymous, attachment=wish.attachment)
