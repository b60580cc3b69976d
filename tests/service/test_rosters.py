"""A class list that drops somebody: it is told first, who has work is named, and the work stays."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from courseware.course import groups, people
from tests import builders
from tests.builders import NOW
from tests.interchange import test_lms
from tests.service import inside

C = "/api/v1/courses/c"
PAGE = "/courses/c/people"
LIST = "username,name\nkim,Kim\nlou,Lou\n"


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    test_lms.table(world, sam=3.5)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def taken(served: inside.Inside, **wish: Any) -> Any:
    token = served.token(served.world.teacher.person, "cli")
    answer = served.ask(token, "POST", f"{C}/people/import", {"csv": LIST, **wish})
    assert answer.status_code == 200, answer.text
    return answer.json()


def here(served: inside.Inside) -> set[str]:
    with served.world.database.read() as connection:
        members = people.members(connection, served.world.course)
    return {each.person.username for each in members if each.ended is None}


def test_looking_changes_nothing(served: inside.Inside) -> None:
    told = taken(served, look=True, end_missing=True)
    assert (told["added"], told["missing"], told["with_work"]) == (["lou"], ["sam"], ["sam"])
    assert here(served) == {"tess", "sam", "kim"}


def test_who_is_missing_stays_unless_it_is_said(served: inside.Inside) -> None:
    assert taken(served)["ended"] == []
    assert here(served) == {"tess", "sam", "kim", "lou"}


def test_who_is_dropped_keeps_their_work_and_may_come_again(served: inside.Inside) -> None:
    assert taken(served, end_missing=True)["ended"] == ["sam"]
    assert here(served) == {"tess", "kim", "lou"}
    token = served.token(served.world.teacher.person, "pages")
    (row,) = [
        each
        for each in served.ask(token, "GET", f"{C}/grades").json()["people"]
        if each["person"]["username"] == "sam"
    ]
    assert row["cells"]["one"]["score"] == 3.5
    with served.world.database.write() as connection:
        people.enrol(connection, served.world.course, served.world.sam.person, "student", now=NOW)
    assert "sam" in here(served)


def looked(served: inside.Inside, data: bytes) -> str:
    token = served.token(served.world.teacher.person, "pages")
    files = [("list", ("list.csv", data))]
    return served.ask(token, "POST", f"{PAGE}/import", files=files).text


def take(served: inside.Inside, text: str, seen: str) -> str:
    token = served.token(served.world.teacher.person, "pages")
    return served.ask(token, "POST", f"{PAGE}/import/take", {"csv": text, "seen": seen}).text


def seen(page: str) -> str:
    (found,) = re.findall(r'name="seen" value="(\w+)"', page)
    return str(found)


def test_on_the_page_a_list_is_looked_at_first_and_who_is_missing_is_not_ticked(
    served: inside.Inside,
) -> None:
    text = "username;name\nlou;Lou\n"
    shown = looked(served, text.encode())
    assert ("Nothing was done yet." in shown, here(served)) == (True, {"tess", "sam", "kim"})
    done = take(served, text, seen(shown))
    assert here(served) == {"tess", "sam", "kim", "lou"}
    assert 'name="end:sam" value="yes"> ' in done
    assert 'name="end:kim" value="yes"> ' in done
    token = served.token(served.world.teacher.person, "pages")
    gone = served.ask(token, "POST", f"{PAGE}/end", {"end:kim": "yes"})
    assert (gone.status_code, here(served)) == (303, {"tess", "sam", "lou"})
    gone = served.ask(token, "POST", f"{PAGE}/end", {"end:tess": "yes"})
    assert (gone.status_code, "owner cannot be removed" in gone.text) == (409, True)


def test_a_list_that_would_do_something_else_by_now_is_shown_again(served: inside.Inside) -> None:
    text = "username,role\nkim,student\nlou,student\n"
    shown = looked(served, text.encode())
    with served.world.database.write() as connection:
        people.end(connection, served.world.course, served.world.kim.person, now=NOW)
    again = take(served, text, seen(shown))
    assert ("Look once more" in again, here(served)) == (True, {"tess", "sam"})
    assert "Back in the course" in again
    take(served, text, seen(again))
    assert here(served) == {"tess", "sam", "kim", "lou"}


def test_a_long_list_is_taken_from_the_page_as_it_was_looked_at(served: inside.Inside) -> None:
    text = "username,a,b,c,name\nsam" + f",{'x' * 100_000}" * 3 + ",Müller\n"
    assert "The list was taken" in take(served, text, seen(looked(served, text.encode())))
    with served.world.database.read() as connection:
        assert people.find(connection, served.world.course, "sam").person.name == "Müller"


def test_what_changes_of_whom_is_told(served: inside.Inside) -> None:
    told = taken(
        served, csv="username,name,role,shoe,Full nmae\nsam,Samuel,grader,43,x\nlou,Lou,,,\n", look=True
    )
    (sam, lou) = told["changes"]
    assert (sam["what"], lou["what"], lou["role"]) == ("changed", "added", "student")
    assert sam["fields"] == [
        {"field": "name", "before": "sam", "after": "Samuel"},
        {"field": "role", "before": "student", "after": "grader"},
    ]
    assert told["ignored"] == [
        {"column": "shoe", "perhaps": ""},
        {"column": "Full nmae", "perhaps": "name"},
    ]


def test_what_a_list_does_not_say_stays_as_it_is(served: inside.Inside) -> None:
    taken(served, csv="username,name,email,role\nlou,Lou Reed,lou@x.example,grader\n")
    for text in (
        "username\nlou\n",
        "username,name,email,role\nlou,,,\n",
        "login,e-mail\nlou,lou@x.example\n",
    ):
        assert taken(served, csv=text)["unchanged"] == ["lou"]
    with served.world.database.read() as connection:
        lou = people.find(connection, served.world.course, "lou")
    assert (lou.person.name, lou.person.email, lou.role) == ("Lou Reed", "lou@x.example", "grader")


def test_a_column_of_groups_puts_people_there_beside_those_who_are(served: inside.Inside) -> None:
    taken(served, csv="username,group\nsam,Tuesday\n")
    told = taken(served, csv="Login\tSection\nkim\tTuesday; Late\n")
    assert told["changes"][0]["fields"] == [{"field": "group", "before": "", "after": "Late, Tuesday"}]
    with served.world.database.read() as connection:
        found = groups.of_course(connection, served.world.course)
    names = {name: [each.username for each in inside_] for name, inside_ in found.items()}
    assert names == {"Tuesday": ["kim", "sam"], "Late": ["kim"]}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("username,name\nlou,a\0b\n", "line 2: it has a sign that cannot be shown (number 0)"),
        ("username,email\nlou,a\0@x.example\n", "line 2: it has a sign that cannot be shown (number 0)"),
        ("username,name,email\nlou,Reed, Lou,lou@x.example\n", "line 2: it has more cells"),
        ("username,group\nlou,a/b\n", "cannot be the name of a group"),
        ("username,role\ntess,student\n", "line 2: "),
    ],
)
def test_a_line_that_cannot_be_taken_is_named(served: inside.Inside, text: str, says: str) -> None:
    shown = html.unescape(looked(served, text.encode()))
    assert ("nothing was changed" in shown, says in shown) == (True, True), shown
    assert here(served) == {"tess", "sam", "kim"}


def test_nobody_takes_their_own_role_away(served: inside.Inside) -> None:
    world = served.world
    with world.database.write() as connection:
        ida = people.add(
            connection, world.course, username="ida", name="Ida", email=None, role="instructor", now=NOW
        )
    token = served.token(ida, "pages")
    files = [("list", ("list.csv", b"username,role\nida,student\n"))]
    assert "Your own role" in served.ask(token, "POST", f"{PAGE}/import", files=files).text
    refused = served.ask(token, "PATCH", f"{C}/people/ida", {"role": "student"})
    assert (refused.status_code, "Your own role" in refused.text) == (409, True)
