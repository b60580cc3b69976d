"""Rules for late work that staff set over course.toml: looked at, compared, set, taken back."""

from courseware import errors
from courseware.course import late_line, late_rules, manifest, model, rules
from courseware.grading import late_trial, reweigh
from courseware.service import access, call, show, types_late


def of_lesson(request: call.Call) -> types_late.LateRules:
    """What late work loses in a lesson, and who said so."""
    place = access.lesson(request)
    holds = late_rules.holding(request.connection, request.course, place)
    return types_late.LateRules(
        lesson=place.slug,
        rule=late_line.write(holds),
        words=late_line.told(holds),
        from_course=late_line.write(usual(request, place)),
        rules=[_rule(request, place, each) for each in late_rules.of_lesson(request.connection, place.id)],
    )


def usual(request: call.Call, place: model.Lesson) -> rules.Late:
    """What course.toml says of a lesson."""
    return manifest.of(request.course).rules.lesson(place.slug).late


def wanted(request: call.Call) -> rules.Late:
    """The rule that is asked about: the line of the address, or with `back` the one that held before."""
    place = access.lesson(request)
    if request.query.get("back"):
        standing = reweigh.standing(request.connection, place)
        if not standing or standing[0].public != request.query["back"]:
            raise errors.UserError("This rule holds no more. Load the page again.", code="conflict")
        return reweigh.before(request.connection, request.course, place)
    return late_line.read(request.query.get("rule", ""), usual(request, place))


def comparison(request: call.Call) -> types_late.LateComparison:
    """What another rule would change; nothing is written."""
    place = access.lesson(request)
    found = reweigh.compared(request.connection, request.course, place, wanted(request), now=request.now)
    return types_late.LateComparison(
        rule=late_line.write(found.rule),
        words=late_line.told(found.rule),
        seal=found.seal,
        changes=sum(each.direction != "same" for each in found.lines),
        up=sum(each.direction == "up" for each in found.lines),
        down=sum(each.direction == "down" for each in found.lines),
        people=len({each.person.id for each in found.lines}),
        lines=[_line(each) for each in found.lines],
    )


def put(request: call.Call) -> types_late.LateRules:
    """Have a rule hold over what course.toml says."""
    place, wish = access.lesson(request), request.body
    rule = late_line.read(wish.rule, usual(request, place))
    asked = (rule, wish.seal, wish.reason)
    by, now = request.viewer.person, request.now
    reweigh.put(request.connection, request.course, place, asked, by=by, now=now)
    return of_lesson(request)


def end(request: call.Call) -> types_late.LateRules:
    """Take the newest rule back."""
    place = access.lesson(request)
    asked = (request.path["r"], request.body.seal)
    by, now = request.viewer.person, request.now
    reweigh.take_back(request.connection, request.course, place, asked, by=by, now=now)
    return of_lesson(request)


def _rule(request: call.Call, place: model.Lesson, found: late_rules.Rule) -> types_late.LateRule:
    return types_late.LateRule(
        id=found.public,
        rule=found.text,
        words=late_line.told(late_line.read(found.text, usual(request, place))),
        reason=found.reason,
        by=found.by,
        given=found.given,
        ended_by=found.ended_by,
        ended=found.ended,
    )


def _line(found: late_trial.Line) -> types_late.LateLine:
    return types_late.LateLine(
        person=show.person(found.person, with_email=False),
        lesson=found.lesson.slug,
        submission=found.submission,
        then=found.then,
        late_seconds=found.late_seconds,
        before=found.before,
        after=found.after,
        percent_before=found.percents[0],
        percent_after=found.percents[1],
        direction=found.direction,
    )
