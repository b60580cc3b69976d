"""Two people who are never there at once: each is told exactly what is new since they left, and no more."""

import dataclasses
import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.course import lessons, model
from courseware.desk import returning
from courseware.discussion import model as talk
from courseware.discussion import moderation, threads, write
from courseware.exchange import model as exchange_model
from courseware.exchange import publish, submissions, submit
from courseware.grading import gradings, holds, marks, pipeline, scores
from courseware.progress import visits
from courseware.store import schema
from tests import builders, words
from tests.builders import HOUR, NOW

DAY = 24 * HOUR
LEFT = NOW - 5 * DAY
AWAY = LEFT + 1 * DAY
DUE = NOW + HOUR
RELEASED = LEFT - 7 * DAY


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    with made.database.write() as connection:
        connection.execute(schema.release.update().values(published=RELEASED))
    yield made
    made.close()


@dataclasses.dataclass
class Talk:
    """What people say, each thing a minute after the one before."""

    world: builders.World
    now: datetime.datetime
    lesson: str = "one"

    def begin(self, who: model.Viewer, title: str, body: str = "Why?", **given: object) -> str:
        """Begin a thread; its id."""
        anonymous = bool(given.pop("anonymous", False))
        wish = talk.Beginning(
            words=talk.Words(body=body, anonymous=anonymous),
            title=title,
            **given,  # type: ignore[arg-type]
        )
        with self.world.database.write() as connection:
            lesson = lessons.find(connection, self.world.course, self.lesson)
            place = talk.Place(course=self.world.course, lesson=lesson)
            return write.begin(connection, who, place, wish, now=self._tick()).id

    def say(self, who: model.Viewer, thread: str, body: str = "So.", *, anonymous: bool = False) -> str:
        """Reply; the id of the comment."""
        words = talk.Words(body=body, anonymous=anonymous)
        with self.world.database.write() as connection:
            return write.reply(connection, who, thread, words, now=self._tick()).id

    def change(self, thread: str, **given: object) -> None:
        """Staff change a thread."""
        wish = moderation.ThreadChange(**given)  # type: ignore[arg-type]  # a test names what it sets
        with self.world.database.write() as connection:
            moderation.change_thread(connection, self.world.teacher, thread, wish, now=self._tick())

    def hold(self, thread: str) -> None:
        """Have a thread wait for the due dates."""
        with self.world.database.write() as connection:
            row = threads.find(connection, self.world.teacher, thread, now=self.now)
            threads.change(connection, row["id"], {"held": True, "graded": True})

    def change_post(self, who: model.Viewer, post: str, **given: object) -> None:
        """Delete or hide a comment."""
        wish = moderation.PostChange(**given)  # type: ignore[arg-type]  # a test names what it sets
        with self.world.database.write() as connection:
            moderation.change_post(connection, who, post, wish, now=self._tick())

    def _tick(self) -> datetime.datetime:
        self.now += datetime.timedelta(minutes=1)
        return self.now


def news(
    world: builders.World,
    who: model.Viewer,
    since: datetime.datetime | None = LEFT + HOUR,
    now: datetime.datetime = NOW,
) -> returning.Returning:
    with world.database.read() as connection:
        return returning.returning(connection, who, since, now=now)


def said(found: returning.Returning) -> set[tuple[str, str, int, str]]:
    return {(s.why, s.thread.title, s.posts, s.post.author.name) for s in found.talk.said}


def test_each_is_told_exactly_what_the_other_left(world: builders.World) -> None:
    before = Talk(world=world, now=LEFT - HOUR)
    chat = before.begin(world.kim, "chat", kind="discussion")
    other = before.begin(world.kim, "not followed")
    left = Talk(world=world, now=LEFT)
    mine = left.begin(world.sam, "mine", key="a")
    quiet = left.begin(world.sam, "quiet")
    dropped = left.begin(world.sam, "dropped")
    left.say(world.sam, chat, "I join.")
    with world.database.write() as connection:
        moderation.follow(connection, world.sam, dropped, following=False, now=left.now)

    away = Talk(world=world, now=AWAY)
    away.say(world.kim, mine, "First answer.")
    away.say(world.kim, mine, "Second answer.")
    gone = away.say(world.kim, quiet, "I take this back.")
    away.change_post(world.kim, gone, state="deleted")
    away.say(world.kim, dropped)
    away.say(world.kim, other)
    away.say(world.teacher, chat, "Good point.")
    named = away.begin(world.kim, "calls", "@[sam] look")
    away.begin(world.kim, "to staff", "about @[sam]", kind="private")
    unseen = away.begin(world.kim, "hidden", "@[sam] rude")
    away.change(unseen, hidden=True)
    waits = away.begin(world.kim, "held", "@[sam] solution")
    away.hold(waits)
    away.begin(world.teacher, "news", "Room change.", kind="announcement")
    Talk(world=world, now=AWAY, lesson="two").begin(world.teacher, "unreleased", "@[sam] soon")

    found = news(world, world.sam)
    assert said(found) == {
        ("answer", "mine", 2, "kim"),
        ("reply", "chat", 1, "tess"),
        ("mention", "calls", 1, "kim"),
        ("announcement", "news", 1, "tess"),
    }
    assert (found.news, found.talk.number, found.talk.waiting) == (4, 4, ())
    assert {s.thread.id for s in found.talk.said} >= {mine, chat, named}
    first = next(s for s in found.talk.said if s.why == "answer")
    assert first.post.body == "First answer."

    back = Talk(world=world, now=NOW)
    back.say(world.sam, mine, "Thank you!")
    back.say(world.sam, named, "I see.")
    later = news(world, world.kim, AWAY + HOUR, NOW + HOUR)
    assert said(later) == {("reply", "mine", 1, "sam"), ("answer", "calls", 1, "sam")}
    assert news(world, world.sam, NOW, NOW + HOUR).talk.said == ()


