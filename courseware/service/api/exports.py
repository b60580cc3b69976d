"""The marks of the class for another system."""

import dataclasses

import msgspec

from courseware.interchange import lms
from courseware.service import access, call, types_exports


def moodle(request: call.Call) -> call.File:
    """The marks of the class as Moodle imports them."""
    table = access.class_table(request)
    return call.File(
        name=f"{request.course.slug}-moodle.csv",
        data=lms.moodle(table).encode(),
        media_type="text/csv; charset=utf-8",
    )


def canvas(request: call.Call) -> types_exports.CanvasFilled:
    """Fill an export of Canvas's gradebook; nothing is kept."""
    wish: types_exports.CanvasRequest = request.body
    return filled(request, wish.csv)


def filled(request: call.Call, text: str) -> types_exports.CanvasFilled:
    """The same of a text."""
    table = access.class_table(request)
    told = dataclasses.asdict(lms.canvas(table, text))
    return msgspec.convert(told, types_exports.CanvasFilled)
