"""The addresses of the pages. A route names the right it needs; `course.permissions` knows who has it."""

from courseware.course.permissions import Action
from courseware.service.api import people, submissions
from courseware.service.call import Route
from courseware.service.pages import lesson, routes_discussions, staff, student

_PC = "/courses/{c}"
_PL = _PC + "/lessons/{l}"
PAGES: tuple[Route, ...] = (
    Route(method="GET", path="/", run=student.home, summary="My courses"),
    Route(method="GET", path="/join/{token}", run=student.join, summary="Who the link is for", public=True),
    Route(
        method="POST",
        path="/join/{token}",
        run=student.continue_as,
        summary="Sign in",
        mode="write",
        public=True,
    ),
    Route(method="POST", path="/sign-out", run=student.sign_out, summary="Sign out", mode="write"),
    Route(method="GET", path=_PC, run=student.course, summary="Lessons", action=Action.FETCH, visit=True),
    Route(method="GET", path=_PL, run=lesson.read, summary="A lesson", action=Action.FETCH, visit=True),
    Route(
        method="GET",
        path=_PL + "/files/{path*}",
        run=lesson.file,
        summary="A file",
        action=Action.FETCH,
    ),
    Route(
        method="POST",
        path=_PL + "/submissions",
        run=student.hand_in,
        summary="Hand in",
        action=Action.SUBMIT,
        mode="own",
        upload=True,
    ),
    Route(
        method="GET",
        path="/submissions/{s}",
        run=student.submission,
        summary="A hand-in",
        action=Action.READ_OWN_WORK,
        visit=True,
    ),
    Route(
        method="GET",
        path="/submissions/{s}/receipt",
        run=student.receipt,
        summary="A receipt",
        action=Action.READ_OWN_WORK,
    ),
    Route(
        method="GET",
        path="/submissions/{s}/files/{path*}",
        run=submissions.file,
        summary="A handed-in file",
        action=Action.READ_OWN_WORK,
    ),
    Route(
        method="GET",
        path="/submissions/{s}/feedback/{notebook*}",
        run=student.feedback,
        summary="Feedback",
        action=Action.READ_OWN_WORK,
    ),
    Route(
        method="GET", path=_PC + "/people", run=staff.people_page, summary="People", action=Action.READ_PEOPLE
    ),
    Route(
        method="POST",
        path=_PC + "/people",
        run=staff.add_person,
        summary="Add",
        action=Action.CHANGE_PEOPLE,
        mode="write",
    ),
    Route(
        method="POST",
        path=_PC + "/people/import",
        run=staff.import_list,
        summary="Class list",
        action=Action.CHANGE_PEOPLE,
        mode="write",
        upload=True,
    ),
    Route(
        method="POST",
        path=_PC + "/people/{p}/join-link",
        run=staff.join_link,
        summary="Join link",
        action=Action.CHANGE_PEOPLE,
        mode="write",
    ),
    Route(
        method="POST",
        path=_PC + "/people/{p}/end",
        run=staff.end,
        summary="End a membership",
        action=Action.CHANGE_PEOPLE,
        mode="write",
    ),
    Route(
        method="GET",
        path=_PC + "/class",
        run=staff.class_page,
        summary="Class and marks",
        action=Action.READ_GRADES,
        visit=True,
    ),
    Route(
        method="GET",
        path=_PC + "/grades.csv",
        run=people.grades_csv,
        summary="Marks as CSV",
        action=Action.READ_GRADES,
    ),
    Route(
        method="GET",
        path=_PC + "/marking",
        run=staff.marking,
        summary="Marking",
        action=Action.MARK,
        visit=True,
    ),
    Route(method="GET", path=_PL + "/marking/{key}", run=staff.mark_page, summary="Mark", action=Action.MARK),
    Route(
        method="POST",
        path=_PL + "/marking/{key}",
        run=staff.mark,
        summary="Save a mark",
        action=Action.MARK,
        mode="write",
    ),
    Route(
        method="POST",
        path=_PL + "/holds/{key}",
        run=staff.hold,
        summary="Hold",
        action=Action.HOLD,
        mode="write",
    ),
    Route(
        method="POST",
        path=_PL + "/release-marks",
        run=staff.release_marks,
        summary="Release marks",
        action=Action.RELEASE_MARKS,
        mode="write",
    ),
    *routes_discussions.ROUTES,
)
