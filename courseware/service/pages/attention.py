"""The page of who may need a word from staff, and why.

In: who of the staff asks. Out: people in the order of what they are called, with reasons in words, and when
staff wrote to them last; where the
course has not enabled it, how to. A grader who is limited to lessons or groups finds their own alone.
"""

from courseware.course import duties, lessons, manifest
from courseware.discussion import audience
from courseware.insight import attention
from courseware.service import call, called, render
from courseware.service.pages import glance


def read(request: call.Call) -> call.Page:
    """The list."""
    connection, course = request.connection, request.course
    weeks = manifest.of(course).attention
    reach = duties.reach(connection, request.viewer)
    listed = [each for each in lessons.of_course(connection, course) if reach.has_lesson(each.id)]
    names, found = called.names(request), []
    if weeks is not None:
        rows = glance.rows(request, reach, listed)
        found = attention.of_course(connection, request.viewer, listed, rows, now=request.now)
    people = sorted(((names.of(each.member.person), each) for each in found), key=lambda pair: pair[0].order)
    written = audience.written_to(connection, request.viewer, now=request.now) if people else {}
    values = render.base_values(request, weeks=weeks, people=people, written=written)
    return call.Page(template="attention.html", values=values)
