"""What the desk calls students: by name, or by a pseudonym where the viewer hides names.

In: who looks, and a person. Out: what they are called. Where names are hidden, nothing else of a person than
their public id reaches a page.
"""

import dataclasses
from collections.abc import Sequence

from courseware.course import hidden_names, model, people
from courseware.discussion import fold
from courseware.grading import review
from courseware.service import call


@dataclasses.dataclass(frozen=True, kw_only=True)
class Called:
    """A name, or the code of a pseudonym; the other is empty. Whether they have left the course."""

    name: str = ""
    code: str = ""
    left: bool = False

    @property
    def order(self) -> str:
        """Where it stands in a list."""
        return self.code or self.name.casefold()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Names:
    """How one viewer has people called."""

    course: model.Course
    hidden: bool
    gone: frozenset[int]

    def of(self, person: model.Person) -> Called:
        """What somebody is called."""
        left = person.id in self.gone
        if self.hidden:
            return Called(code=hidden_names.pseudonym(self.course, person.public), left=left)
        return Called(name=person.name or person.username, left=left)

    def ordered(self, answers: Sequence[review.Answer]) -> tuple[review.Answer, ...]:
        """Answers in the order of what people are called: that of hidden names would tell of the names."""
        if not self.hidden:
            return tuple(answers)
        return tuple(sorted(answers, key=lambda each: self.of(each.person).order))

    def matches(self, person: model.Person, text: str) -> bool:
        """Whether somebody is called so; where names are hidden they cannot be asked for."""
        known = [self.of(person).order, *([] if self.hidden else [person.username])]
        return fold.within(text, known)


def names(request: call.Call) -> Names:
    """How the asking person has people called."""
    return Names(
        course=request.course,
        hidden=hidden_names.of(request.connection, request.viewer),
        gone=people.gone(request.connection, request.course),
    )
