"""Who is asking, the course, and who is in it."""

import datetime

from courseware import errors
from courseware.course import courses, credentials, lessons, manifest, permissions
from courseware.course import people as table
from courseware.grading import grades as grading_grades
from courseware.service import call, paging, show, types


def me(request: call.Call) -> types.Me:
    """The asking person and their courses."""
    holder: credentials.Holder = request.holder
    found = []
    for key, role in table.courses_of(request.connection, holder.person):
        if holder.course_id in (None, key):
            course = courses.by_id(request.connection, key)
            found.append(types.Membership(course=show.course_ref(course), role=role))
    return types.Me(person=show.person(holder.person), ceiling=holder.ceiling, memberships=found)


def join(request: call.Call) -> types.Joined:
    """Turn a join link's token into a credential for a machine."""
    wish: types.JoinRequest = request.body
    holder, token = credentials.redeem(
        request.connection,
        wish.token,
        ceiling="lab",
        label=wish.label or "a machine",
        now=request.now,
        expires=request.now + datetime.timedelta(days=400),
    )
    if holder.course_id is None:
        raise errors.UserError("This is no join link.", code="unauthenticated")
    course = courses.by_id(request.connection, holder.course_id)
    return types.Joined(
        credential=token,
        person=show.person(holder.person),
        course=show.course_ref(course),
        key=show.public_key(request, course),
    )


def course(request: call.Call) -> types.Course:
    """The course."""
    return show.course(request)


def change_course(request: call.Call) -> types.Course:
    """Take a new course.toml; its id must stay, and its [environment] for all but the owner."""
    wish: types.CourseChange = request.body
    parsed = manifest.parse(wish.manifest)
    if parsed.slug != request.course.slug:
        raise errors.UserError(
            f"This course is {request.course.slug!r}; course.toml says {parsed.slug!r}. The id must stay.",
            code="conflict",
        )
    before = manifest.parse(request.course.manifest)
    if (before.python, before.requirements) != (parsed.python, parsed.requirements):
        permissions.check(request.viewer, permissions.Action.CHANGE_ENVIRONMENT)
    changed = courses.put(request.connection, parsed, wish.manifest, now=request.now)
    lessons.sync(request.connection, changed, parsed, now=request.now)
    return show.course(request)


def listed(request: call.Call) -> types.Members:
    """Everybody who is or was in the course, a page at a time."""
    everybody = table.members(request.connection, request.course)
    found, following = paging.after(everybody, request.query.get("cursor"), lambda each: each.person.public)
    return types.Members(people=[show.member(each) for each in found], next=following)


def add(request: call.Call) -> types.Member:
    """Bring somebody in."""
    wish: types.PersonRequest = request.body
    person = table.add(
        request.connection,
        request.course,
        username=wish.username,
        name=wish.name,
        email=wish.email,
        role=wish.role,
        group=wish.group,
        now=request.now,
    )
    return show.member(table.find(request.connection, request.course, person.public))


def import_list(request: call.Call) -> types.ImportReport:
    """Take a class list, whole or not at all."""
    wish: types.ImportRequest = request.body
    told = table.import_csv(request.connection, request.course, wish.csv, now=request.now)
    return types.ImportReport(
        added=list(told.added), changed=list(told.changed), unchanged=list(told.unchanged), problems=[]
    )


def join_link(request: call.Call) -> types.JoinLink:
    """A fresh join link for somebody; earlier ones end."""
    member = table.find(request.connection, request.course, request.path["p"])
    if member.ended is not None:
        raise errors.UserError(f"{member.person.username} is not in the course any more.", code="conflict")
    if member.role != "student":
        permissions.check(request.viewer, permissions.Action.CHANGE_COURSE)
    credentials.revoke_links(request.connection, member.person, request.course, now=request.now)
    token = credentials.join_token(request.connection, member.person, request.course, now=request.now)
    return types.JoinLink(
        url=f"{request.base}/join/{token}", token=token, expires=request.now + credentials.JOIN_FOR
    )


def end(request: call.Call) -> None:
    """End somebody's membership."""
    member = table.find(request.connection, request.course, request.path["p"])
    table.end(request.connection, request.course, member.person, now=request.now)


def grades(request: call.Call) -> types.Grades:
    """The marks of the class."""
    return show.class_table(request)


def grades_csv(request: call.Call) -> call.File:
    """The marks of the class as CSV."""
    table_ = grading_grades.of_class(request.connection, request.course, now=request.now)
    return call.File(
        name=f"{request.course.slug}-grades.csv",
        data=grading_grades.to_csv(table_).encode(),
        media_type="text/csv; charset=utf-8",
    )
