"""Groups of people, and what graders look after."""

from collections.abc import Iterable

from courseware.course import duties, model, people
from courseware.course import groups as table
from courseware.service import call, show, types_groups


def listed(request: call.Call) -> types_groups.Groups:
    """The groups of the course; to a grader who is limited to some, those."""
    found = table.of_course(request.connection, request.course)
    mine = duties.reach(request.connection, request.viewer)
    own = duties.kept(request.connection, request.course, request.viewer.person).groups
    known = {name: each for name, each in found.items() if mine.people is None or name in own}
    return types_groups.Groups(groups=[_group(name, each) for name, each in known.items()])


def change(request: call.Call) -> types_groups.Group:
    """Have exactly these people in a group."""
    name, wish = request.path["g"], request.body
    made = table.put(request.connection, request.course, name, wish.people, now=request.now)
    return _group(name, made)


def duty(request: call.Call) -> types_groups.Duty:
    """What somebody is limited to; only graders are."""
    member = people.find(request.connection, request.course, request.path["p"])
    kept = duties.kept(request.connection, request.course, member.person)
    return _duty(kept if member.role == "grader" else duties.Duty())


def change_duty(request: call.Call) -> types_groups.Duty:
    """Limit a grader to lessons and groups, or no more."""
    member = people.find(request.connection, request.course, request.path["p"])
    wish: types_groups.Duty = request.body
    made = duties.put(
        request.connection,
        request.course,
        member,
        of_lessons=wish.lessons,
        of_groups=wish.groups,
        now=request.now,
    )
    return _duty(made)


def _group(name: str, found: Iterable[model.Person]) -> types_groups.Group:
    return types_groups.Group(name=name, people=[show.person(each) for each in found])


def _duty(told: duties.Duty) -> types_groups.Duty:
    return types_groups.Duty(lessons=list(told.lessons), groups=list(told.groups))
