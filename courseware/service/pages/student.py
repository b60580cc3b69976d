"""Pages that everybody has: my courses, hand-ins and feedback."""

import datetime
from typing import Any

from courseware.course import lessons as course_lessons
from courseware.course import manifest, people, permissions
from courseware.discussion import shown
from courseware.exchange import model as exchange_model
from courseware.exchange import submit
from courseware.grading import feedback as grading_feedback
from courseware.grading import grades, notes
from courseware.notebook import places
from courseware.service import access, call, called, render, show
from courseware.service import seen as seen_topics
from courseware.service.api import lessons as api_lessons
from courseware.service.api import people as api_people
from courseware.service.api import questions as api_questions
from courseware.service.api import submissions as api_submissions
from courseware.service.pages import requests, writing

VERDICTS = {verdict: grading_feedback.words(verdict) for verdict in grading_feedback.VERDICTS}
PARTS = {verdict: grading_feedback.words_of_part(verdict) for verdict in grading_feedback.VERDICTS}


def home(request: call.Call) -> Any:
    """My courses; with one course, that."""
    memberships = api_people.me(request).memberships
    if len(memberships) == 1:
        return call.Redirect(to=f"/courses/{memberships[0].course.slug}")
    return call.Page(template="home.html", values=render.base_values(request, memberships=memberships))


def course(request: call.Call) -> call.Page:
    """What is new since the last visit, and the lessons."""
    told = api_lessons.listed(request)
    lessons, progress = told.lessons, told.progress
    values = render.base_values(
        request,
        lessons=lessons,
        progress=progress,
        steps={each.lesson: each for each in progress.lessons} if progress else {},
        titles={each.slug: each.title for each in lessons},
        since=api_lessons.since(request),
        review=api_questions.review(request),
        excerpt=shown.excerpt,
    )
    return call.Page(template="course.html", values=values)


def seen(request: call.Call) -> call.Page:
    """What staff can see about me; the same words for everybody, and nobody's data."""
    values = render.base_values(
        request,
        topics=seen_topics.TOPICS,
        attention=manifest.of(request.course).attention,
        seen_by=seen_topics.who(permissions.Action.READ_GRADES),
    )
    return call.Page(template="seen.html", values=values)


def look_as(request: call.Call) -> call.Redirect:
    """Have staff see the pages with a student's rights, or with their own again. Nobody becomes anybody else:
    it is taken away in this browser, and the name stays.
    """
    to_student = request.body.fields.get("as") == call.STUDENT
    return call.Redirect(to=f"/courses/{request.course.slug}", sight=call.STUDENT if to_student else "")


def hand_in(request: call.Call) -> call.Redirect:
    """Take a hand-in from the form: a notebook under the lesson's own name, other files under theirs."""
    upload: call.Upload = request.body
    files = {}
    for staged in upload.files:
        if not staged.size and not staged.path:
            continue
        name = staged.field.removeprefix("file:") if staged.field.startswith("file:") else staged.path
        files[name] = staged.read()
    release = upload.fields.get("release", "")
    wish = exchange_model.Upload(
        release=int(release) if release.isascii() and release.isdigit() and len(release) < 10 else 0,
        files=files,
        client_key=upload.fields.get("key", ""),
        worked=_time_of_work(upload.fields.get("worked", "")),
    )
    service = request.service
    received = submit.receive_upload(service.desk(), request.viewer, request.path["l"], wish, now=request.now)
    service.queue.wake()
    return call.Redirect(to=f"/submissions/{received.submission.public}")


def _time_of_work(text: str) -> datetime.datetime | None:
    """When the files of a form were last changed, as the browser says; None if it does not say it."""
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        return None


def submission(request: call.Call) -> call.Page:
    """A hand-in, what became of it, marks and feedback."""
    found = access.work(request)
    place = course_lessons.by_id(request.connection, found.lesson_id)
    own = found.person_id == request.viewer.person.id
    author = people.by_id(request.connection, found.person_id)
    work = show.submission(request, found)
    noted = notes.of_submission(request.connection, found)
    said = {
        (each.notebook, each.key): (
            writing.html(each.comment) if each.comment else "",
            [(note.line, writing.html(note.body)) for note in noted.get((each.notebook, each.key), ())],
        )
        for each in work.exercises
        if each.score is not None and not each.held and not each.withheld
    }
    shows = request.may(permissions.Action.READ_ALL_WORK)
    standing = grades.standing(request.connection, found, now=request.now)
    exercises = {(each.notebook, each.key) for each in standing.exercises}
    aside = [
        (place[0], places.number(place[1]), place[1], [(n.line, writing.html(n.body)) for n in some])
        for place, some in noted.items()
        if place not in exercises and (shows or standing.notes_show(*place))
    ]
    values = render.base_values(
        request,
        work=work,
        said=said,
        aside=sorted(aside, key=lambda each: (each[0], each[1] or 0, each[2])),
        lesson=show.lesson(request, place),
        own=own,
        name=called.Called() if own else called.names(request).of(author),
        verdicts=VERDICTS,
        parts=PARTS,
        feedback=[each.notebook for each in api_submissions.feedback(request).notebooks],
        requests=requests.of_submission(request, found),
        set_comment=writing.html(work.set_mark.comment) if work.set_mark and work.set_mark.comment else "",
    )
    return call.Page(template="submission.html", values=values)


def feedback(request: call.Call) -> call.Framed:
    """The feedback on one notebook as a document that may do nothing."""
    for each in api_submissions.feedback(request).notebooks:
        if each.notebook == request.path["notebook"]:
            return call.Framed(html=each.html)
    raise _not_found()


def receipt(request: call.Call) -> call.File:
    """The signed receipt as a file."""
    import msgspec

    data = msgspec.json.format(msgspec.json.encode(api_submissions.receipt(request)), indent=1)
    return call.File(name=f"receipt-{request.path['s']}.json", data=data, media_type="application/json")


def _not_found() -> Exception:
    from courseware import errors

    return errors.UserError("There is nothing at this address.", code="not-found")
