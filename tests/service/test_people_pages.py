"""The page of people: everybody is found, one at a time is changed, and nothing is lost by the way."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.course import duties, groups, model, people
from courseware.store import schema
from tests import builders
from tests.builders import NOW
from tests.interchange import test_lms
from tests.service import inside

C, PAGE = "/api/v1/courses/c", "/courses/c/people"


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    test_lms.table(world, sam=3.5)
    with world.database.write() as connection:
        people.add(
            connection,
            world.course,
            username="cem",
            name="Cem Çelik",
            email="cem@x.example",
            role="student",
            now=NOW,
        )
        people.add(connection, world.course, username="gus", name="Gus", email=None, role="grader", now=NOW)
        groups.put(connection, world.course, "Tuesday", ["kim"], now=NOW)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def teacher(served: inside.Inside) -> str:
    return served.token(served.world.teacher.person, "pages")


def member(served: inside.Inside, name: str) -> model.Member:
    with served.world.database.read() as connection:
        return people.find(connection, served.world.course, name)


def listed(served: inside.Inside, query: str = "", token: str = "") -> list[str]:
    page = served.ask(token or teacher(served), "GET", f"{PAGE}{query}").text
    body = page.split("<tbody>")[1].split("</tbody>")[0] if "<tbody>" in page else ""
    return re.findall(r'</th><td dir="auto">([^<]*)</td>', body)


@pytest.mark.parametrize("way", ["page", "api"])
def test_a_user_name_that_is_taken_changes_nobody(served: inside.Inside, way: str) -> None:
    before = member(served, "cem")
    wish = {"username": "cem", "name": "Somebody", "role": "grader"}
    place = f"{C}/people" if way == "api" else PAGE
    refused = served.ask(teacher(served), "POST", place, wish)
    assert (refused.status_code, member(served, "cem")) == (409, before)
    assert "cem is in this course already: Cem Çelik, student. Nothing was changed." in refused.text
    same = {"username": "cem", "name": "Cem Çelik", "email": "cem@x.example", "role": "student"}
    assert served.ask(teacher(served), "POST", f"{C}/people", same).status_code == 201


def test_who_was_there_before_is_brought_back_not_added(served: inside.Inside) -> None:
    token, public = teacher(served), member(served, "cem").person.public
    ended = served.ask(token, "POST", f"{PAGE}/cem/end")
    assert (ended.status_code, ended.headers["Location"]) == (303, f"{PAGE}/{public}")
    refused = served.ask(token, "POST", PAGE, {"username": "cem", "name": "Cem Çelik"})
    assert (refused.status_code, "was in this course" in refused.text) == (409, True)
    assert member(served, "cem").ended is not None
    shown = served.ask(token, "GET", f"{PAGE}/cem").text
    assert ("Bring back" in shown, "has left" in shown) == (True, True)
    assert served.ask(token, "POST", f"{PAGE}/cem/back").status_code == 303
    assert (member(served, "cem").ended, member(served, "cem").role) == (None, "student")


def test_somebody_is_changed_and_it_can_be_as_it_was(served: inside.Inside) -> None:
    token = teacher(served)
    wish = {"name": "Cem C.", "email": "", "role": "grader"}
    shown = served.ask(token, "POST", f"{PAGE}/cem/change", wish).text
    cem = member(served, "cem")
    assert (cem.person.name, cem.person.email, cem.role) == ("Cem C.", None, "grader")
    assert ("Before:" in shown, "cem@x.example" in shown) == (True, True)
    was = dict(re.findall(r'type="hidden" name="(name|email|role)" value="([^"]*)"', shown))
    served.ask(token, "POST", f"{PAGE}/cem/change", was)
    cem = member(served, "cem")
    assert (cem.person.name, cem.person.email, cem.role) == ("Cem Çelik", "cem@x.example", "student")
    with served.world.database.read() as connection:
        changed = schema.journal.select().where(schema.journal.c.kind == "person.changed")
        kinds = list(connection.execute(changed.order_by(schema.journal.c.id)))
    assert [each.subject for each in kinds][-2:] == [cem.person.public] * 2


def place_of(page: str) -> dict[str, str]:
    """The fields of the form of somebody's place, as a browser sends them."""
    form = page.partition('id="place"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)"(?: type="email")? value="([^"]*)"', form))
    role = re.search(r'<option value="(\w+)" selected>', form)
    assert role
    fields.pop("_xsrf", None)
    return {name: html.unescape(value) for name, value in fields.items()} | {"role": role[1]}


def test_two_who_change_somebody_do_not_undo_each_other(served: inside.Inside) -> None:
    token = teacher(served)
    form = place_of(served.ask(token, "GET", f"{PAGE}/cem").text)
    assert served.ask(token, "POST", f"{PAGE}/cem/change", {**form, "role": "grader"}).status_code == 200
    shown = served.ask(token, "POST", f"{PAGE}/cem/change", {**form, "name": "Cem C."})
    cem = member(served, "cem")
    assert (shown.status_code, cem.person.name, cem.role) == (200, "Cem C.", "grader")
    # The button changes back what was changed here, and nothing else.
    was = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown.text.partition("Before:")[2]))
    was = {name: value for name, value in was.items() if name != "_xsrf"}
    served.ask(token, "POST", f"{PAGE}/cem/change", {**form, "email": "new@x.example"})
    served.ask(token, "POST", f"{PAGE}/cem/change", was)
    cem = member(served, "cem")
    assert (cem.person.name, cem.person.email, cem.role) == ("Cem Çelik", "new@x.example", "grader")


