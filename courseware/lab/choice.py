"""Which course a window of JupyterLab shows, where somebody is in several.

In: the course that a window names with each request, empty until it was told one. Out: that course, as its
window knows it. Each window names its own, so that what is done in one never goes to the course that another
one shows, though both have a lesson of the same name. Refused: a name that no course can have.
"""

import dataclasses

from courseware import names
from courseware.lab import course

HEADER = "Courseware-Course"


class Windows:
    """The courses of one Lab server, made from the `first`; of one that is set to a course, that alone."""

    def __init__(self, first: course.Course) -> None:
        self._first = first
        self._chosen: dict[str, course.Course] = {}

    def of(self, name: str) -> course.Course:
        """The course of this name.

        Raises:
            UserError: no course can have it.
        """
        if not name or self._first.course is not None:
            return self._first
        slug = names.slug(name)
        if slug not in self._chosen:
            self._chosen[slug] = dataclasses.replace(
                self._first, chosen=slug, lessons_known=(), progress_known=None
            )
        return self._chosen[slug]
