"""The form of a mark: what stands in it, and what its buttons do beside saving it.

In: the fields as they came. Out: the form as it is shown next; whatever else was done, nothing that somebody
typed is lost. Refused: what is no more there, such as a kept comment that was removed in another window, and
a line that the cell does not have.
"""

import dataclasses
import re

import markupsafe

from courseware import errors
from courseware.exchange import model as exchange_model
from courseware.grading import notes, saved_comments, scores
from courseware.service import call
from courseware.service.pages import answer as pages_answer
from courseware.service.pages import writing


@dataclasses.dataclass(frozen=True, kw_only=True)
class Draft:
    """The form as it is shown; `preview` and `note_preview` are what the student would read. `version` is of
    the mark that its sender has seen and `rubric` of the rubric, as the form names them; the newest rubric
    where it names none.
    """

    score: str
    comment: str
    items: frozenset[str]
    version: str
    rubric: str = ""
    line: str = ""
    note: str = ""
    cell: str = ""
    preview: markupsafe.Markup | None = None
    note_preview: markupsafe.Markup | None = None
    problem: str = ""
    status: int = 200


@dataclasses.dataclass(frozen=True, kw_only=True)
class Place:
    """Which answer the form is about, and what the button names (`which`)."""

    found: exchange_model.Submission
    exercise: exchange_model.Exercise
    which: str


def sent(request: call.Call) -> Draft:
    """The form as it came in."""
    fields = request.body.fields
    return Draft(
        score=fields.get("score", ""),
        comment=fields.get("comment", ""),
        items=ticked(request),
        version=fields.get("version", ""),
        rubric=fields.get("rubric", ""),
        line=fields.get("line", ""),
        note=fields.get("note", ""),
        cell=fields.get("cell", ""),
    )


def ticked(request: call.Call) -> frozenset[str]:
    """The items of the rubric that the form names."""
    return frozenset(name.removeprefix("item-") for name in request.body.fields if name.startswith("item-"))


def _preview(request: call.Call, place: Place, draft: Draft) -> Draft:
    """Show what was written as the student would read it; nothing is saved."""
    return dataclasses.replace(
        draft,
        preview=writing.html(draft.comment[: scores.MAX_COMMENT]) if draft.comment.strip() else None,
        note_preview=writing.html(draft.note[: notes.MAX_BODY]) if draft.note.strip() else None,
    )


def _put_note(request: call.Call, place: Place, draft: Draft) -> Draft:
    """Put the note of the form at a cell of the notebook, which is the answer's where it names none."""
    line, exercise = draft.line.strip(), place.exercise
    if line and not re.fullmatch(r"[0-9]{1,6}", line):
        raise errors.UserError("The line of a note must be a number from 1.")
    shown = pages_answer.shown(request, place.found, exercise, every=False)
    name = draft.cell or exercise.key
    cell = shown.place(name)
    if cell is None and name != exercise.key:
        raise errors.UserError("The notebook has no such cell. Load the page again.", code="not-found")
    notes.put(
        request.connection,
        place.found,
        (exercise.notebook, name),
        line=int(line) if line else None,
        lines=cell.lines if cell else 0,
        body=draft.note,
        by=request.viewer.person,
        now=request.now,
    )
    return dataclasses.replace(draft, line="", note="", cell="")


def _aim(request: call.Call, place: Place, draft: Draft) -> Draft:
    """Have the next note stand at the cell of the button."""
    return dataclasses.replace(draft, cell=place.which, line="")


def _end_note(request: call.Call, place: Place, draft: Draft) -> Draft:
    """Take a note away."""
    by, now = request.viewer.person, request.now
    notes.end(request.connection, place.found, place.which, ended=True, by=by, now=now)
    return draft


def _bring_note(request: call.Call, place: Place, draft: Draft) -> Draft:
    """Bring a note back."""
    by, now = request.viewer.person, request.now
    notes.end(request.connection, place.found, place.which, ended=False, by=by, now=now)
    return draft


def _keep(request: call.Call, place: Place, draft: Draft) -> Draft:
    """Keep the comment of the form, to use it again."""
    saved_comments.keep(request.connection, request.viewer, draft.comment, now=request.now)
    return draft


def _insert(request: call.Call, place: Place, draft: Draft) -> Draft:
    """Put a kept comment after what is written."""
    for kept in saved_comments.listed(request.connection, request.viewer):
        if kept.id == place.which:
            return dataclasses.replace(draft, comment=f"{draft.comment.rstrip()}\n\n{kept.body}".lstrip())
    raise errors.UserError("This comment is kept no more. Load the page again.", code="not-found")


def _forget(request: call.Call, place: Place, draft: Draft) -> Draft:
    """Keep a comment no more."""
    saved_comments.remove(request.connection, request.viewer, place.which)
    return draft


ASIDE = {
    "at": _aim,
    "note": _put_note,
    "end": _end_note,
    "bring": _bring_note,
    "keep": _keep,
    "insert": _insert,
    "forget": _forget,
    "preview": _preview,
}
"""What is done beside the mark, by the first word of the button."""
