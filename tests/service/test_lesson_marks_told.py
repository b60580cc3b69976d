"""Whom a mark that staff set for a whole lesson is told to, and what is reached by it."""

import dataclasses
import datetime
import re

from courseware.course import attainments, courses, lessons, manifest, model
from courseware.exchange import publish
from tests import builders
from tests.builders import NOW
from tests.service.test_lesson_marks import Class, made

__all__ = ["made"]  # a fixture


def test_its_student_is_told_once_it_shows(made: Class) -> None:
    work, lesson = f"/submissions/{made.work.public}", "/courses/c/lessons/one"
    made.graded()
    assert made.news("sam") == [("marked", work, 3)]
    made.put("sam", 2).raise_for_status()
    made.put("kim", 1).raise_for_status()
    assert made.news("sam") == [("marked", work, 2), ("changed", work, 2)]
    assert made.news("kim") == [("marked", lesson, 1)]
    made.site.now += datetime.timedelta(days=1)
    made.put("kim", 2).raise_for_status()
    assert made.news("kim") == [("marked", lesson, 2), ("changed", lesson, 2)]
    made.put("kim", None).raise_for_status()
    assert made.news("kim") == []  # there is no mark any more to be told of


def test_nobody_is_told_of_what_they_do_not_see(made: Class) -> None:
    made.change(marks_policy="when-released")
    made.put("sam", 2).raise_for_status()
    made.put("kim", 1).raise_for_status()
    assert made.news("sam") == made.news("kim") == []
    made.site.ask(made.tess, "POST", "/courses/c/lessons/one/release-marks", {})
    assert made.news("sam") == [("marked", f"/submissions/{made.work.public}", 2)]
    assert made.news("kim") == [("marked", "/courses/c/lessons/one", 1)]


def requiring(made: Class) -> model.Course:
    """The course, in which the lesson is done once it is passed."""
    passed = 'complete = { kind = "passed", percent = 60 }'
    said = builders.MANIFEST.replace('slug = "one"', f'slug = "one"\n{passed}', 1)
    with made.world.database.write() as connection:
        parsed = manifest.parse(said)
        course = courses.put(connection, parsed, said, now=NOW)
        lessons.sync(connection, course, parsed, now=NOW)
    made.change(marks_policy="at-once")
    return course


def percent(made: Class, course: model.Course, name: str) -> float | None:
    """How far somebody is known to have reached the lesson."""
    with made.world.database.read() as connection:
        found = attainments.of_course(connection, course, person_id=made.find(name).id)
    return found[made.find(name).id]["one"].percent


def test_it_is_out_of_what_the_lesson_is_worth_now(made: Class) -> None:
    course = requiring(made)
    doubled = dataclasses.replace(builders.EXERCISE, points=2 * builders.EXERCISE.points)
    bundle = dataclasses.replace(builders.bundle(), exercises=(doubled,))
    by = made.world.teacher.person
    publish.publish(made.world.database, made.world.blobs, made.world.one, bundle, by=by, now=NOW)
    made.put("sam", 3).raise_for_status()
    assert percent(made, course, "sam") == 37.5
    submission = f"/api/v1/submissions/{made.work.public}"
    for token in (made.tess, made.sam):
        told = made.get(token, submission)
        assert (told["score"], told["max_score"]) == (3, 8)
    page = re.sub("<[^>]*>", "", made.get(made.sam, f"/submissions/{made.work.public}"))
    assert re.search(r"Staff set the mark of this lesson\s*3 / 8", page)


def test_what_is_required_is_reached_by_it(made: Class) -> None:
    course = requiring(made)
    made.put("kim", 3).raise_for_status()
    made.put("sam", 4).raise_for_status()
    assert (percent(made, course, "kim"), percent(made, course, "sam")) == (75, 100)
    state = {
        each["lesson"]: each["state"]
        for each in made.get(made.kim, "/api/v1/courses/c/lessons")["progress"]["lessons"]
    }
    assert state["one"] == "done"


def test_a_release_without_points_has_no_mark_to_set(made: Class) -> None:
    page = made.get(made.tess, f"/courses/c/lessons/two/marks/{made.find('sam').public}")
    assert "The mark of the whole lesson" not in page
