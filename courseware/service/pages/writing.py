"""What somebody writes into a form of a discussion: not lost on an error, posted once (`twice`).

In: the fields of a form. Out: where to go next, or the same page again with the text, and with what is wrong
or the preview that was asked for.
"""

import dataclasses
import re
from collections.abc import Callable
from typing import get_args

import markupsafe

from courseware import errors
from courseware.course import model as course_model
from courseware.discussion import look, markup, model, text
from courseware.service import call

_KINDS: dict[str, model.Kind] = {name: name for name in get_args(model.Kind)}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Draft:
    """A form as it is shown; `key` is the cell that it stands at, `moment` the second of its video that is
    offered to be told along.
    """

    body: str = ""
    title: str = ""
    kind: model.Kind = "question"
    key: str | None = None
    moment: int | None = None
    anonymous: bool = False
    preview: markupsafe.Markup | None = None
    problem: str = ""
    status: int = 200


def fresh(
    *, key: str | None = None, moment: int | None = None, body: str = "", anonymous: bool = False
) -> Draft:
    """An empty form, or one with the text that is to be changed."""
    return Draft(key=key, moment=moment, body=body, anonymous=anonymous)


def second(told: str) -> int | None:
    """A second of a video as an address or a field tells it; None for anything else."""
    return int(told) if re.fullmatch(r"[0-9]{1,5}", told) else None


def sent(request: call.Call) -> Draft:
    """The form as it came in."""
    fields = request.body.fields
    return Draft(
        body=fields.get("body", ""),
        title=fields.get("title", ""),
        kind=_KINDS.get(fields.get("kind", ""), "question"),
        key=fields.get("key"),
        moment=second(fields.get("moment", "")),
        anonymous=fields.get("anonymous") == "yes",
    )


def kinds(viewer: course_model.Viewer, *, announce: bool = True) -> list[model.Kind]:
    """What the viewer can begin."""
    rights = look.rights(viewer)
    found: list[model.Kind] = ["question", "discussion"]
    return (
        found
        + (["private"] if not viewer.is_staff else [])
        + (["announcement"] if announce and "announce" in rights else [])
    )


def words(draft: Draft) -> model.Words:
    """What is said, for the room of discussions."""
    return model.Words(body=draft.body, anonymous=draft.anonymous)


def html(body: str) -> markupsafe.Markup:
    """What somebody wrote, as it is shown; `markup` sanitises it."""
    return markupsafe.Markup(markup.made(body))


def post(
    request: call.Call, send: Callable[[Draft], str], again: Callable[[Draft], call.Page]
) -> call.Page | call.Redirect:
    """Post what came in and go where `send` says; or show the page `again` with the text.

    Raises:
        UserError: what is written to does not exist for this person.
    """
    draft = sent(request)
    if "preview" in request.body.fields:
        return again(dataclasses.replace(draft, preview=html(draft.body[: text.BODY])))
    point = request.connection.begin_nested()
    try:
        to = send(draft)
    except errors.UserError as error:
        point.rollback()
        if error.code == "not-found":
            raise
        return again(
            dataclasses.replace(draft, problem=error.message, status=errors.STATUS.get(error.code, 422))
        )
    point.commit()
    return call.Redirect(to=to)
