"""The page on which another rule for late work is tried: who would gain and lose by it, before it stands in
course.toml.

In: a lesson and the line. Out: a table. Nothing is written: the rule is the course folder's to say.
"""

from courseware import errors
from courseware.grading import late_trial
from courseware.service import access, call, called, render, show


def read(request: call.Call) -> call.Page:
    """The page, with the comparison once there is a line."""
    place, text = access.lesson(request), request.query.get("late", "")[: late_trial.MOST]
    problem, names = "", called.names(request)
    lines: list[late_trial.Line] = []
    if text.strip():
        try:
            other = late_trial.rule(request.course, place, text)
            lines = late_trial.compare(request.connection, request.course, place, other, now=request.now)
        except errors.UserError as error:
            problem = error.message
    values = render.base_values(
        request,
        lesson=show.lesson(request, place),
        text=text,
        problem=problem,
        tried=bool(text.strip()) and not problem,
        lines=sorted(lines, key=lambda each: (-abs(each.change), names.of(each.person).order)),
        called=names,
        up=sum(each.direction == "up" for each in lines),
        down=sum(each.direction == "down" for each in lines),
    )
    return call.Page(template="late_trial.html", values=values)
