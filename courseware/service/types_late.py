"""What travels over HTTP about rules for late work; see `types`."""

import datetime
from typing import Annotated

import msgspec

from courseware.course import late_line
from courseware.service import types


class LateRule(msgspec.Struct, kw_only=True):
    """A rule that staff set over course.toml, which holds until it ended; the newest that stands holds."""

    id: str
    rule: str
    words: str
    reason: str
    by: str
    given: datetime.datetime
    ended_by: str
    ended: datetime.datetime | None


class LateRules(msgspec.Struct, kw_only=True):
    """What late work loses in a lesson: the line that holds and what it means, what course.toml says, and
    all that was ever set, newest first.
    """

    lesson: str
    rule: str
    words: str
    from_course: str
    rules: list[LateRule]


class LateLine(msgspec.Struct, kw_only=True):
    """One person in one lesson: what their hand-in is worth by the rule that holds and by the other, with the
    percent taken off. `submission` counts now, `then` by the other rule.
    """

    person: types.Person
    lesson: str
    submission: str
    then: str
    late_seconds: int
    before: float
    after: float
    percent_before: float
    percent_after: float
    direction: str


class LateComparison(msgspec.Struct, kw_only=True):
    """What another rule would change; `seal` stands for all of it, for the request that has it hold."""

    rule: str
    words: str
    seal: str
    changes: int
    up: int
    down: int
    people: int
    lines: list[LateLine]


class LateRuleRequest(msgspec.Struct, kw_only=True):
    """Have this rule hold, after what it changes was looked at."""

    rule: Annotated[str, msgspec.Meta(max_length=late_line.MOST)]
    reason: Annotated[str, msgspec.Meta(max_length=2000)]
    seal: str


class LateRuleEnd(msgspec.Struct, kw_only=True):
    """Take a rule back, after what that changes was looked at."""

    seal: str
