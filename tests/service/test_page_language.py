"""Pages in the language of their reader: the one they chose, or before that what the browser asks for."""

import dataclasses
import datetime
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import language
from courseware.course import courses, manifest
from courseware.exchange import publish, submit
from courseware.grading import gradings, marks, pipeline, scores
from courseware.notebook import files
from courseware.notices import model, preferences
from courseware.service import render
from tests import builders
from tests.builders import NOW
from tests.notebook import build
from tests.service import inside

GERMAN = {"Accept-Language": "de-CH,de;q=0.9,en;q=0.5"}


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW) as served:
        yield served
    world.close()


def test_a_page_is_in_the_language_of_its_reader(site: inside.Inside) -> None:
    door = site.ask("", "GET", "/sign-in", headers=GERMAN)
    assert ('<html lang="de" ' in door.text, "<h1>Anmelden</h1>" in door.text) == (True, True)
    assert "Accept-Language" in door.headers["Vary"]
    assert '<html lang="en" ' in site.ask("", "GET", "/sign-in").text
    refused = site.ask("", "GET", "/courses/c", headers=GERMAN)
    assert (refused.status_code, "Bitte melde dich an" in refused.text) == (401, True)
    # Who is signed in gets what they chose, whatever the browser asks for: as in letters, English at first.
    sam = site.token(site.world.sam.person, "pages")
    assert "<h1>Lessons</h1>" in site.ask(sam, "GET", "/courses/c", headers=GERMAN).text
    with site.world.database.write() as connection:
        habit = model.Habit(language="de")
        preferences.keep_habit(connection, site.world.sam.person.id, habit)
    page = " ".join(site.ask(sam, "GET", "/courses/c").text.split())
    assert "<h1>Lektionen</h1>" in page
    assert re.search(
        r"Abzugeben bis <time [^>]*>\w\w \d+\. \w+ 20\d\d, \d\d:\d\d Uhr \w+( \(in \d+ \w+\))?<", page
    )
    own = " ".join(site.ask(sam, "GET", "/courses/c/sign-ins").text.split())
    assert "last used <time" not in own
    assert re.search(r"zuletzt benutzt <time [^>]*>(gerade eben|vor )", own)
    kim = site.token(site.world.kim.person, "pages")
    assert "<h1>Lessons</h1>" in site.ask(kim, "GET", "/courses/c").text


def choose(site: inside.Inside, name: str) -> str:
    """Sam reads in this language."""
    with site.world.database.write() as connection:
        preferences.keep_habit(connection, site.world.sam.person.id, model.Habit(language=name))
    return site.token(site.world.sam.person, "pages")


def test_arabic_runs_from_right_to_left(site: inside.Inside) -> None:
    page = site.ask(choose(site, "ar"), "GET", "/courses/c").text
    assert '<html lang="ar" dir="rtl">' in page
    assert "<h1>الدروس</h1>" in page
    assert '<html lang="de" dir="ltr">' in site.ask("", "GET", "/sign-in", headers=GERMAN).text


def test_a_refusal_is_in_the_language_of_its_reader(site: inside.Inside) -> None:
    sam = choose(site, "de")
    refused = site.ask(sam, "GET", "/courses/c/lessons/none")
    assert (refused.status_code, '<html lang="de"' in refused.text) == (404, True)
    assert "Die Lektion &#39;none&#39; gibt es in diesem Kurs nicht." in refused.text
    assert "Als Student/in darfst du das hier nicht." in site.ask(sam, "GET", "/courses/c/class").text
    dates = site.ask(choose(site, "de"), "GET", "/courses/c/dates").text
    assert "Die Termine der Lektion, für alle dieselben." in dates


