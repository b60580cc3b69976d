"""Why a mark is what it is, and the forms that change that of an exercise and that of the whole lesson.

In: a lesson and a student in the address, and what a form said. Out: the page; a change that is refused
brings the page again with what was entered, and it still names the change that its sender has seen. Refused:
somebody who is not of the viewer's to look after, a change without a reason, and one over a change that the
sender has not seen.
"""

import collections
import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from courseware import errors
from courseware.course import dates, manifest, model, people, permissions
from courseware.exchange import model as exchange_model
from courseware.exchange import releases, submissions, tell_apart
from courseware.grading import grades, history, lesson_marks, outcome, reaching, scores, set_mark
from courseware.service import access, call, called, render
from courseware.service.pages import numbers, student, writing

_FIELDS = ("submission", "notebook", "key", "score", "whole", "points", "comment", "reason", "version")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Whole:
    """The mark of the whole lesson: what the hand-in that counts says (`computed`), what staff set last,
    with its comment as HTML, and who did, the most that it can be (None: there is nothing to set), and
    whether the student sees it.
    """

    computed: float | None
    last: lesson_marks.Change | None
    comment: str
    by: str
    most: float | None
    shows: bool

    @property
    def version(self) -> int:
        """The number of the last change."""
        return self.last.number if self.last else 0

    @property
    def points(self) -> float | None:
        """What is set."""
        return self.last.points if self.last else None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Exercise:
    """An exercise of a hand-in with its mark; `seen` says what its author sees of it: `now`, `later` (after
    the due date or when the marks are released) or `held`.
    """

    title: str
    score: scores.Score
    seen: str


def why(request: call.Call) -> call.Page:
    """The page of one student's mark in a lesson."""
    return _page(request, {}, "", 200)


def change(request: call.Call) -> call.Page | call.Redirect:
    """Give a mark by hand, or take it back so that the machine's holds again."""
    fields = request.body.fields
    lesson, member = access.marked(request)
    try:
        work = _work(request, lesson, member, fields.get("submission", ""))
        _put(request, work, fields)
    except errors.UserError as error:
        return _refused(request, fields, error)
    reaching.note(request.connection, request.course, work.person_id, lesson, now=request.now)
    here = f"/courses/{request.course.slug}/lessons/{lesson.slug}/marks/{member.person.public}"
    return call.Redirect(to=f"{here}?submission={work.public}&saved=yes")


def set_whole(request: call.Call) -> call.Page | call.Redirect:
    """Set what the whole lesson is worth, or take that back so that what was handed in says it again."""
    fields = {**request.body.fields, "whole": "yes"}
    lesson, member = access.marked(request)
    try:
        most = set_mark.points(request.connection, lesson)
        last = lesson_marks.changes(request.connection, lesson.id, member.person.id)[-1:]
        shown = (*(each.points for each in last), most)
        back = fields.get("act") == "take-back"
        wish = lesson_marks.Wish(
            points=None if back else numbers.points(fields.get("points", ""), *shown),
            comment=fields.get("comment", ""),
            reason=fields.get("reason", ""),
            version=_version(fields),
        )
        by, now = request.viewer.person, request.now
        set_mark.put(request.connection, request.course, lesson, member.person, wish, by=by, now=now)
    except errors.UserError as error:
        return _refused(request, fields, error)
    here = f"/courses/{request.course.slug}/lessons/{lesson.slug}/marks/{member.person.public}"
    return call.Redirect(to=f"{here}?saved=yes")


def _refused(request: call.Call, fields: Mapping[str, str], error: errors.UserError) -> call.Page:
    """The page with what was entered. Its form names the change that the sender saw, and the last one only
    where they are told of it: else the next save overwrote it unseen.
    """
    version = "" if error.code == "precondition" else str(_version(fields))
    entered = {**fields, "version": version}
    return _page(request, entered, error.message, errors.STATUS.get(error.code, 422))


def _version(fields: Mapping[str, str]) -> int:
    """Which change the sender saw; -1 is none that ever was."""
    version = fields.get("version", "")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1


