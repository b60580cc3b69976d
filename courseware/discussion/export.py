"""All that was said in a lesson, to take along.

In: a member of staff and a lesson. Out: its discussions with their posts, made by `shown` for this person;
and the same as one Markdown text. What somebody wrote stands in it as a quotation.
"""

import datetime

import sqlalchemy as sa

from courseware.course import model as course_model
from courseware.course import permissions
from courseware.discussion import cells, model, posts, shown, threads


def of_lesson(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    lesson: course_model.Lesson,
    *,
    now: datetime.datetime,
) -> model.Export:
    """The discussions of a lesson, oldest first.

    Raises:
        UserError: the viewer is not staff, or not here as staff.
    """
    permissions.check(viewer, permissions.Action.MODERATE)
    rows = threads.of_lesson(connection, viewer, lesson.id, now=now)
    conversations = tuple(
        model.Conversation(
            thread=thread,
            posts=shown.all_posts(connection, viewer, row, posts.of_thread(connection, row["id"])),
        )
        for thread, row in zip(shown.all_threads(connection, viewer, rows), rows, strict=True)
    )
    keys = frozenset(each.thread.key for each in conversations if each.thread.key is not None)
    return model.Export(
        lesson=lesson.slug,
        title=lesson.title,
        at=now,
        texts=cells.texts(connection, lesson.id, keys),
        conversations=conversations,
    )


def markdown(told: model.Export) -> str:
    """The same to be read."""
    lines = [f"# {_line(told.title)}", "", f"As of {told.at:%Y-%m-%d %H:%M} UTC.", ""]
    for each in told.conversations:
        thread = each.thread
        lines += [f"## {_line(thread.title or thread.excerpt or '[deleted]')}", ""]
        state = "answered" if thread.state == "resolved" else "open"
        lines += [f"{thread.kind}, {state}, {thread.created:%Y-%m-%d}", ""]
        cell = told.texts.get(thread.key) if thread.key is not None else None
        if cell:
            lines += [*(f"    {line}" for line in cell.text.splitlines()), ""]
        for post in each.posts:
            marks = ["answer"] * post.answer + ["endorsed"] * post.endorsed
            about = ", ".join([f"{post.created:%Y-%m-%d %H:%M}", *marks])
            lines += [f"**{_line(post.author.name)}** ({about})", ""]
            said = post.body if post.state == "shown" else f"[{post.state}]"
            lines += [*(f"> {line}".rstrip() for line in said.splitlines()), ""]
    return "\n".join(lines)


def _line(text: str) -> str:
    """One line that is no Markdown of its own."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#" else sign for sign in " ".join(text.split()))
