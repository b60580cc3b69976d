"""Long lists come a page at a time, whole and in order, and clients follow them to the end."""

import pytest

from courseware import errors
from courseware.service import paging


def test_pages_together_are_the_list() -> None:
    things = [f"t{number}" for number in range(2 * paging.PAGE + 1)]
    seen: list[str] = []
    cursor: str | None = None
    sizes = []
    while True:
        page, cursor = paging.after(things, cursor, str)
        seen += page
        sizes.append(len(page))
        if cursor is None:
            break
    assert seen == things
    assert sizes == [paging.PAGE, paging.PAGE, 1]


@pytest.mark.parametrize("length", [0, 1, paging.PAGE])
def test_a_short_list_is_one_page(length: int) -> None:
    page, following = paging.after(["t"] * length, None, str)
    assert (len(page), following) == (length, None)


def test_a_cursor_that_names_nothing_is_refused() -> None:
    with pytest.raises(errors.UserError, match="Load it again"):
        paging.after(["a", "b"], "c", str)
