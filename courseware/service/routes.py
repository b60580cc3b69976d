"""Every address of the service: the contents page.

In: nothing. Out: two tables, the API and the pages. A route names the right it needs; `course.permissions` knows who has it.
"""

import re

from courseware.course.permissions import Action
from courseware.service import openapi, types
from courseware.service.api import lessons, people, submissions
from courseware.service.call import Call, Route
from courseware.service.pages import staff, student

_C = "/api/v1/courses/{c}"
_L = _C + "/lessons/{l}"
_S = "/api/v1/submissions/{s}"
VERSION = "0.1.0"


def health(request: Call) -> types.Health:
    """Whether the service stands."""
    return types.Health(status="ok", version=VERSION)


def description(request: Call) -> dict[str, object]:
    """The API as OpenAPI."""
    return openapi.describe(API, version=VERSION)


API: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/health",
        run=health,
        summary="Whether the service stands",
        answer=types.Health,
        public=True,
    ),
    Route(
        method="GET",
        path="/api/v1/openapi.json",
        run=description,
        summary="This description",
        answer=dict,
        public=True,
    ),
    Route(method="GET", path="/api/v1/me", run=people.me, summary="Who is asking", answer=types.Me),
    Route(
        method="POST",
        path="/api/v1/join",
        run=people.join,
        summary="Use a join link",
        request=types.JoinRequest,
        answer=types.Joined,
        mode="write",
        public=True,
        secret=True,
    ),
    Route(
        method="GET",
        path="/api/v1/pulse",
        run=submissions.pulse,
        summary="Own work on its way",
        action=Action.READ_OWN_WORK,
        answer=types.Pulse,
    ),
    Route(
        method="GET",
        path=_C,
        run=people.course,
        summary="The course",
        action=Action.READ_COURSE,
        answer=types.Course,
    ),
    Route(
        method="PUT",
        path=_C,
        run=people.change_course,
        summary="Take a new course.toml",
        action=Action.CHANGE_COURSE,
        request=types.CourseChange,
        answer=types.Course,
        mode="write",
    ),
    Route(
        method="GET",
        path=_C + "/lessons",
        run=lessons.listed,
        summary="The lessons",
        action=Action.FETCH,
        answer=types.Lessons,
    ),
    Route(
        method="GET", path=_L, run=lessons.one, summary="One lesson", action=Action.FETCH, answer=types.Lesson
    ),
    Route(
        method="GET",
        path=_L + "/releases",
        run=lessons.releases_listed,
        summary="The releases of a lesson",
        action=Action.FETCH,
        answer=types.Releases,
    ),
    Route(
        method="POST",
        path=_L + "/releases",
        run=lessons.publish,
        summary="Lint, qualify and publish",
        action=Action.PUBLISH,
        answer=types.Published,
        status=201,
        mode="own",
        upload=True,
    ),
    Route(
        method="GET",
        path=_L + "/releases/{n}",
        run=lessons.release,
        summary="One release",
        action=Action.FETCH,
        answer=types.Release,
    ),
    Route(
        method="GET",
        path=_L + "/releases/{n}/files/{path*}",
        run=lessons.release_file,
        summary="A file as students get it",
        action=Action.FETCH,
        answer=bytes,
    ),
    Route(
        method="POST",
        path=_L + "/submissions",
        run=submissions.receive,
        summary="Hand in",
        action=Action.SUBMIT,
        answer=types.Received,
        status=201,
        mode="own",
        upload=True,
    ),
    Route(
        method="GET",
        path=_L + "/submissions",
        run=submissions.listed,
        summary="Hand-ins of a lesson",
        action=Action.READ_OWN_WORK,
        answer=types.Submissions,
    ),
    Route(
        method="PUT",
        path=_L + "/draft",
        run=lessons.keep_draft,
        summary="Keep a copy",
        action=Action.KEEP_DRAFT,
        answer=types.Draft,
        mode="own",
        upload=True,
    ),
    Route(
        method="GET",
        path=_L + "/draft",
        run=lessons.draft,
        summary="The kept copy",
        action=Action.KEEP_DRAFT,
        answer=types.Draft,
    ),
    Route(
        method="GET",
        path=_L + "/draft/files/{path*}",
        run=lessons.draft_file,
        summary="A file of the kept copy",
        action=Action.KEEP_DRAFT,
        answer=bytes,
    ),
    Route(
        method="PUT",
        path=_L + "/holds/{key}",
        run=lessons.hold,
        summary="Hold an exercise",
        action=Action.HOLD,
        request=types.HoldRequest,
        answer=types.Lesson,
        mode="write",
    ),
    Route(
        method="DELETE",
        path=_L + "/holds/{key}",
        run=lessons.unhold,
        summary="End a hold",
        action=Action.HOLD,
        status=204,
        mode="write",
    ),
    Route(
        method="POST",
        path=_L + "/release-marks",
        run=lessons.release_marks,
        summary="Show the marks of a lesson",
        action=Action.RELEASE_MARKS,
        answer=types.Lesson,
        mode="write",
    ),
    Route(
        method="GET",
        path=_S,
        run=submissions.one,
        summary="A hand-in",
        action=Action.READ_OWN_WORK,
        answer=types.Submission,
    ),
    Route(
        method="GET",
        path=_S + "/receipt",
        run=submissions.receipt,
        summary="Its receipt",
        action=Action.READ_OWN_WORK,
        answer=dict,
    ),
    Route(
        method="GET",
        path=_S + "/feedback",
        run=submissions.feedback,
        summary="Its feedback",
        action=Action.READ_OWN_WORK,
        answer=types.Feedback,
    ),
    Route(
        method="GET",
        path=_S + "/files/{path*}",
        run=submissions.file,
        summary="A handed-in file",
        action=Action.READ_OWN_WORK,
        answer=bytes,
    ),
    Route(
        method="PUT",
        path=_S + "/marks/{notebook}/{key}",
        run=submissions.mark,
        summary="Mark by hand",
        action=Action.MARK,
        request=types.MarkRequest,
        answer=types.Submission,
        mode="write",
    ),
    Route(
        method="GET",
        path=_C + "/people",
        run=people.listed,
        summary="The people",
        action=Action.READ_PEOPLE,
        answer=types.Members,
    ),
    Route(
        method="POST",
        path=_C + "/people",
        run=people.add,
        summary="Bring somebody in",
        action=Action.CHANGE_PEOPLE,
        request=types.PersonRequest,
        answer=types.Member,
        status=201,
        mode="write",
    ),
    Route(
        method="POST",
        path=_C + "/people/import",
        run=people.import_list,
        summary="Take a class list",
        action=Action.CHANGE_PEOPLE,
        request=types.ImportRequest,
        answer=types.ImportReport,
        mode="write",
    ),
    Route(
        method="POST",
        path=_C + "/people/{p}/join-link",
        run=people.join_link,
        summary="A fresh join link",
        action=Action.CHANGE_PEOPLE,
        answer=types.JoinLink,
        mode="write",
        secret=True,
    ),
    Route(
        method="DELETE",
        path=_C + "/people/{p}",
        run=people.end,
        summary="End a membership",
        action=Action.CHANGE_PEOPLE,
        status=204,
        mode="write",
    ),
    Route(
        method="GET",
        path=_C + "/grades",
        run=people.grades,
        summary="Everybody's marks",
        action=Action.READ_GRADES,
        answer=types.Grades,
    ),
    Route(
        method="GET",
        path=_C + "/grades.csv",
        run=people.grades_csv,
        summary="Everybody's marks as CSV",
        action=Action.READ_GRADES,
        answer=bytes,
    ),
)

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
    Route(method="GET", path=_PC, run=student.course, summary="Lessons", action=Action.FETCH),
    Route(method="GET", path=_PL, run=student.lesson, summary="A lesson", action=Action.FETCH),
    Route(
        method="GET",
        path=_PL + "/files/{path*}",
        run=student.lesson_file,
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
    ),
    Route(
        method="GET",
        path=_PC + "/grades.csv",
        run=people.grades_csv,
        summary="Marks as CSV",
        action=Action.READ_GRADES,
    ),
    Route(method="GET", path=_PC + "/marking", run=staff.marking, summary="Marking", action=Action.MARK),
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
)


def pattern(path: str) -> str:
    """An address as a regular expression: `{name}` is one part, `{name*}` all that follows."""
    with_tails = re.sub(
        r"{(\w+)\*}",
        r"(?P<\1>.+)",
        re.escape(path).replace(r"\{", "{").replace(r"\}", "}").replace(r"\*", "*"),
    )
    return re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", with_tails)


def is_page(path: str) -> bool:
    """Whether an address is a page, which only the pages' own host name gives."""
    return not path.startswith("/api/") and path != "/health"
