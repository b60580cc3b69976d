"""What the system refuses becomes one sentence, and it is known whether to try again."""

import errno

import pytest

from courseware import errors


@pytest.mark.parametrize(
    ("number", "family"),
    [(errno.ENOSPC, errors.Temporary), (errno.EDQUOT, errors.Temporary), (errno.EACCES, errors.UserError)],
)
def test_the_family_says_whether_it_may_pass(number: int, family: type[errors.CoursewareError]) -> None:
    told = errors.of_system(OSError(number, "It is so", "a/b.zip"))
    assert type(told) is family
    assert told.message == "a/b.zip: It is so."


def test_without_a_file_or_a_number_it_is_a_sentence_too() -> None:
    assert errors.of_system(OSError("Nobody there")).message == "Nobody there."
    assert errors.of_system(OSError(errno.EACCES, "It is so")).message == "It is so."
