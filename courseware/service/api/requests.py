"""Requests for another look at a mark: asked, listed, decided."""

from courseware import errors
from courseware.course import lessons, people
from courseware.desk import second_look
from courseware.discussion import look
from courseware.exchange import submissions
from courseware.grading import requests
from courseware.service import access, call, show, types_requests


def of_course(request: call.Call) -> types_requests.RegradeRequests:
    """Those that the asking person looks after: the open ones, or with `?show=all` all; `?lesson=` of one."""
    wanted = request.query.get("lesson")
    lesson = lessons.find(request.connection, request.course, wanted) if wanted else None
    only_open = request.query.get("show") != "all"
    found = second_look.listed(
        request.connection, request.viewer, lesson=lesson, only_open=only_open, now=request.now
    )
    return _all(request, found)


def of_submission(request: call.Call) -> types_requests.RegradeRequests:
    """Those of a hand-in."""
    return _all(request, requests.of_submission(request.connection, access.work(request).id))


def ask(request: call.Call) -> types_requests.RegradeRequest:
    """Ask for another look at an exercise of one's own hand-in."""
    found, wish = access.work(request), request.body
    thread = second_look.ask(
        request.connection,
        request.viewer,
        found,
        (wish.notebook, wish.exercise),
        wish.reason,
        now=request.now,
    )
    return _one(request, requests.of_threads(request.connection, [thread])[thread])


def decide(request: call.Call) -> types_requests.RegradeRequest:
    """Say what became of the request that a discussion is about."""
    wish = request.body
    decided(
        request,
        request.path["t"],
        second_look.Wish(
            decision=wish.decision,
            reason=wish.reason,
            over=wish.over or "",
            points=wish.points,
            version=wish.version,
        ),
    )
    return _one(request, of_thread(request, request.path["t"]))


def decided(request: call.Call, thread: str, wish: second_look.Wish) -> None:
    """Record a decision and its reason in a discussion that the sender sees."""
    look.thread(request.connection, request.viewer, thread, now=request.now)
    known = of_thread(request, thread)
    found = submissions.by_id(request.connection, known.submission_id)
    if not access.looked_after(request, found):
        raise errors.UserError("Nobody asked for another look here.", code="not-found")
    second_look.decide(request.connection, request.viewer, known, found, wish, now=request.now)


def of_thread(request: call.Call, thread: str) -> requests.Request:
    """The request that a discussion is about.

    Raises:
        UserError: it is about none.
    """
    known = requests.of_threads(request.connection, [thread]).get(thread)
    if known is None:
        raise errors.UserError("Nobody asked for another look here.", code="not-found")
    return known


def _all(request: call.Call, found: list[requests.Request]) -> types_requests.RegradeRequests:
    return types_requests.RegradeRequests(requests=[_one(request, each) for each in found])


def _one(request: call.Call, found: requests.Request) -> types_requests.RegradeRequest:
    connection = request.connection
    work = submissions.by_id(connection, found.submission_id)
    by = people.by_id(connection, found.decided_by) if found.decided_by is not None else None
    return types_requests.RegradeRequest(
        thread=found.thread,
        submission=work.public,
        lesson=lessons.by_id(connection, work.lesson_id).slug,
        person=show.person(people.by_id(connection, work.person_id), with_email=False),
        notebook=found.notebook,
        exercise=found.exercise,
        asked=found.asked,
        decision=found.decision,
        decided_by=show.person(by, with_email=False) if by else None,
        decided=found.decided,
    )
