"""The page of a dry run, on both databases: its rows a page at a time, and what it offers."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import builders
from tests.grading import test_regrade as again
from tests.grading import test_trial
from tests.service import inside

PAGE = "/courses/c/lessons/one/regrade"


@pytest.fixture
def course(database_url: str, tmp_path: Path) -> Iterator[again.Class]:
    world = builders.world(database_url, tmp_path)
    yield again.Class(world=world, sandbox=again.Counting())
    world.close()


def test_fifty_rows_a_page_those_that_change_most_first(course: again.Class, tmp_path: Path) -> None:
    number = course.release(again.lesson(again.GOOD))
    for order in range(52):
        answers = {**again.GOOD, **(test_trial.NEVER if order else {})}
        course.hand_in(test_trial.student(course, f"s{order:02}"), number, answers)
    course.work()
    course.release(again.lesson(again.GOOD, points=4))
    test_trial.start(course)
    test_trial.work(course)
    with inside.serving(course.world, tmp_path, now=builders.NOW) as site:
        tess = site.token(course.world.teacher.person, "pages")
        pages = [site.ask(tess, "GET", f"{PAGE}?show=all&page={n}").text for n in ("1", "2", "x")]
        falls = site.ask(tess, "GET", f"{PAGE}?show=lose").text
        same = site.ask(tess, "GET", f"{PAGE}?show=same").text
    assert [page.count('<th scope="row">') for page in pages] == [50, 2, 50]
    assert "Page 1 of 2" in pages[0]
    assert "page=2#who" in pages[0]
    first = pages[0].split('<th scope="row">')[1]
    assert "<bdi>s00</bdi>" in first
    assert [page.count('<th scope="row">') for page in (falls, same)] == [50, 0]


def test_what_changes_nothing_is_not_to_be_applied(course: again.Class, tmp_path: Path) -> None:
    test_trial.graded(course)
    course.release(again.lesson(again.GOOD))
    test_trial.start(course)
    test_trial.work(course)
    with inside.serving(course.world, tmp_path, now=builders.NOW) as site:
        tess = site.token(course.world.teacher.person, "pages")
        page = site.ask(tess, "GET", PAGE).text
        trial = re.search(r'name="id" value="(trl_[^"]+)"', page)
        assert trial
        assert f"{PAGE}/apply" not in page
        assert "Nothing differs, so there is nothing to apply." in page
        dropped = [site.ask(tess, "POST", f"{PAGE}/drop", {"id": trial[1]}) for _ in range(2)]
    assert [each.status_code for each in dropped] == [303, 409]
    assert "Dropped: nothing was changed." in dropped[1].text
    assert 'role="alert"' in dropped[1].text


def test_a_busy_page_loads_itself_anew_wherever_it_stands(course: again.Class, tmp_path: Path) -> None:
    test_trial.graded(course)
    course.release(again.lesson(again.GOOD, points=4))
    test_trial.start(course)
    with inside.serving(course.world, tmp_path, now=builders.NOW) as site:
        tess = site.token(course.world.teacher.person, "pages")
        page = site.ask(tess, "GET", PAGE).text
        trial = re.search(r'name="id" value="(trl_[^"]+)"', page)
        assert trial
        refused = site.ask(tess, "POST", f"{PAGE}/apply", {"id": trial[1]})
        script = site.ask(tess, "GET", "/static/regrade.js").text
    assert (refused.status_code, "Being tried out" in refused.text) == (409, True)
    for shown in (page, refused.text):
        assert f'<meta http-equiv="refresh" content="4;url={PAGE}">' in shown
        assert f'data-page="{PAGE}"' in shown
    assert "location.replace(bar.dataset.page)" in script
    assert "location.reload" not in script
