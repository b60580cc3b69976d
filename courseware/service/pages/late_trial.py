"""The page of a lesson's rule for late work: which holds and who said so, and what another would change.

In: a lesson, and a line to try or a rule to take back. Out: who would gain and lose. Nothing is written
before somebody who has seen that says so, with a reason; then those whose marks change are told.
"""

from collections.abc import Mapping

from courseware import errors
from courseware.course import late_line
from courseware.grading import reweigh
from courseware.service import access, call, called, render, show
from courseware.service.api import late_rules as api


def read(request: call.Call) -> call.Page:
    """The page, with the comparison once there is a line."""
    return _page(request, {"late": request.query.get("late", ""), "back": request.query.get("back", "")})


def put(request: call.Call) -> call.Page | call.Redirect:
    """Have the rule hold that was compared; where that is refused, what it would change now."""
    place, fields = access.lesson(request), request.body.fields
    try:
        rule = late_line.read(fields.get("late", ""), api.usual(request, place))
        asked = (rule, fields.get("seal", ""), fields.get("reason", ""))
        by, now = request.viewer.person, request.now
        reweigh.put(request.connection, request.course, place, asked, by=by, now=now)
    except errors.UserError as error:
        return _page(request, fields, error.message)
    return _back(request)


def take_back(request: call.Call) -> call.Page | call.Redirect:
    """Have the rule hold again that held before."""
    place, fields = access.lesson(request), request.body.fields
    asked = (fields.get("back", ""), fields.get("seal", ""))
    try:
        by, now = request.viewer.person, request.now
        reweigh.take_back(request.connection, request.course, place, asked, by=by, now=now)
    except errors.UserError as error:
        return _page(request, fields, error.message)
    return _back(request)


def _back(request: call.Call) -> call.Redirect:
    here = f"/courses/{request.course.slug}/lessons/{request.path['l']}/regrade/late"
    return call.Redirect(to=f"{here}?saved=yes")


def _page(request: call.Call, fields: Mapping[str, str], refused: str = "") -> call.Page:
    """The page, with what was refused, and what the line or taking back would change now."""
    place, names = access.lesson(request), called.names(request)
    text, back, problem = fields.get("late", "")[: late_line.MOST], fields.get("back", ""), ""
    standing = reweigh.standing(request.connection, place)
    back = back if standing and standing[0].public == back else ""
    found: reweigh.Wish | None = None
    try:
        if back or text.strip():
            rule = (
                reweigh.before(request.connection, request.course, place)
                if back
                else late_line.read(text, api.usual(request, place))
            )
            found = reweigh.compared(request.connection, request.course, place, rule, now=request.now)
    except errors.UserError as error:
        problem = error.message
    lines = found.lines if found else ()
    usual = api.usual(request, place)
    values = render.base_values(
        request,
        lesson=show.lesson(request, place),
        told=api.of_lesson(request),
        usual=late_line.told(usual),
        standing=standing,
        back=back,
        text=text,
        reason=fields.get("reason", ""),
        problem=problem,
        refused=refused if refused != problem else "",
        saved="saved" in request.query,
        found=found,
        words=late_line.told(found.rule) if found else "",
        is_same=found is not None and found.rule == found.holds,
        lines=sorted(lines, key=lambda each: (-abs(each.change), names.of(each.person).order)),
        called=names,
        up=sum(each.direction == "up" for each in lines),
        down=sum(each.direction == "down" for each in lines),
        people=len({each.person.id for each in lines}),
    )
    return call.Page(template="late_trial.html", values=values, status=409 if refused else 200)
