"""Pages of staff: people, and the class with its marks."""

from typing import Any

from courseware.course import groups, model, people, permissions
from courseware.course import lessons as course_lessons
from courseware.grading import holds, reaching
from courseware.service import access, call, render
from courseware.service.api import people as api_people
from courseware.service.pages import people_list


def people_page(request: call.Call, **more: Any) -> call.Page:
    """Those who are asked for, and forms to bring somebody in."""
    values = {"link": None, "link_name": "", "report": None, "seen": "", "again": False, **more}
    may_extend = request.may(permissions.Action.EXTEND)
    return call.Page(
        template="people.html",
        values=render.base_values(
            request,
            may_change=request.may(permissions.Action.CHANGE_PEOPLE),
            may_audit=request.may(permissions.Action.READ_AUDIT),
            groups=groups.of_course(request.connection, request.course) if may_extend else {},
            **people_list.values(request),
            **values,
        ),
    )


def add_person(request: call.Call) -> call.Page:
    """Bring somebody in and show the join link."""
    fields = request.body.fields
    with api_people.owners_stay(request):
        person = people.add(
            request.connection,
            request.course,
            username=fields.get("username", ""),
            name=fields.get("name", ""),
            email=fields.get("email") or None,
            role=fields.get("role", "student"),
            now=request.now,
        )
    return _with_link(request, person)


def join_link(request: call.Call) -> call.Page:
    """A fresh join link, shown once."""
    return _with_link(request, people.find(request.connection, request.course, request.path["p"]).person)


def _with_link(request: call.Call, person: model.Person) -> call.Page:
    import dataclasses

    placed = dataclasses.replace(request, path={**request.path, "p": person.public})
    return people_page(request, link=api_people.join_link(placed), link_name=person.name)


def end_several(request: call.Call) -> call.Redirect:
    """End the memberships of those who were ticked."""
    for name in request.body.fields:
        if name.startswith("end:"):
            member = people.find(request.connection, request.course, name.removeprefix("end:"))
            with api_people.owners_stay(request):
                people.end(request.connection, request.course, member.person, now=request.now)
    return call.Redirect(to=f"/courses/{request.course.slug}/people")


def hold(request: call.Call) -> call.Redirect:
    """Hold an exercise, or end the hold; back to the page it was said on."""
    lesson, key, fields = access.lesson(request), request.path["key"], request.body.fields
    if fields.get("held"):
        access.exercise(request, lesson)
        reason = fields.get("reason", "").strip()
        holds.put(request.connection, lesson, key, reason, by=request.viewer.person, now=request.now)
    else:
        holds.end(request.connection, lesson, key, by=request.viewer.person, now=request.now)
    reaching.note_lesson(request.connection, lesson, now=request.now)
    page = "/releases#holds" if fields.get("from") == "releases" else "#staff"
    return call.Redirect(to=f"/courses/{request.course.slug}/lessons/{lesson.slug}{page}")


def release_marks(request: call.Call) -> call.Redirect:
    """Show the marks of a lesson."""
    lesson = access.lesson(request)
    course_lessons.release_marks(request.connection, lesson, by=request.viewer.person, now=request.now)
    reaching.note_lesson(request.connection, access.lesson(request), now=request.now)
    return call.Redirect(to=f"/courses/{request.course.slug}/lessons/{lesson.slug}")
