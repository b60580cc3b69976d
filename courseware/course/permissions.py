"""Who may do what: one table, asked in one place of the service.

In: who asks and what for. Out: yes, or a refusal. Effective rights are those of the role, cut by the
ceiling of the credential: a Jupyter server's credential (`lab`) can learn and, for staff, upload drafts;
it talks as a student's does, and never teaches or reads what is private to staff, because student
notebooks may run there. Nor does that of staff take along all that the course keeps of them, in which their
private answers stand. Which program runs the course's code is the owner's to say, on the command line
alone: the service starts it as its own user.

Nobody makes a credential that can do more than the one they make it with (`check_gives`): so no Jupyter
server of staff raises itself to the pages, no page to the owner's command line, and nobody is signed in
as a person who may do more than oneself.

The same table says which uses are recorded (`over_others`): what students may do too, each does with what is
their own, and only refusals of it are; every other right is one over others, and each use of it is, but of
what is named in `_OF_ONESELF`: nothing is kept then, changed, or told but of the files that were sent.
"""

import enum
import functools

from courseware import errors
from courseware.course import model


class Action(enum.Enum):
    """What can be asked for in a course."""

    READ_COURSE = "read the course"
    CHANGE_COURSE = "change the course"
    CHANGE_ENVIRONMENT = "change [environment] in course.toml"
    FETCH = "fetch lessons"
    SUBMIT = "hand in work"
    KEEP_DRAFT = "keep a copy"
    WATCH = "keep what was watched"
    CHECK = "have work checked before handing in"
    ANSWER = "answer questions of lessons"
    READ_OWN_WORK = "read own work"
    TAKE_ALONG = "take along what the course keeps of oneself"
    READ_ALL_WORK = "read everybody's work"
    MARK = "mark work"
    REGRADE = "have work graded again"
    HOLD = "hold an exercise"
    RUN_QUEUE = "see and steer what waits to be graded"
    RELEASE_MARKS = "release marks"
    LINT = "have a lesson looked over while it is written"
    DRAFT = "upload a draft release"
    READ_DRAFTS = "see draft releases"
    PUBLISH = "publish a release"
    READ_PEOPLE = "see who is in the course"
    CHANGE_PEOPLE = "change who is in the course"
    CHANGE_OWNERS = "change who owns the course"
    SIGN_INS = "see and end own sign-ins"
    READ_GRADES = "see everybody's marks"
    TALK = "read and write in discussions"
    READ_PRIVATE = "read private questions"
    SEE_NAMES = "see who wrote anonymously"
    ENDORSE = "endorse an answer"
    MODERATE = "moderate discussions"
    ANNOUNCE = "announce something to the course"
    PLAN = "plan own dates"
    READ_CALENDAR = "read own dates as a calendar"
    EXTEND = "grant extensions and accommodations"
    TEST_MAIL = "send a letter to try the mail server"
    READ_AUDIT = "see who did what"
    ERASE = "erase a person"


_LEARN = frozenset(
    {
        Action.READ_COURSE,
        Action.FETCH,
        Action.SUBMIT,
        Action.KEEP_DRAFT,
        Action.WATCH,
        Action.ANSWER,
        Action.CHECK,
        Action.READ_OWN_WORK,
        Action.TAKE_ALONG,
        Action.TALK,
        Action.SIGN_INS,
        Action.PLAN,
        Action.READ_CALENDAR,
    }
)
_GRADE = _LEARN | {
    Action.READ_ALL_WORK,
    Action.MARK,
    Action.READ_DRAFTS,
    Action.READ_PEOPLE,
    Action.READ_GRADES,
    Action.READ_PRIVATE,
    Action.SEE_NAMES,
    Action.ENDORSE,
    Action.MODERATE,
}
_TEACH = _GRADE | {
    Action.REGRADE,
    Action.HOLD,
    Action.RUN_QUEUE,
    Action.RELEASE_MARKS,
    Action.LINT,
    Action.DRAFT,
    Action.PUBLISH,
    Action.CHANGE_PEOPLE,
    Action.CHANGE_COURSE,
    Action.ANNOUNCE,
    Action.EXTEND,
    Action.TEST_MAIL,
}

BY_ROLE: dict[model.Role, frozenset[Action]] = {
    "student": _LEARN,
    "grader": _GRADE,
    "instructor": _TEACH,
    "owner": _TEACH | {Action.CHANGE_OWNERS, Action.CHANGE_ENVIRONMENT, Action.READ_AUDIT, Action.ERASE},
}
BY_CEILING: dict[model.Ceiling, frozenset[Action]] = {
    "lab": _LEARN | {Action.LINT, Action.DRAFT},
    "pages": frozenset(Action) - {Action.CHANGE_ENVIRONMENT},
    "cli": frozenset(Action),
    "join": frozenset(),
    "signin": frozenset(),
    "calendar": frozenset({Action.READ_CALENDAR}),
}

_OF_ONESELF = frozenset({Action.LINT})
"""What only staff may do, and nobody else has to know of: an author's own files are looked over."""


_BESIDE = {Action.TAKE_ALONG: Action.READ_PRIVATE}
"""Rights to one's own, among which stands what another right protects: who has that other one by their role
needs a credential that has it too.
"""


@functools.cache
def rights(role: model.Role, ceiling: model.Ceiling) -> frozenset[Action]:
    """All that somebody in this role may do with a credential of this ceiling."""
    held = BY_ROLE[role] & BY_CEILING[ceiling]
    apart = {own for own, other in _BESIDE.items() if other in BY_ROLE[role] - held}
    return held - apart


def over_others(action: Action) -> bool:
    """Whether this is a right over other people or over the course, each use of which is recorded."""
    return action not in BY_ROLE["student"] | _OF_ONESELF


def lowered(role: model.Role, at_most: model.Role | None) -> model.Role:
    """The lesser of two roles."""
    return at_most if at_most is not None and BY_ROLE[at_most] < BY_ROLE[role] else role


def gives(viewer: model.Viewer, role: model.Role, ceiling: model.Ceiling) -> bool:
    """Whether the viewer can do all that such a credential could."""
    return rights(role, ceiling) <= rights(viewer.role, viewer.ceiling)


def check_gives(viewer: model.Viewer, role: model.Role, ceiling: model.Ceiling) -> None:
    """Refuse to make, or to rule over, a credential that can do more than the viewer's.

    Raises:
        UserError: it could do more; says what, for one.
    """
    if gives(viewer, role, ceiling):
        return
    more = min(action.value for action in rights(role, ceiling) - rights(viewer.role, viewer.ceiling))
    raise errors.UserError(f"For this you need a sign-in that can itself {more}.", code="forbidden")


def allowed(viewer: model.Viewer, action: Action) -> bool:
    """Whether the person may do this with this credential."""
    return action in rights(viewer.role, viewer.ceiling)


def check(viewer: model.Viewer, action: Action) -> None:
    """Refuse what is not allowed.

    Raises:
        UserError: says whether the role or the credential is in the way.
    """
    if action not in BY_ROLE[viewer.role]:
        raise errors.UserError(f"As {viewer.role} you cannot {action.value} here.", code="forbidden")
    if action not in rights(viewer.role, viewer.ceiling):
        where = (
            "the command line"
            if viewer.ceiling == "pages"
            else "the course's own pages, or a command line that you have let in there (“Your sign-ins”)"
        )
        raise errors.UserError(f"From here you cannot {action.value}. Use {where}.", code="forbidden")