def _put(request: call.Call, work: exchange_model.Submission, fields: Mapping[str, str]) -> None:
    """Write what the form says."""
    place = (fields.get("notebook", ""), fields.get("key", ""))
    reason, comment = fields.get("reason", "").strip(), fields.get("comment", "")
    score: float | None = None
    if fields.get("act") != "take-back":
        if not reason:
            raise errors.UserError("Say why you change the mark: the reason stands in its history.")
        mark = scores.of_submission(request.connection, work.id).get(place)
        shown = (mark.score, mark.points) if mark is not None else ()
        score = numbers.points(fields.get("score", ""), *shown)
    scores.put_by_person(
        request.connection,
        work,
        place,
        score=score,
        comment=comment,
        by=request.viewer.person,
        now=request.now,
        version=_version(fields),
        reason=reason,
    )


def _work(
    request: call.Call, lesson: model.Lesson, member: model.Member, public: str
) -> exchange_model.Submission:
    """The hand-in that a form names."""
    found = submissions.find(request.connection, public)
    if (found.lesson_id, found.person_id) != (lesson.id, member.person.id):
        raise errors.UserError("This hand-in is of another lesson.", code="not-found")
    return found


def _page(request: call.Call, entered: Mapping[str, str], problem: str, status: int) -> call.Page:
    """The page; of the hand-ins the one that is asked for is shown with its exercises, else what counts."""
    connection, course = request.connection, request.course
    lesson, member = access.marked(request)
    attempts = grades.attempts(connection, course, lesson, member.person.id, now=request.now)
    wanted = entered.get("submission") or request.query.get("submission")
    of = next((each for each in attempts if each.submission.public == wanted), None)
    of = of or next((each for each in attempts if each.counts), None)
    values = render.base_values(
        request,
        lesson=lesson,
        name=called.names(request).of(member.person),
        person=member.person.public,
        attempts=attempts,
        shown=of,
        exercises=_exercises(request, of) if of else [],
        dates=dates.effective(connection, member.person.id, lesson.id),
        counts=manifest.of(course).rules.lesson(lesson.slug).attempts.counts,
        whole=_whole(request, lesson, member, attempts),
        history=history.of(connection, lesson, member.person, attempts),
        titles=_titles(request, lesson),
        verdicts=student.VERDICTS,
        may_mark=request.may(permissions.Action.MARK),
        may_extend=request.may(permissions.Action.EXTEND) and not called.names(request).hidden,
        saved="saved" in request.query,
        entered={name: entered.get(name, "") for name in _FIELDS},
        problem=problem,
    )
    return call.Page(template="why.html", values=values, status=status)


def _whole(
    request: call.Call, lesson: model.Lesson, member: model.Member, attempts: Sequence[outcome.Standing]
) -> Whole:
    """The mark of the whole lesson."""
    connection = request.connection
    changes = lesson_marks.changes(connection, lesson.id, member.person.id)
    by = people.by_id(connection, changes[-1].by) if changes else None
    newest = releases.in_force(connection, lesson.id)
    shown = grades.shown_set_mark(connection, lesson, member.person.id, now=request.now)
    return Whole(
        computed=next((each.computed for each in attempts if each.counts), None),
        last=changes[-1] if changes else None,
        comment=writing.html(changes[-1].comment) if changes else "",
        by=(by.name or by.username) if by else "",
        most=newest.points if newest and newest.points else None,
        shows=shown is not None,
    )


def _titles(request: call.Call, lesson: model.Lesson) -> Mapping[str, str]:
    """What exercises are called, by their keys, in the newest release that has them; those whose title is
    another's, too, are called by their key.
    """
    listed = reversed(releases.of_lesson(request.connection, lesson.id))
    called_so = {each.key: each.title for release in listed for each in release.exercises if each.title}
    often = collections.Counter(called_so.values())
    return {key: title for key, title in called_so.items() if often[title] == 1}


def _exercises(request: call.Call, of: outcome.Standing) -> list[Exercise]:
    """The exercises of a hand-in."""
    key = of.grading.release_id if of.grading else of.submission.release_id
    tests: Any = releases.by_id(request.connection, key)
    titles = {(each.notebook, each.key): each.title for each in tell_apart.exercises(tests.exercises)}
    made = []
    for score in of.exercises:
        place = (score.notebook, score.key)
        late = of.sees == "none" or (of.sees == "first" and place in of.hiding)
        seen = "held" if score.key in of.held else "later" if late else "now"
        made.append(Exercise(title=titles.get(place) or score.key, score=score, seen=seen))
    return made
