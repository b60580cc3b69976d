"""Hand-ins of another system."""

import dataclasses

import msgspec

from courseware.course import lessons, people
from courseware.desk import bring
from courseware.service import access, call, show, types, types_bring
from courseware.service.api import uploads


def hand_in(request: call.Call) -> types.Submission:
    """Bring in one hand-in with its marks."""
    told = uploads.manifest(request, types_bring.BroughtWork)
    service = request.service
    with service.database.read() as connection:
        reading = dataclasses.replace(request, open_connection=connection)
        person = people.find(connection, request.course, told.person).person
        lesson = lessons.find(connection, request.course, access.lesson(reading).slug)
    work = bring.Work(
        key=request.key,
        files=uploads.files(request),
        at=told.at,
        late_seconds=max(0, told.late_seconds),
        marks=tuple(bring.Mark(**msgspec.structs.asdict(each)) for each in told.marks),
        comments=tuple((each.notebook, each.cell, each.text) for each in told.comments),
    )
    made = bring.hand_in(service.desk(), request.viewer, person, lesson, work, now=request.now)
    with service.database.read() as connection:
        return show.submission(dataclasses.replace(request, open_connection=connection), made)
