"""What travels about marks that staff set for a whole lesson of somebody; see `types`."""

import msgspec

from courseware.service import types


class LessonMarkRequest(msgspec.Struct, kw_only=True):
    """What a lesson is to be worth for a student; null: what was handed in says it again. `reason` is for
    staff and `comment` for the student. `version` is the one that the sender saw, to notice that somebody
    else set it meanwhile; before anybody did it is 0.
    """

    points: float | None
    version: int
    reason: str = ""
    comment: str = ""


class LessonMark(msgspec.Struct, kw_only=True):
    """What a lesson is worth for a student: what staff set (`points`, null for nothing), by whom, when and
    why, and what was handed in says (`computed`, null before anything was marked).
    """

    person: types.Person
    lesson: str
    points: float | None
    computed: float | None
    max_score: float
    version: int
    reason: str = ""
    comment: str = ""
    by: types.Person | None = None
    at: types.Time | None = None
