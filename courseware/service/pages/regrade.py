"""The page of a regrade that is tried out: how far it is, what would change for whom, and the decision.

In: a lesson. Out: the newest trial as a table, by how much it changes or by name, all or those that go up, go
down or were left. Staff alone see it: it tells what tests said.
"""

import dataclasses

from courseware.course import people
from courseware.exchange import draft_releases, releases, submissions
from courseware.grading import compare, feedback, requests
from courseware.service import access, call, called, paging, render, show, types_trials
from courseware.service.api import trials as api

SHOWN = ("changed", "up", "down", "gain", "lose", "same", "look", "left", "all")


def read(request: call.Call) -> call.Page:
    """The page."""
    place = access.lesson(request)
    found = api.newest(request)
    wanted = request.query.get("show", "changed")
    wanted = wanted if wanted in SHOWN else "changed"
    by_name = request.query.get("sort") == "name"
    newest, names = releases.newest(request.connection, place.id), called.names(request)
    lines = _lines(found, wanted, names, by_name=by_name) if found else []
    values = render.base_values(
        request,
        lesson=show.lesson(request, place),
        newest=newest.number if newest else None,
        has_draft=draft_releases.uploaded(request.connection, place.id) is not None,
        hand_ins=len({each.person_id for each in submissions.of_lesson(request.connection, place.id)}),
        trial=found.trial if found else None,
        by=people.by_id(request.connection, found.trial.started_by) if found else None,
        compared=found,
        obstacle=api.obstacle(request, found.trial) if found else "",
        differs=found is not None and any(each.student and each.student.cells for each in found.lines),
        page=paging.numbered(lines, request.query.get("page", "")),
        called=names,
        shown=wanted,
        by_name=by_name,
        asked=requests.of_lesson(request.connection, place.id),
        verdicts={verdict: feedback.words(verdict) for verdict in feedback.VERDICTS},
    )
    return call.Page(template="regrade.html", values=values)


def _lines(found: compare.Compared, wanted: str, names: called.Names, *, by_name: bool) -> list[compare.Line]:
    """The hand-ins that are asked for; those that change most first, or by what people are called."""
    lines = [each for each in found.lines if _fits(each, wanted)]
    named = sorted(lines, key=lambda each: names.of(each.person).order)
    return named if by_name else sorted(named, key=_size, reverse=True)


def _fits(line: compare.Line, wanted: str) -> bool:
    student = line.student
    if wanted == "all":
        return True
    if wanted == "left":
        return line.work.state in ("failed", "left")
    if student is None:
        return False
    match wanted:
        case "look":
            return any(cell.look for cell in student.cells)
        case "changed":
            return bool(student.cells)
        case "gain" | "lose":
            return student.fares == {"gain": "up", "lose": "down"}[wanted]
        case "same":
            return student.direction == student.fares == "same"
    return student.direction == wanted


def _size(line: compare.Line) -> tuple[float, float]:
    return (abs(line.student.change), abs(line.student.gain)) if line.student else (0.0, 0.0)


def start(request: call.Call) -> call.Redirect:
    """Begin a trial, by what the button says."""
    wish = types_trials.TrialRequest(draft=request.body.fields.get("by") == "draft")
    api.start(dataclasses.replace(request, body=wish))
    return _back(request)


def apply(request: call.Call) -> call.Redirect:
    """Write what was tried."""
    api.apply(_chosen(request))
    return _back(request)


def undo(request: call.Call) -> call.Redirect:
    """Have everything as it was."""
    api.undo(_chosen(request))
    return _back(request)


def drop(request: call.Call) -> call.Redirect:
    """Give the trial up."""
    api.drop(_chosen(request))
    return _back(request)


def _chosen(request: call.Call) -> call.Call:
    """The trial that was on the page."""
    choice = types_trials.TrialChoice(id=request.body.fields.get("id", ""))
    return dataclasses.replace(request, body=choice)


def _back(request: call.Call) -> call.Redirect:
    return call.Redirect(to=f"/courses/{request.course.slug}/lessons/{request.path['l']}/regrade")