def test_a_figure_without_words_is_one_in_the_language_of_who_marks_it(site: inside.Inside) -> None:
    world, essay = site.world, build.cell("draw()", grade_id="t", grade=True, solution=True, points=4)
    figure = {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo="}, "metadata": {}}
    said = {**figure, "metadata": {"image/png": {"alt": "A line that rises"}}}
    book = build.book({**essay, "outputs": [figure, said]})
    asked = dataclasses.replace(builders.EXERCISE, kind="person")
    bundle = dataclasses.replace(builders.bundle(), exercises=(asked,))
    publish.publish(world.database, world.blobs, world.one, bundle, by=None, now=NOW)
    wish = builders.upload("k", files.write(book), release=2)
    work = submit.receive_upload(world.desk, world.sam, "one", wish, now=NOW).submission
    with world.database.write() as connection:
        grading = gradings.current(connection, work.id)
        assert grading is not None
        written = marks.Mark(score=0, points=4, auto_score=None, needs_person=True, verdict="manual")
        result = pipeline.Result(
            notebook="n", marks={"t": written}, executed=None, runs={}, notes=(), seconds=0
        )
        scores.save(connection, grading, scores.rows([result], {}), now=NOW)
        preferences.keep_habit(connection, world.teacher.person.id, model.Habit(language="de"))
    tess = site.token(world.teacher.person, "pages")
    page = site.ask(tess, "GET", "/courses/c/lessons/one/marking/t").text
    assert re.findall(r'<img class="output"[^>]* alt="([^"]*)"', page) == ["Abbildung", "A line that rises"]


def test_who_chose_nothing_reads_the_language_of_the_course(site: inside.Inside) -> None:
    text = builders.MANIFEST.replace('title = "A course"', 'title = "A course"\nlanguage = "de-CH"')
    with site.world.database.write() as connection:
        courses.put(connection, manifest.parse(text), text, now=NOW)
    kim, sam = site.token(site.world.kim.person, "pages"), choose(site, "en")
    assert '<html lang="de" dir="ltr">' in site.ask(kim, "GET", "/courses/c").text
    lesson = site.ask(sam, "GET", "/courses/c/lessons/one").text
    assert '<html lang="en" dir="ltr">' in lesson
    assert '<h1 dir="auto" lang="de-CH">One</h1>' in lesson


def test_a_sentence_without_a_translation_says_that_it_is_english() -> None:
    told = language.pages("ar")
    assert render.said("Nobody <b>said</b> this.", told) == (
        '<span lang="en" dir="ltr">Nobody &lt;b&gt;said&lt;/b&gt; this.</span>'
    )
    assert render.said("", told) == ""
    assert render.said("Nobody said this.") == "Nobody said this."


def test_pseudonyms_are_words_of_the_language() -> None:
    told = language.pages("de")
    said = {"Anonymous 2": "Anonym 2", "Ann (Anonymous 12)": "Ann (Anonym 12)", "Anonymous": "Anonymous"}
    assert {name: render.named(name, told) for name in said} == said
    assert render.named("The Anonymous 2 Band", told) == "The Anonymous 2 Band"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("", "en"),
        ("de", "de"),
        ("ar-EG,ar;q=0.9", "ar"),
        ("DE-at", "de"),
        ("fr, de;q=0.7, en;q=0.8", "en"),
        ("en;q=0.2,de;q=0.3", "de"),
        ("de;q=0", "en"),
        ("fr,tlh", "en"),
        ("*", "en"),
        ("de;q=x, en;q=0.1", "en"),
        (";;,,q=1;de" * 500, "en"),
    ],
)
def test_what_a_browser_asks_for(header: str, name: str) -> None:
    assert language.asked(header) == name


def test_numbers_and_times_bend_as_the_language_does() -> None:
    told = language.pages("de")
    hour = datetime.timedelta(hours=1)
    for away, said in ((1.5, "(in einer Stunde)"), (50, "(in 2 Tagen)"), (-1, "(vor einer Stunde)")):
        assert render.when(NOW + away * hour, "UTC", NOW, told).endswith(said)
    assert render.ago(NOW - 9 * 24 * hour, "UTC", NOW, told) == "14. November 2026"
    assert render.ago(NOW, "UTC", NOW, told) == "gerade eben"
    assert render.late(7300, told) == "um 2 Stunden verspätet"
    assert [render.counted(number, "comment", told) for number in (1, 2)] == ["1 Kommentar", "2 Kommentare"]
