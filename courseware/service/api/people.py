"""Who is asking, the course, and who is in it. Who owns a course, and what owners are called, only owners
change.
"""

import contextlib
import dataclasses
from collections.abc import Iterator

from courseware import errors
from courseware.course import (
    amend,
    courses,
    credentials,
    duties,
    lessons,
    manifest,
    model,
    permissions,
    rosters,
    sign_in,
)
from courseware.course import people as table
from courseware.desk import announcing
from courseware.exchange import submissions
from courseware.grading import reaching
from courseware.interchange import spreadsheet
from courseware.service import access, call, paging, show, types, types_people
from courseware.service.api import sign_ins


def me(request: call.Call) -> types.Me:
    """The asking person and their courses."""
    holder: credentials.Holder = request.holder
    found = []
    for key, role in table.courses_of(request.connection, holder.person):
        if holder.course_id in (None, key):
            course = courses.by_id(request.connection, key)
            role = permissions.lowered(role, holder.terms.at_most)
            drafts = permissions.Action.DRAFT in permissions.rights(role, holder.ceiling)
            found.append(types.Membership(course=show.course_ref(course), role=role, drafts=drafts))
    return types.Me(person=show.person(holder.person), ceiling=holder.ceiling, memberships=found)


def join(request: call.Call) -> types.Joined:
    """Turn a link's token into a credential for a machine."""
    wish: types.JoinRequest = request.body
    made = sign_in.on_machine(request.connection, wish.token, wish.label, only=wish.ceiling, now=request.now)
    role = people_role(request, made)
    return types.Joined(
        credential=made.token,
        person=show.person(made.person),
        course=show.course_ref(made.course),
        key=show.public_key(request, made.course),
        ceiling=made.ceiling,
        role=permissions.lowered(role, made.terms.at_most),
        expires=made.expires,
        pages=request.base,
    )


def people_role(request: call.Call, made: sign_in.Entry) -> model.Role:
    """The role of somebody who comes in by a link; there is one, else the link would not be taken."""
    role = table.role(request.connection, made.course, made.person, now=request.now)
    if role is None:
        raise errors.UserError("You are not in this course any more.", code="unauthenticated")
    return role


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
        request.use.action = permissions.Action.CHANGE_ENVIRONMENT
        permissions.check(request.viewer, permissions.Action.CHANGE_ENVIRONMENT)
    changed = courses.put(request.connection, parsed, wish.manifest, now=request.now)
    lessons.sync(request.connection, changed, parsed, now=request.now)
    reaching.note_course(request.connection, changed, now=request.now)
    viewer = dataclasses.replace(request.viewer, course=changed)
    announcing.tell(request.connection, viewer, before, parsed, now=request.now)
    return show.course(request)


def listed(request: call.Call) -> types_people.Members:
    """Everybody who is or was in the course, a page at a time."""
    everybody = within(request)
    found, following = paging.after(everybody, request.query.get("cursor"), lambda each: each.person.public)
    links = {}
    if request.may(permissions.Action.CHANGE_PEOPLE):
        links = credentials.join_links(request.connection, request.course, now=request.now)
    shown = [show.member(each, join_link_until=links.get(each.person.id)) for each in found]
    return types_people.Members(people=shown, next=following)


def within(request: call.Call) -> list[model.Member]:
    """Whom the asking person may read of: a grader who is limited to groups, of their people and oneself."""
    everybody = table.members(request.connection, request.course)
    reach = duties.reach(request.connection, request.viewer)
    own = request.viewer.person
    return [each for each in everybody if each.person == own or reach.has_person(each.person.id)]


def change(request: call.Call) -> types_people.Member:
    """Change somebody, or bring them back."""
    wish: types_people.PersonChange = request.body
    member = table.find(request.connection, request.course, request.path["p"])
    with owners_stay(request):
        made = amend.change(
            request.connection,
            request.course,
            member,
            amend.Change(name=wish.name, email=wish.email, role=wish.role, back=wish.back),
            by=request.viewer.person,
            now=request.now,
        )
    return show.member(made)


