"""The class at a glance, on both databases: its numbers against those of the gradebook and of a count by
hand, what too few people do not tell, who sees whose numbers, and that nothing on it is more than text.
"""

import dataclasses
import html
import re
from pathlib import Path

import httpx

from courseware.course import duties, groups, lessons, people
from courseware.exchange import releases, submissions
from courseware.grading import scores, worth
from courseware.insight import heat
from courseware.progress import views, watched
from courseware.store import schema
from tests import builders, words
from tests.benchmarks import big_class
from tests.builders import NOW
from tests.service import inside

GLANCE, LESSON = "/courses/c/glance", "/courses/c/lessons/l00/glance"
_TABLE = re.compile(r"<caption[^>]*>(.*?)</caption>(.*?)</table>", re.DOTALL)
_ROW = re.compile(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', re.DOTALL)


def text(found: str) -> str:
    """What stands there, without the markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", found)).split())


def tables(answer: httpx.Response) -> dict[str, dict[str, list[str]]]:
    """The cells of each table by its caption and the head of the row."""
    answer.raise_for_status()
    return {
        text(caption): {
            text(name): [text(each) for each in cells.split("</td>")[:-1]]
            for name, cells in _ROW.findall(body)
        }
        for caption, body in _TABLE.findall(answer.text)
    }


def test_a_course_in_numbers(served: inside.Inside, tess: str) -> None:
    with served.world.database.write() as connection:
        lesson = lessons.find(connection, served.world.course, "l00")
        handed = {each.person_id for each in submissions.of_lesson(connection, lesson.id)}
        for viewer in (served.world.sam, served.world.kim):
            views.note(connection, viewer, lesson, now=NOW)
    found = tables(served.ask(tess, "GET", GLANCE))
    row = found["People by lesson"]["Lesson 1"]
    assert row[:3] == [str(len(handed) + 2), str(len(handed)), str(len(handed))]
    late = served.ask(tess, "GET", "/courses/c/class?show=late&lesson=l00").text
    assert row[3] == re.findall(r"(\d+) (?:people|persons?) of", text(late))[0]
    assert row[4] == str(62 - len(handed))
    marks = found["Marks by lesson"]["Lesson 1"]
    assert int(marks[0]) <= len(handed)
    shares = [int(each.removesuffix(" %")) for each in marks[1:]]
    assert shares == sorted(shares)
    assert row[5] == marks[3]


def test_a_lesson_in_numbers(served: inside.Inside, tess: str) -> None:
    with served.world.database.read() as connection:
        lesson = lessons.find(connection, served.world.course, "l00")
        ledger = worth.ledger(connection, served.world.course, [lesson], now=NOW)
        counting = [ledger.counting(person, lesson) for person, _ in ledger.work]
        work = {each.person_id: each for each in counting if each}
        marks = scores.of_lessons(connection, [lesson.id], {each.id for each in work.values()})
    first = [marks[each.id]["n", "first"].score or 0.0 for each in work.values()]
    answer = served.ask(tess, "GET", LESSON)
    found = tables(answer)
    row = found["Exercises and how they do"]["First"]
    assert row[:3] == [
        str(len(first)),
        str(sum(each == 4 for each in first)),
        f"{round(100 * sum(first) / 4 / len(first))} %",
    ]
    bins = found["People by percent of the points"]
    assert sum(int(each[0]) for each in bins.values()) <= len(work)
    assert answer.text.count("<svg") >= 2
    assert 'style="' not in answer.text


def test_too_few_people_tell_nothing(database_url: str, tmp_path: Path) -> None:
    world = builders.world(database_url, tmp_path)
    big_class.fill(world, students=2, places=2)
    with inside.serving(world, tmp_path, now=NOW) as made:
        tess = made.token(world.teacher.person, "pages")
        course, lesson = made.ask(tess, "GET", GLANCE), made.ask(tess, "GET", LESSON)
        for page in (course, lesson):
            assert "Too few people yet: shown from 5 on." in text(page.text)
        row = tables(lesson)["Exercises and how they do"]["First"]
        assert row[2:5] == ["–", "–", "–"]
        assert "Staff have answered no question yet." in text(course.text)
    world.close()


def test_a_grader_sees_the_numbers_of_their_own(served: inside.Inside) -> None:
    world = served.world
    with world.database.write() as connection:
        person = people.add(
            connection, world.course, username="gus", name="Gus", email=None, role="grader", now=NOW
        )
        member = people.find(connection, world.course, "gus")
        size = len(groups.of_course(connection, world.course)["g1"])
        duties.put(connection, world.course, member, of_lessons=["l00"], of_groups=["g1"], now=NOW)
    gus = served.token(person, "pages")
    page = served.ask(gus, "GET", GLANCE)
    assert list(tables(page)["People by lesson"]) == ["Lesson 1"]
    assert f"{size} persons" in text(page.text) or f"{size} people" in text(page.text)
    assert served.ask(gus, "GET", LESSON).status_code == 200
    assert served.ask(gus, "GET", "/courses/c/lessons/l01/glance").status_code == 404
    sam = served.token(world.sam.person, "pages")
    assert served.ask(sam, "GET", GLANCE).status_code == 403
    assert served.ask(sam, "GET", LESSON).status_code == 403


def test_no_name_stands_in_it_and_titles_are_only_text(served: inside.Inside, tess: str) -> None:
    world = served.world
    with world.database.write() as connection:
        title = schema.lesson.update().where(schema.lesson.c.slug == "l00")
        connection.execute(title.values(title="</text><script>alert(1)</script>"))
    for path in (GLANCE, LESSON):
        page = served.ask(tess, "GET", path).raise_for_status().text
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page
        assert not words.has(page, "Sam")
        assert "Brandt-Oberhuber" not in page


def test_which_parts_of_a_video_are_watched(served: inside.Inside) -> None:
    world = served.world
    with world.database.write() as connection:
        lesson = lessons.find(connection, world.course, "l00")
        told = watched.Report(duration=100, position=50, spans=((0, 50),))
        watched.note(connection, world.sam, (lesson, "a.mp4"), told, now=NOW)
        told = watched.Report(duration=100, position=100, spans=((25, 100),))
        watched.note(connection, world.kim, (lesson, "a.mp4"), told, now=NOW)
        release = releases.newest(connection, lesson.id)
        assert release
        films = dataclasses.replace(release, films=("a.mp4", "b.mp4"))
        everybody = {each.person.id for each in people.members(connection, world.course)}
        (film,) = heat.of_films(connection, lesson, films, everybody)
        assert (film.people, film.parts) == (2, ()), "of two people it would tell what each did"
        more = everybody - {world.sam.person.id, world.kim.person.id, world.teacher.person.id}
        for person in sorted(more)[:3]:
            viewer = dataclasses.replace(world.kim, person=people.by_id(connection, person))
            watched.note(connection, viewer, (lesson, "a.mp4"), told, now=NOW)
        (film,) = heat.of_films(connection, lesson, films, everybody)
        assert (film.people, film.seconds) == (5, 100)
        assert film.parts == (1,) * 5 + (5,) * 5 + (4,) * 10
        assert film.starts[:3] == [0, 5, 10]
        (film,) = heat.of_films(connection, lesson, films, everybody - {world.sam.person.id})
        assert film.parts == ()
