"""A lesson before it is released, while its author still writes: what lint says of it, and what a student
would get.

In: the source files of a lesson. Out: findings, or the files as a student would get them. Nothing is
executed and nothing is kept. Refused: what nbgrader's rules refuse, and AUTOTEST lines, whose values only
running the key can tell.
"""

import dataclasses
from collections.abc import Mapping

from courseware import errors
from courseware.course import manifest
from courseware.desk import release
from courseware.notebook import companions, files, lint, settings_nbgrader
from courseware.notebook import release as notebook_release


def findings(wish: release.Wish, parsed: manifest.Manifest) -> list[lint.Finding]:
    """What lint says of a lesson's files, of the links beside them and of the lesson's rule in the course.

    Raises:
        UserError: a file with settings that cannot be read.
    """
    return [
        *release.look_over(wish.files),
        *release.unmet(parsed, wish.lesson, wish.files),
        *release.beside(wish),
    ]


def delimiters(given: Mapping[str, bytes]) -> dict[str, tuple[str, str]]:
    """The lines by which the course marks what students do not get.

    Raises:
        UserError: a file with settings that cannot be read.
    """
    words = settings_nbgrader.delimiters(settings_nbgrader.of_files(given))
    return {name: pair for name, pair in dataclasses.asdict(words).items() if name != "key"}


def blank(given: Mapping[str, bytes]) -> dict[str, str]:
    """The files as a student would get them: all notebooks, and of the others those that differ.

    Raises:
        UserError: a notebook or a file beside it breaks nbgrader's rules, or has AUTOTEST lines.
    """
    course = settings_nbgrader.of_files(given)
    words = settings_nbgrader.delimiters(course)
    found = {}
    for path, data in release.own(given).items():
        if path.endswith(".ipynb"):
            book = files.read(data, name=path)
            if notebook_release.has_autotests(book, course):
                raise errors.UserError(
                    f"{path} has AUTOTEST lines. Only the course can run them: upload a draft to see how they"
                    " do on a blank copy."
                )
            built = notebook_release.build(book, name=path.removesuffix(".ipynb"), options=course)
            found[path] = files.write(built.student).decode()
        else:
            student = companions.split(data, name=path, words=words).student
            if student != data:
                found[path] = student.decode(errors="replace")
    return found