def test_two_who_change_the_same_are_told(served: inside.Inside) -> None:
    token = teacher(served)
    form = place_of(served.ask(token, "GET", f"{PAGE}/cem").text)
    served.ask(token, "POST", f"{PAGE}/cem/change", {**form, "name": "Cem B.", "role": "grader"})
    refused = served.ask(
        token, "POST", f"{PAGE}/cem/change", {**form, "name": "Cem A.", "email": "a@x.example"}
    )
    assert (refused.status_code, 'role="alert"' in refused.text) == (409, True)
    assert "changed this meanwhile" in refused.text
    cem = member(served, "cem")
    assert (cem.person.name, cem.person.email, cem.role) == ("Cem B.", "cem@x.example", "grader")
    again = place_of(refused.text)  # what was typed, and what another changed beside it
    assert (again["name"], again["email"], again["role"]) == ("Cem A.", "a@x.example", "grader")
    assert served.ask(token, "POST", f"{PAGE}/cem/change", again).status_code == 200
    cem = member(served, "cem")
    assert (cem.person.name, cem.person.email, cem.role) == ("Cem A.", "a@x.example", "grader")
    # Who says the same as another said meanwhile is in nobody's way.
    assert served.ask(token, "POST", f"{PAGE}/cem/change", {**form, "name": "Cem A."}).status_code == 200


def test_a_form_about_somebody_that_is_refused_comes_back_filled_in(served: inside.Inside) -> None:
    token = teacher(served)
    form = place_of(served.ask(token, "GET", f"{PAGE}/cem").text)
    typed = {**form, "name": "Cem <C>", "email": "nowhere", "role": "grader"}
    refused = served.ask(token, "POST", f"{PAGE}/cem/change", typed)
    assert (refused.status_code, "What lets this person in" in refused.text) == (422, True)
    assert "nowhere" in refused.text.partition('role="alert"')[2].partition("</div>")[0]
    again = place_of(refused.text)
    assert again == typed
    assert member(served, "cem").person.name == "Cem Çelik"
    grader = served.token(member(served, "gus").person, "pages")
    assert served.ask(grader, "POST", f"{PAGE}/cem/change", typed).status_code == 403


def test_the_pages_beside_it_are_of_the_list_wherever_it_stands(served: inside.Inside) -> None:
    with served.world.database.write() as connection:
        for number in range(120):
            people.add(
                connection,
                served.world.course,
                username=f"p{number:03}",
                name="",
                email=None,
                role="student",
                now=NOW,
            )
    token = teacher(served)
    files = {"list": ("l.csv", b"username,name\nnew,New\n", "text/csv")}
    for page in (
        served.ask(token, "GET", f"{PAGE}?role=student").text,
        served.ask(token, "POST", f"{PAGE}/import", files=files).text,
        served.ask(token, "POST", PAGE, {"username": "cem", "name": "Somebody"}).text,
    ):
        found = re.search(r'<a rel="next" href="([^"]*)"', page)
        assert found
        assert html.unescape(found[1]) in (f"{PAGE}?page=2", f"{PAGE}?role=student&page=2")
    first = re.search(r'<a rel="prev" href="([^"]*)"', served.ask(token, "GET", f"{PAGE}?page=2").text)
    assert first
    assert first[1] == PAGE


def test_there_is_no_button_that_ends_a_membership_in_the_list(served: inside.Inside) -> None:
    token = teacher(served)
    assert '/end"' not in served.ask(token, "GET", PAGE).text.replace("/people/end", "")
    assert "you can bring them back" in served.ask(token, "GET", f"{PAGE}/cem").text


def test_everybody_is_found_on_some_page_and_by_accents_left_out(served: inside.Inside) -> None:
    with served.world.database.write() as connection:
        for number in range(230):
            people.add(
                connection,
                served.world.course,
                username=f"p{number:03}",
                name=f"Pat {number:03}",
                email=f"p{number:03}@x.example",
                role="student",
                now=NOW,
            )
    everybody = [each for page in ("", "?page=2", "?page=3") for each in listed(served, page)]
    assert len(everybody) == len(set(everybody)) == 235
    assert listed(served, "?q=cel") == listed(served, "?q=CEM@X") == ["cem"]
    assert listed(served, "?role=grader") == ["gus"]
    assert listed(served, "?group=Tuesday") == ["kim"]
    assert listed(served, "?role=left") == listed(served, "?q=%2b") == []
    assert len(served.ask(teacher(served), "GET", PAGE).content) < 200_000
    assert "Çelik" in served.ask(teacher(served), "GET", "/courses/c/class?q=celi").text


def test_a_grader_who_is_limited_to_a_group_reads_of_their_people_alone(served: inside.Inside) -> None:
    gus = member(served, "gus")
    token = served.token(gus.person, "pages")
    assert "cem" in listed(served, token=token)
    with served.world.database.write() as connection:
        duties.put(connection, served.world.course, gus, of_lessons=[], of_groups=["Tuesday"], now=NOW)
    assert listed(served, token=token) == ["gus", "kim"]
    told = served.ask(token, "GET", f"{C}/people").json()["people"]
    assert {each["person"]["username"] for each in told} == {"gus", "kim"}
    assert "of everybody" not in served.ask(token, "GET", "/courses/c/exports").text
    assert "of everybody" in served.ask(teacher(served), "GET", "/courses/c/exports").text


def test_who_has_left_and_has_marks_is_marked_so_in_the_gradebook(served: inside.Inside) -> None:
    assert "has left" not in served.ask(teacher(served), "GET", "/courses/c/class").text
    served.ask(teacher(served), "POST", f"{PAGE}/sam/end")
    assert (
        "has left"
        in served.ask(
            teacher(served), "GET", f"/courses/c/lessons/one/marks/{member(served, 'sam').person.public}"
        ).text
    )
    assert "has left" in served.ask(teacher(served), "GET", "/courses/c/class").text
