"""What travels over HTTP: one struct per JSON object of `/api/v1`.

In: nothing. Out: msgspec structs, from which bodies are read and written and OpenAPI is generated. Times
are aware UTC and appear as RFC 3339 with `Z`; ids are the public ones. Fields are only ever added.
"""

import datetime
from typing import Annotated, Any, Literal

import msgspec

from courseware.service import types_progress

Time = datetime.datetime
LessonState = Literal["not-open", "open", "late", "closed"]
WorkState = Literal["waiting", "running", "marked", "failed", "superseded"]


class Problem(msgspec.Struct, kw_only=True):
    """An error (RFC 9457); `code` is stable, `detail` is one sentence for a person."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    details: list[str] = []


class Person(msgspec.Struct, kw_only=True):
    """Somebody in a course; `email` is empty where the reader may not know it."""

    id: str
    username: str
    name: str
    email: str | None = None


class CourseRef(msgspec.Struct, kw_only=True):
    """Enough of a course to name and link it."""

    id: str
    slug: str
    title: str
    time_zone: str = "UTC"


class Membership(msgspec.Struct, kw_only=True):
    """A role in a course; `drafts`: drafts of lessons can be uploaded with the credential that asks."""

    course: CourseRef
    role: str
    drafts: bool = False


class Me(msgspec.Struct, kw_only=True):
    """Who is asking, with what kind of credential, in which courses."""

    person: Person
    ceiling: str
    memberships: list[Membership]


class PublicKey(msgspec.Struct, kw_only=True):
    """The key that receipts of a course are signed with (Ed25519, base64)."""

    id: str
    public_key: str


class Ready(msgspec.Struct, kw_only=True):
    """The service can work: its database and its files answer."""

    status: str


class JoinRequest(msgspec.Struct, kw_only=True):
    """A join link's token and the name of the machine it is used on; where only `lab` or `cli` is of use
    there, the `ceiling` says so, and another link is not used up.
    """

    token: str
    label: str = ""
    ceiling: str = ""


class Joined(msgspec.Struct, kw_only=True):
    """A new credential for this machine, shown only once; `pages` is where browsers find the course."""

    credential: str
    person: Person
    course: CourseRef
    key: PublicKey
    ceiling: str = "lab"
    role: str = "student"
    expires: Time | None = None
    pages: str = ""


class Course(msgspec.Struct, kw_only=True):
    """A course as the asking person sees it."""

    id: str
    slug: str
    title: str
    time_zone: str
    role: str
    key: PublicKey


class CourseChange(msgspec.Struct, kw_only=True):
    """The text of course.toml."""

    manifest: str


class ReleaseRef(msgspec.Struct, kw_only=True):
    """A version of a lesson."""

    number: int
    published: Time
    notes: str = ""


class FileEntry(msgspec.Struct, kw_only=True):
    """One file by its exact bytes; `size` in bytes."""

    path: str
    sha256: str
    size: int


class Release(msgspec.Struct, kw_only=True):
    """A version of a lesson with the files that students get."""

    number: int
    published: Time
    notes: str
    files: list[FileEntry]


class Releases(msgspec.Struct, kw_only=True):
    """All versions of a lesson, newest first."""

    releases: list[ReleaseRef]


class Published(msgspec.Struct, kw_only=True):
    """A fresh release and what was found while making it."""

    number: int
    report: dict[str, Any]


class PublishManifest(msgspec.Struct, kw_only=True):
    """What goes with the source files of a release: accepted findings, a note for students, and the paths of
    links in the lesson's folder, which are not sent.
    """

    accept: list[str] = []
    notes: str = ""
    left_out: list[str] = []


class Exercise(msgspec.Struct, kw_only=True):
    """A part of a lesson that carries points."""

    notebook: str
    key: str
    title: str
    points: float
    kind: Literal["tests", "person"]


class ExerciseMark(msgspec.Struct, kw_only=True):
    """Points of one exercise; `score` is null while hidden, held or not marked yet. `withheld` waits for the
    due date, because students do not have all of its tests; `visible_part` is the verdict on what they have.
    """

    notebook: str
    key: str
    title: str = ""
    points: float
    score: float | None = None
    verdict: str = ""
    source: str = "machine"
    comment: str = ""
    hint: str = ""
    held: bool = False
    needs_person: bool = False
    version: int = 0
    withheld: bool = False
    visible_part: str = ""


class SetMark(msgspec.Struct, kw_only=True):
    """What staff set for a whole lesson, in place of what was handed in, and what they say to the student."""

    points: float
    comment: str
    at: Time


class Submission(msgspec.Struct, kw_only=True):
    """Work that was handed in, and what became of it; `score` is null while marks are hidden. `missing` are
    notebooks of the release that did not come with it, `graded_by` the release whose tests gave the marks.
    `penalty` says what it loses for being late, and `score` is what is left.
    `withheld` points more, of which `score` and `max_score` tell nothing, show after `shows`. Where staff set
    the mark of the lesson (`set_mark`), `score` is that one.
    """

    id: str
    lesson: str
    course: str
    person: Person
    release: int
    received: Time
    worked: Time | None = None
    late_seconds: int
    counts: bool
    penalty_percent: float = 0.0
    penalty: str = ""
    can_be_chosen: bool = False
    state: WorkState
    phase: str = ""
    position: int | None = None
    eta_seconds: float | None = None
    reason: str = ""
    score: float | None = None
    max_score: float
    needs_person: bool = False
    marks_visible: bool
    files: list[FileEntry] = []
    missing: list[str] = []
    graded_by: int | None = None
    exercises: list[ExerciseMark] = []
    withheld: float = 0.0
    shows: Time | None = None
    set_mark: SetMark | None = None


class Submissions(msgspec.Struct, kw_only=True):
    """Hand-ins, newest first; `next` is the cursor of the next page."""

    submissions: list[Submission]
    next: str | None = None


class Lesson(msgspec.Struct, kw_only=True):
    """A lesson with this person's dates and why they are so, the release that is out, the hand-in that
    counts, when a copy was kept and, for staff, when a draft release was uploaded. `refusal` says why nothing
    can be handed in now; `locked` what must come first; `can_shift` that a paced date was missed and the
    dates may be shifted; `checks` how often a day each exercise is checked before it is handed in;
    `questions` how many questions the newest release asks; `formats` in which other formats staff give the
    lesson to this person, in their words; `set_mark` what staff set for it, also without a hand-in;
    `late_rule` what work loses that comes after the due date.
    """

    id: str
    slug: str
    title: str
    position: int
    opens: Time | None
    due: Time | None
    closes: Time | None
    why: str
    state: LessonState
    late_by_seconds: int
    release: ReleaseRef | None
    exercises: list[Exercise]
    max_score: float
    attempts: int
    submission: Submission | None
    held: list[str]
    marks: str = "visible-first"
    marks_released: Time | None = None
    kept: Time | None = None
    draft_release: Time | None = None
    locked: str = ""
    refusal: str = ""
    attempts_left: int | None = None
    can_shift: bool = False
    checks: int | None = None
    questions: int = 0
    formats: list[str] = []
    set_mark: SetMark | None = None
    late_rule: str = ""


class Lessons(msgspec.Struct, kw_only=True):
    """The lessons of a course in order, and where the asking person stands; staff stand nowhere."""

    lessons: list[Lesson]
    progress: types_progress.Progress | None = None


class UploadManifest(msgspec.Struct, kw_only=True):
    """What a hand-in or a kept copy says of itself; the files must match it byte for byte. `worked` is when
    they were last changed: a claim. One after the time of receipt is kept as that, one before 2000 is not.
    """

    release: Annotated[int, msgspec.Meta(ge=1, le=999_999_999)]
    files: list[FileEntry]
    worked: Time | None = None


class Received(msgspec.Struct, kw_only=True):
    """A hand-in that is safely kept, with the signed receipt."""

    submission: Submission
    receipt: dict[str, Any]


class NotebookFeedback(msgspec.Struct, kw_only=True):
    """Feedback on one notebook as a complete HTML page without scripts."""

    notebook: str
    html: str


class Feedback(msgspec.Struct, kw_only=True):
    """Feedback on a hand-in."""

    notebooks: list[NotebookFeedback]


class MarkRequest(msgspec.Struct, kw_only=True):
    """A person's mark; `version` is the one the marker saw, to notice that somebody else marked meanwhile."""

    score: float | None
    comment: str = ""
    version: int | None = None