def test_what_was_held_is_told_when_the_date_has_passed(world: builders.World) -> None:
    away = Talk(world=world, now=AWAY)
    away.hold(away.begin(world.kim, "held", "@[sam] solution"))
    assert said(news(world, world.sam)) == set()
    assert said(news(world, world.sam, now=DUE + HOUR)) == {("mention", "held", 1, "kim")}


def test_a_pseudonym_stays_one(world: builders.World) -> None:
    mine = Talk(world=world, now=LEFT).begin(world.sam, "mine")
    away = Talk(world=world, now=AWAY)
    away.say(world.kim, mine, "It is me.", anonymous=True)
    away.begin(world.kim, "calls", "@[sam] look", anonymous=True)
    found = news(world, world.sam)
    assert said(found) == {("answer", "mine", 1, "Anonymous 1"), ("mention", "calls", 1, "Anonymous 1")}
    assert not words.has(repr(found), "kim")
    assert world.kim.person.public not in repr(found)


def test_staff_are_told_of_new_questions_without_an_answer(world: builders.World) -> None:
    Talk(world=world, now=LEFT).begin(world.sam, "older")
    away = Talk(world=world, now=AWAY)
    away.begin(world.sam, "open")
    away.begin(world.kim, "private", kind="private")
    away.begin(world.kim, "chat", kind="discussion")
    away.say(world.kim, away.begin(world.sam, "answered"))
    away.change(away.begin(world.kim, "closed"), state="resolved")
    found = news(world, world.teacher)
    assert {each.title for each in found.talk.waiting} == {"open", "private"}
    assert (found.talk.waiting_number, found.news) == (2, 2)
    # From a Jupyter server staff see what students see.
    lab = dataclasses.replace(world.teacher, ceiling="lab")
    assert news(world, lab).talk.waiting == ()
    assert news(world, world.kim).talk.waiting == ()


def test_more_than_a_list_holds_is_counted(world: builders.World) -> None:
    away = Talk(world=world, now=AWAY)
    for number in range(33):
        away.begin(world.teacher, f"{number}", "Read.", kind="announcement")
    found = news(world, world.sam)
    assert (len(found.talk.said), found.talk.number, found.news) == (30, 33, 33)
    assert found.talk.said[0].thread.title == "32"


def handed_in(world: builders.World, *, person: bool = False, at: datetime.datetime = LEFT) -> str:
    """Sam's hand-in, marked at this moment by the machine, or waiting for a person; its id."""
    upload = builders.upload("k")
    got = submit.receive_upload(world.desk, world.sam, "one", upload, now=LEFT).submission
    grade(world, got, person=person, at=at)
    return got.public


def grade(
    world: builders.World, got: exchange_model.Submission, *, at: datetime.datetime, person: bool = False
) -> None:
    given = marks.Mark(
        score=0 if person else 3, points=4, auto_score=None if person else 3, needs_person=person,
        verdict="partial",
    )  # fmt: skip
    result = pipeline.Result(notebook="n", marks={"t": given}, executed=None, runs={}, notes=(), seconds=0)
    with world.database.write() as connection:
        current = gradings.current(connection, got.id)
        assert current is not None
        claimed = gradings.claim(connection, current.id, now=at)
        assert claimed is not None
        scores.save(connection, claimed, scores.rows([result], {}), now=NOW)
        assert gradings.finish(connection, claimed, state="marked", now=at)


def marked(world: builders.World, since: datetime.datetime, now: datetime.datetime) -> list[float]:
    found = news(world, world.sam, since, now)
    assert news(world, world.kim, since, now).marked == ()
    assert found.news == len(found.marked)
    return [each.score for each in found.marked]


def test_marks_are_told_once_they_show(world: builders.World) -> None:
    public = handed_in(world)
    assert marked(world, LEFT - HOUR, NOW) == []
    assert marked(world, NOW, DUE + HOUR) == [3]
    (told,) = news(world, world.sam, NOW, DUE + HOUR).marked
    wanted = returning.Marked(lesson="one", title="One", submission=public, score=3, max_score=4, part=False)
    assert told == wanted
    assert marked(world, DUE + HOUR, DUE + 2 * HOUR) == []


