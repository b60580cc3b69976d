"""Hand-ins: receiving them, what became of them, marks by hand."""

import dataclasses
import json
from collections.abc import Mapping, Sequence

from courseware import errors
from courseware.course import lessons, people, permissions
from courseware.discussion import markup
from courseware.exchange import receipts, releases, submit
from courseware.exchange import submissions as table
from courseware.grading import feedback as grading_feedback
from courseware.grading import grades, gradings, notes, reaching, scores
from courseware.notebook import places
from courseware.service import access, call, paging, show, types
from courseware.service.api import uploads


def receive(request: call.Call) -> types.Received:
    """Keep a hand-in and answer with its receipt."""
    service = request.service
    received = submit.receive_upload(
        service.desk(), request.viewer, request.path["l"], uploads.hand_in(request), now=request.now
    )
    service.queue.wake()
    return told(request, received)


def told(request: call.Call, received: submit.Received) -> types.Received:
    """A hand-in that was received, as the API tells it."""
    with request.service.database.read() as connection:
        reading = dataclasses.replace(request, open_connection=connection)
        shown = show.received(reading, received)
    return types.Received(submission=shown, receipt=received.receipt)


def listed(request: call.Call) -> types.Submissions:
    """Own hand-ins of a lesson, a page at a time; for staff a person's with `?person=`."""
    lesson, connection = access.lesson(request), request.connection
    wanted = request.query.get("person")
    if wanted is None:
        found = table.of_person(connection, request.viewer.person.id, lesson.id)
    else:
        request.use.sight = permissions.Action.READ_ALL_WORK
        permissions.check(request.viewer, permissions.Action.READ_ALL_WORK)
        member = people.find(connection, request.course, wanted)
        every = table.of_person(connection, member.person.id, lesson.id)
        found = [each for each in every if access.looked_after(request, each)]
    page, following = paging.after(found, request.query.get("cursor"), lambda each: each.public)
    return types.Submissions(submissions=[show.submission(request, each) for each in page], next=following)


def one(request: call.Call) -> types.Submission:
    """A hand-in."""
    return show.submission(request, access.work(request))


def receipt(request: call.Call) -> dict[str, object]:
    """The signed receipt."""
    return receipts.of_submission(request.connection, access.work(request).id)


def file(request: call.Call) -> call.File:
    """A handed-in file."""
    return uploads.file_of(request, access.work(request).files)


def feedback(request: call.Call) -> types.Feedback:
    """The feedback, once marks may be seen; a notebook with an exercise on hold waits. Before the due date it
    is that of the first run.
    """
    found = access.work(request)
    standing = grades.standing(request.connection, found, now=request.now)
    staff = request.may(permissions.Action.READ_ALL_WORK)
    early = standing.sees == "first" and not staff
    grading = standing.first_by if early else standing.grading
    if grading is None or grading.feedback_hash is None or not show.sees_marks(request, standing):
        return types.Feedback(notebooks=[])
    every = () if staff else (*standing.exercises, *standing.seen)
    waiting = {score.notebook for score in every if score.key in standing.held}
    parts = json.loads(request.service.blobs.get(grading.feedback_hash))
    which = gradings.FIRST_RUN if early else "html"
    noted = notes.of_submission(request.connection, found)
    noted = {place: some for place, some in noted.items() if staff or standing.notes_show(*place)}
    given = [each for each in (standing.seen if early else standing.exercises) if each.source == "person"]
    anchors = releases.by_id(request.connection, grading.release_id).anchors
    made = []
    for part in parts:
        name = part["notebook"]
        if name not in waiting and which in part:
            shown = _as_marked(part[which], [each for each in given if each.notebook == name])
            here = {cell: some for (notebook, cell), some in noted.items() if notebook == name}
            ids = {each["grade_id"]: str(each["id"]) for each in anchors.get(name, ()) if each["grade_id"]}
            html = grading_feedback.document(_as_noted(shown, here, ids), title=name)
            made.append(types.NotebookFeedback(notebook=name, html=html))
    return types.Feedback(notebooks=made)


def _as_marked(made: str, given: Sequence[scores.Score]) -> str:
    """The feedback on a notebook with what persons gave and said in it, as far as that shows."""
    for each in given:
        if each.score is not None and not each.withheld:
            said = markup.made(each.comment) if each.comment else ""
            made = grading_feedback.by_person(made, each.key, score=each.score, points=each.points, said=said)
    return made


def _as_noted(made: str, noted: Mapping[str, Sequence[notes.Note]], ids: Mapping[str, str]) -> str:
    """The feedback on a notebook with the notes at its cells; `ids` are those of the release's cells."""
    for cell, some in noted.items():
        said = "".join(_note(each) for each in some)
        made = grading_feedback.at_cell(made, places.cell_id(cell) or ids.get(cell, ""), cell, said)
    return made


def _note(note: notes.Note) -> str:
    """A note as HTML that can harm nobody."""
    at = f"<strong>Line {note.line}</strong>" if note.line is not None else ""
    return f"{at}{markup.made(note.body)}"


def mark(request: call.Call) -> types.Submission:
    """Mark an exercise by hand."""
    found = access.work(request)
    wish: types.MarkRequest = request.body
    scores.put_by_person(
        request.connection,
        found,
        (request.path["notebook"], request.path["key"]),
        score=wish.score,
        comment=wish.comment,
        by=request.viewer.person,
        now=request.now,
        version=wish.version,
    )
    lesson = lessons.by_id(request.connection, found.lesson_id)
    reaching.note(request.connection, request.course, found.person_id, lesson, now=request.now)
    return show.submission(request, found)


def pulse(request: call.Call) -> types.Pulse:
    """Own work on its way, and when to ask again."""
    if request.known_viewer is None:
        raise errors.UserError("Say which course: ?course=NAME.", code="bad-request")
    going = table.in_flight(request.connection, request.viewer.person.id, request.course.id)
    every = [show.submission(request, each) for each in going]
    shown = [each for each in every if each.state in ("waiting", "running")]
    soonest = min((each.eta_seconds or 1.0 for each in shown), default=25.0)
    return types.Pulse(submissions=shown, next_seconds=max(0.3, min(soonest, 30.0)))