class Draft(msgspec.Struct, kw_only=True):
    """A copy kept in the course that is no hand-in."""

    release: int
    kept: Time
    files: list[FileEntry]


class GradeColumn(msgspec.Struct, kw_only=True):
    """A lesson in the table of grades."""

    slug: str
    title: str
    max_score: float


class GradeCell(msgspec.Struct, kw_only=True):
    """One person's standing in one lesson. Where staff set its mark (`is_set`), also without a hand-in, whose
    id is empty then.
    """

    score: float | None
    max: float
    state: str
    late_seconds: int
    submission: str
    needs_person: bool
    is_set: bool = False


class GradeRow(msgspec.Struct, kw_only=True):
    """One person's standing in all lessons, by lesson slug."""

    person: Person
    cells: dict[str, GradeCell]


class Grades(msgspec.Struct, kw_only=True):
    """The table of grades."""

    lessons: list[GradeColumn]
    people: list[GradeRow]


class HoldRequest(msgspec.Struct, kw_only=True):
    """Why marks of an exercise wait."""

    reason: str = ""


class Pulse(msgspec.Struct, kw_only=True):
    """Own work on its way, and in how many seconds it is worth asking again."""

    submissions: list[Submission]
    next_seconds: float


class Health(msgspec.Struct, kw_only=True):
    """Whether the service stands. `proof` answers the asked `nonce` with the secret of `service.json`, so
    that a program of the same user knows that it speaks to the service which wrote that file.
    """

    status: str
    version: str
    proof: str = ""