def test_marks_that_staff_release_are_told(world: builders.World) -> None:
    handed_in(world)
    with world.database.write() as connection:
        for at in (NOW, NOW + HOUR / 2):
            lessons.release_marks(connection, world.one, by=world.teacher.person, now=at)
    assert marked(world, NOW - HOUR, NOW + HOUR / 2) == [3]
    assert marked(world, NOW, NOW + HOUR / 2) == []


def test_late_marks_are_told_and_the_same_again_are_not(world: builders.World) -> None:
    handed_in(world, at=DUE + 2 * HOUR)
    assert marked(world, DUE + HOUR, DUE + 3 * HOUR) == [3]
    with world.database.write() as connection:
        got = gradings.current(connection, 1)
        assert got is not None
        work = submissions.by_id(connection, got.submission_id)
        gradings.again(connection, work, got.release_id, now=DUE + 4 * HOUR)
    grade(world, work, at=DUE + 5 * HOUR)
    assert marked(world, DUE + 3 * HOUR, DUE + 6 * HOUR) == []


def test_a_held_mark_is_told_when_the_hold_ends(world: builders.World) -> None:
    handed_in(world)
    teacher = world.teacher.person
    with world.database.write() as connection:
        for reason, at in (("wrong test", LEFT), ("still wrong", DUE + 2 * HOUR)):
            holds.put(connection, world.one, "t", reason, by=teacher, now=at)
    assert marked(world, NOW, DUE + 2 * HOUR) == []
    with world.database.write() as connection:
        holds.end(connection, world.one, "t", by=teacher, now=DUE + 3 * HOUR)
    assert marked(world, DUE + HOUR, DUE + 4 * HOUR) == [3]
    assert marked(world, DUE + 3 * HOUR, DUE + 4 * HOUR) == []


def test_what_only_a_person_can_mark_is_told_when_they_did(world: builders.World) -> None:
    handed_in(world, person=True)
    assert marked(world, NOW, DUE + HOUR) == []
    for score, at in ((2.0, DUE + 2 * HOUR), (2.5, DUE + 4 * HOUR)):
        with world.database.write() as connection:
            (work,) = submissions.of_lesson(connection, world.one.id)
            scores.put_by_person(
                connection, work, ("n", "t"), score=score, comment="", by=world.teacher.person, now=at
            )
    assert marked(world, DUE + HOUR, DUE + 5 * HOUR) == [2.5]
    # It was seen before it was changed.
    assert marked(world, DUE + 3 * HOUR, DUE + 5 * HOUR) == []


def test_lessons_open_and_are_released_anew(world: builders.World) -> None:
    opens = datetime.datetime(2027, 1, 1, 7, tzinfo=datetime.UTC)
    with world.database.read() as connection:
        two = lessons.find(connection, world.course, "two")
    for lesson in (world.one, two):
        publish.publish(
            world.database, world.blobs, lesson, builders.bundle(), by=world.teacher.person, now=NOW + HOUR
        )
    found = news(world, world.sam, NOW, NOW + 2 * HOUR)
    assert [(each.lesson, each.number) for each in found.released] == [("one", 2)]
    assert (found.opened, found.news) == ((), 1)
    found = news(world, world.sam, opens - HOUR, opens + HOUR)
    assert found.opened == (returning.Opened(lesson="two", title="Two", at=opens),)
    assert (found.released, found.news) == ((), 1)
    found = news(world, world.sam, RELEASED - HOUR, NOW + 2 * HOUR)
    assert found.opened == (returning.Opened(lesson="one", title="One", at=RELEASED),)
    assert (found.released, found.news) == ((), 1)
    # What one released oneself is no news.
    assert news(world, world.teacher, NOW, NOW + 2 * HOUR).released == ()


def test_dates_of_the_next_seven_days_come_in_order(world: builders.World) -> None:
    def ahead(now: datetime.datetime) -> list[tuple[str, str, bool]]:
        found = news(world, world.sam, LEFT, now)
        return [(each.lesson, each.kind, each.done) for each in found.ahead]

    opens = datetime.datetime(2027, 1, 1, 7, tzinfo=datetime.UTC)
    assert ahead(DUE - 8 * DAY) == []
    assert ahead(NOW) == [("one", "due", False)]
    handed_in(world)
    assert ahead(NOW) == [("one", "due", True)]
    assert ahead(DUE + HOUR) == [("one", "closes", True)]
    assert ahead(DUE + 2 * DAY) == []
    assert ahead(opens - 7 * DAY) == [("two", "opens", False)]
    assert ahead(opens - 8 * DAY) == []


def test_on_a_first_visit_nothing_is_new(world: builders.World) -> None:
    Talk(world=world, now=AWAY).begin(world.teacher, "news", "@[sam]", kind="announcement")
    with world.database.write() as connection:
        assert returning.last_here(connection, world.sam, now=NOW) is None
        assert news(world, world.sam, None) == returning.Returning(since=None)
        visits.note(connection, world.sam, now=LEFT)
        assert returning.last_here(connection, world.sam, now=NOW) == LEFT