def add(request: call.Call) -> types_people.Member:
    """Bring somebody in."""
    wish: types_people.PersonRequest = request.body
    with owners_stay(request):
        person = table.add(
            request.connection,
            request.course,
            username=wish.username,
            name=wish.name,
            email=wish.email,
            role=wish.role,
            now=request.now,
        )
    return show.member(table.find(request.connection, request.course, person.public))


def import_list(request: call.Call) -> types_people.ImportReport:
    """Take a class list, whole or not at all."""
    wish: types_people.ImportRequest = request.body
    point = request.connection.begin_nested()
    report = taken(request, wish)
    if wish.look:
        point.rollback()
    else:
        point.commit()
    return report


def taken(request: call.Call, wish: types_people.ImportRequest) -> types_people.ImportReport:
    """What taking a class list does, done."""
    connection, course = request.connection, request.course
    with owners_stay(request):
        told = rosters.import_csv(connection, course, wish.csv, by=request.viewer.person, now=request.now)
    missing = rosters.missing(connection, course, told)
    work = submissions.people_of(connection, course)
    for person in missing if wish.end_missing else ():
        table.end(connection, course, person, now=request.now)
    names = [person.username for person in missing]
    return types_people.ImportReport(
        added=list(told.added),
        changed=list(told.changed),
        unchanged=list(told.unchanged),
        missing=names,
        with_work=[person.username for person in missing if person.id in work],
        ended=names if wish.end_missing else [],
        changes=[_changed(each) for each in told.changes],
        ignored=[
            types_people.IgnoredColumn(column=each.column, perhaps=each.perhaps) for each in told.ignored
        ],
    )


def _changed(told: rosters.Changed) -> types_people.ImportChange:
    """What became of one person."""
    fields = [
        types_people.ChangedField(field=each.name, before=each.before, after=each.after)
        for each in told.fields
    ]
    return types_people.ImportChange(
        username=told.username, name=told.name, role=told.role, what=told.what, fields=fields
    )


def join_link(request: call.Call) -> types_people.JoinLink:
    """A fresh join link for somebody; earlier ones end."""
    member = table.find(request.connection, request.course, request.path["p"])
    if member.ended is not None:
        raise errors.UserError(f"{member.person.username} is not in the course any more.", code="conflict")
    permissions.check_gives(request.viewer, member.role, "pages")
    made = sign_in.join_link(
        request.connection,
        member.person,
        request.course,
        terms=sign_ins.terms_for(request, member.person),
        now=request.now,
    )
    return types_people.JoinLink(
        url=f"{request.base}/join/{made.token}", token=made.token, expires=made.expires
    )


@contextlib.contextmanager
def owners_stay(request: call.Call) -> Iterator[None]:
    """Refuse a change of who the owners are, or of an owner's name or address, unless an owner makes it: who
    changes an address has the links that go there.
    """
    before = _owners(request)
    yield
    if _owners(request) != before:
        request.use.action = permissions.Action.CHANGE_OWNERS
        permissions.check(request.viewer, permissions.Action.CHANGE_OWNERS)


def _owners(request: call.Call) -> frozenset[model.Person]:
    everybody = table.members(request.connection, request.course)
    return frozenset(each.person for each in everybody if each.role == "owner" and each.ended is None)


def end(request: call.Call) -> None:
    """End somebody's membership."""
    member = table.find(request.connection, request.course, request.path["p"])
    with owners_stay(request):
        table.end(request.connection, request.course, member.person, now=request.now)


def grades(request: call.Call) -> types.Grades:
    """The marks of the class."""
    return show.class_table(request)


def grades_csv(request: call.Call) -> call.File:
    """The marks of the class as CSV."""
    table_ = access.class_table(request)
    return call.File(
        name=f"{request.course.slug}-grades.csv",
        data=spreadsheet.to_csv(table_).encode(),
        media_type="text/csv; charset=utf-8",
    )
