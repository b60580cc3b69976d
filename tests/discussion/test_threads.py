"""Threads and posts on both databases: what is said, counted, read and changed, and by whom it is seen."""

import dataclasses
import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware import errors
from courseware.course import lessons, model
from courseware.discussion import audience, look, mentions, moderation, threads, write
from courseware.discussion import model as talk
from courseware.exchange import publish
from tests import builders
from tests.builders import NOW

LATER = datetime.timedelta(minutes=5)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def words(body: str = "Why?", **given: object) -> talk.Words:
    return talk.Words(body=body, **given)  # type: ignore[arg-type]  # a test names what it sets


def ask(
    world: builders.World,
    who: model.Viewer,
    body: str = "Why?",
    *,
    now: datetime.datetime = NOW,
    **given: object,
) -> talk.Thread:
    """Begin a thread on the lesson `one`."""
    anonymous = bool(given.pop("anonymous", False))
    wish = talk.Beginning(words=words(body, anonymous=anonymous), **given)  # type: ignore[arg-type]
    place = talk.Place(course=world.course, lesson=world.one)
    with world.database.write() as connection:
        return write.begin(connection, who, place, wish, now=now)


def reply(
    world: builders.World, who: model.Viewer, thread: str, body: str = "So.", **given: object
) -> talk.Post:
    with world.database.write() as connection:
        return write.reply(connection, who, thread, words(body, **given), now=NOW + LATER)


def seen(world: builders.World, who: model.Viewer, **given: object) -> list[str]:
    """The beginnings of the threads that somebody sees."""
    place = talk.Place(course=world.course, lesson=world.one)
    with world.database.read() as connection:
        found = look.listed(connection, who, place, now=NOW + LATER, **given)  # type: ignore[arg-type]
    return [each.excerpt for each in found.threads]


def counted(world: builders.World, who: model.Viewer) -> talk.Count:
    with world.database.read() as connection:
        return look.discussion(connection, who, world.one, now=NOW + LATER).cells.get("a", talk.Count())


def test_what_one_says_is_unread_for_the_other_and_not_for_oneself(world: builders.World) -> None:
    thread = ask(world, world.sam, key="a")
    assert counted(world, world.kim) == talk.Count(threads=1, posts=1, unread=1, open=1)
    assert counted(world, world.sam).unread == 0
    reply(world, world.kim, thread.id)
    assert counted(world, world.sam) == talk.Count(threads=1, posts=2, unread=1, open=1)
    with world.database.write() as connection:
        moderation.saw(connection, world.sam, thread.id, 99, now=NOW)
    assert counted(world, world.sam).unread == 0
    with world.database.write() as connection:
        moderation.saw(connection, world.sam, thread.id, 1, now=NOW)
    assert counted(world, world.sam).unread == 0


def test_each_thread_is_read_on_its_own(world: builders.World) -> None:
    first, second = ask(world, world.sam, "one", key="a"), ask(world, world.sam, "two", key="a")
    reply(world, world.sam, second.id)
    with world.database.write() as connection:
        moderation.saw(connection, world.kim, second.id, 1, now=NOW)
    assert counted(world, world.kim) == talk.Count(threads=2, posts=3, unread=2, open=2)
    with world.database.write() as connection:
        moderation.saw(connection, world.kim, first.id, 1, now=NOW)
    assert counted(world, world.kim).unread == 1
    assert seen(world, world.kim, wanted="unread") == ["two"]


def test_what_somebody_writes_before_reading_stays_unread_of_others(world: builders.World) -> None:
    thread = ask(world, world.sam, key="a")
    reply(world, world.kim, thread.id)
    reply(world, world.sam, thread.id, "And another thing")
    assert counted(world, world.sam).unread == 1


def test_an_anonymous_author_is_a_number_to_peers_and_a_name_to_staff(world: builders.World) -> None:
    thread = ask(world, world.sam, anonymous=True)
    reply(world, world.kim, thread.id, anonymous=True)
    reply(world, world.sam, thread.id, "I too", anonymous=True)

    def names(who: model.Viewer) -> list[tuple[str | None, str, bool]]:
        with world.database.read() as connection:
            page = look.thread(connection, who, thread.id, now=NOW)
        return [(post.author.id, post.author.name, post.author.me) for post in page.posts]

    assert [name for _, name, _ in names(world.kim)] == ["Anonymous 1", "Anonymous 2", "Anonymous 1"]
    assert {key for key, _, _ in names(world.kim)} == {None}
    assert [me for _, _, me in names(world.sam)] == [True, False, True]
    assert names(world.teacher)[0][1] == "sam (Anonymous 1)"
    from_lab = model.Viewer(person=world.teacher.person, course=world.course, role="owner", ceiling="lab")
    assert names(from_lab)[0] == (None, "Anonymous 1", False)


def test_a_private_question_is_its_authors_and_staffs(world: builders.World) -> None:
    thread = ask(world, world.sam, "only you", kind="private")
    assert seen(world, world.kim) == []
    assert seen(world, world.sam) == seen(world, world.teacher) == ["only you"]
    with pytest.raises(errors.UserError) as refused:
        reply(world, world.kim, thread.id)
    with pytest.raises(errors.UserError) as absent:
        reply(world, world.kim, "thr_" + "a" * 26)
    assert refused.value.message == absent.value.message


def test_a_lesson_that_is_not_open_has_no_discussion_for_students(world: builders.World) -> None:
    with world.database.read() as connection:
        two = lessons.find(connection, world.course, "two")
    publish.publish(world.database, world.blobs, two, builders.bundle(), by=world.teacher.person, now=NOW)
    place = talk.Place(course=world.course, lesson=two)
    wish = talk.Beginning(words=words("early"))
    with world.database.write() as connection:
        thread = write.begin(connection, world.teacher, place, wish, now=NOW)
        with pytest.raises(errors.UserError, match="not open yet"):
            write.begin(connection, world.sam, place, wish, now=NOW)
        board = talk.Place(course=world.course)
        assert look.listed(connection, world.sam, board, now=NOW).threads == ()
        with pytest.raises(errors.UserError, match="no such discussion"):
            look.thread(connection, world.sam, thread.id, now=NOW)
        opened = datetime.datetime(2027, 1, 2, tzinfo=datetime.UTC)
        assert len(look.listed(connection, world.sam, board, now=opened).threads) == 1


@pytest.mark.parametrize("key", ["made-up", "a' or 1=1", "x" * 10_000])
def test_a_made_up_cell_is_no_place_to_talk(world: builders.World, key: str) -> None:
    with pytest.raises(errors.UserError, match="no such cell"):
        ask(world, world.sam, key=key)


@pytest.mark.parametrize(
    ("body", "says"), [("", "empty"), (" \n ", "empty"), ("\x00\u202e", "empty"), ("x" * 20_001, "most")]
)
def test_words_that_cannot_be_said(world: builders.World, body: str, says: str) -> None:
    with pytest.raises(errors.UserError, match=says):
        ask(world, world.sam, body)


def test_a_student_writes_ten_comments_a_minute_and_staff_as_many_as_it_takes(world: builders.World) -> None:
    thread = ask(world, world.sam)
    for _ in range(9):
        reply(world, world.teacher, thread.id)
        with world.database.write() as connection:
            write.reply(connection, world.sam, thread.id, words(), now=NOW)
    with (
        world.database.write() as connection,
        pytest.raises(errors.UserError, match="a lot at once") as refused,
    ):
        write.reply(connection, world.sam, thread.id, words(), now=NOW)
    assert refused.value.code == "too-many"
    reply(world, world.teacher, thread.id)


def test_a_change_keeps_what_was_said_before(world: builders.World) -> None:
    thread = ask(world, world.sam)
    post = reply(world, world.kim, thread.id, "first")
    with world.database.write() as connection:
        changed = write.edit(connection, world.kim, post.id, "second", now=NOW)
        assert (changed.body, changed.edits) == ("second", 1)
        with pytest.raises(errors.UserError, match="cannot be changed"):
            write.edit(connection, world.teacher, post.id, "mine", now=NOW)
        kept = look.edits(connection, world.teacher, post.id, now=NOW)
        assert [each.body for each in kept] == ["first"]
        with pytest.raises(errors.UserError, match="author and staff"):
            look.edits(connection, world.sam, post.id, now=NOW)


def test_a_deleted_comment_is_gone_and_comes_back(world: builders.World) -> None:
    thread = ask(world, world.sam, key="a")
    post = reply(world, world.kim, thread.id, "secret")

    def turn(who: model.Viewer, state: talk.PostState) -> talk.Post:
        with world.database.write() as connection:
            change = moderation.PostChange(state=state)
            return moderation.change_post(connection, who, post.id, change, now=NOW)

    assert turn(world.kim, "deleted").body == ""
    assert counted(world, world.teacher).posts == 1
    with pytest.raises(errors.UserError, match="cannot restore"):
        turn(world.sam, "shown")
    assert turn(world.kim, "shown").body == "secret"
    assert turn(world.teacher, "hidden").state == "hidden"
    with pytest.raises(errors.UserError, match="cannot restore"):
        turn(world.kim, "shown")


def test_an_answer_settles_the_question(world: builders.World) -> None:
    thread = ask(world, world.sam)
    post = reply(world, world.kim, thread.id, "Because.")
    assert seen(world, world.teacher, wanted="unanswered") == []
    with world.database.write() as connection:
        with pytest.raises(errors.UserError, match="cannot endorse"):
            moderation.change_post(
                connection, world.sam, post.id, moderation.PostChange(endorsed=True), now=NOW
            )
        moderation.change_post(connection, world.sam, post.id, moderation.PostChange(answer=True), now=NOW)
        moderation.change_post(
            connection, world.teacher, post.id, moderation.PostChange(endorsed=True), now=NOW
        )
        page = look.thread(connection, world.kim, thread.id, now=NOW)
    assert (page.thread.state, page.thread.endorsed, page.posts[1].answer) == ("resolved", True, True)
    assert seen(world, world.kim, wanted="endorsed") == ["Why?"]


def test_a_locked_thread_is_read_only_for_students(world: builders.World) -> None:
    thread = ask(world, world.sam)
    with world.database.write() as connection:
        moderation.change_thread(
            connection, world.teacher, thread.id, moderation.ThreadChange(locked=True), now=NOW
        )
    with pytest.raises(errors.UserError, match="closed"):
        reply(world, world.kim, thread.id)
    reply(world, world.teacher, thread.id)


def test_a_mention_reaches_who_may_see_it(world: builders.World) -> None:
    ask(world, world.sam, "@[kim] look, @[tess] too, @[nobody] not")
    ask(world, world.sam, "@[kim] @[tess]", kind="private")
    with world.database.read() as connection:
        told = [e for e in builders.events(connection) if e.kind == "person.mentioned"]
        assert mentions.named(connection, world.sam, "te") == [(world.teacher.person.public, "tess")]
    people = [each.data["person"] for each in told]
    assert people.count(world.kim.person.public) == 1
    assert people.count(world.teacher.person.public) == 2


def test_a_list_goes_on_where_its_page_ended(world: builders.World) -> None:
    for number in range(threads.PAGE + 5):
        ask(world, world.teacher, f"t{number:02}", now=NOW + datetime.timedelta(seconds=number))
    place = talk.Place(course=world.course)
    with world.database.read() as connection:
        first = look.listed(connection, world.sam, place, now=NOW + LATER)
        second = look.listed(connection, world.sam, place, cursor=first.next, now=NOW + LATER)
        assert second.next is None
        told = [each.excerpt for each in (*first.threads, *second.threads)]
        assert told == [f"t{number:02}" for number in reversed(range(threads.PAGE + 5))]
        for bad in ("x", "1.2", "2.1.a", "1.99999999999999999999999.a"):
            with pytest.raises(errors.UserError):
                look.listed(connection, world.sam, place, cursor=f"x{bad}", now=NOW)


def test_a_long_thread_opens_where_one_stopped_reading(world: builders.World) -> None:
    thread = ask(world, world.teacher)
    for number in range(2, 101):
        reply(world, world.teacher, thread.id, str(number))

    def page(**place: int) -> tuple[int, int, str | None, str | None]:
        with world.database.read() as connection:
            found = look.thread(connection, world.sam, thread.id, now=NOW, **place)
        return found.posts[0].number, found.posts[-1].number, found.earlier, found.later

    assert page() == (1, 30, None, "30")
    assert page(after=30) == (31, 60, "31", "60")
    with world.database.write() as connection:
        moderation.saw(connection, world.sam, thread.id, 60, now=NOW)
    assert page() == (46, 75, "46", "75")
    assert page(before=46) == (16, 45, "16", "45")
    with world.database.write() as connection:
        moderation.saw(connection, world.sam, thread.id, 100, now=NOW)
    assert page() == (71, 100, "71", None)


def test_reactions_and_reports_are_once_and_not_ones_own(world: builders.World) -> None:
    thread = ask(world, world.sam)
    with world.database.write() as connection:
        first = look.thread(connection, world.kim, thread.id, now=NOW).posts[0].id
        for _ in range(2):
            post = moderation.react(connection, world.kim, first, "thanks", on=True, now=NOW)
        assert post.reactions == (talk.ReactionCount(kind="thanks", count=1, mine=True),)
        with pytest.raises(errors.UserError, match="cannot react"):
            moderation.react(connection, world.sam, first, "thanks", on=True, now=NOW)
        for _ in range(2):
            moderation.report(connection, world.kim, first, "rude", now=NOW)
        kinds = [each.kind for each in builders.events(connection)]
    assert kinds.count("post.reported") == 1


def test_following_is_ones_own_choice(world: builders.World) -> None:
    thread = ask(world, world.sam)
    with world.database.write() as connection:
        row = threads.find(connection, world.sam, thread.id, now=NOW)
        moderation.follow(connection, world.sam, thread.id, following=False, now=NOW)
        write.reply(connection, world.sam, thread.id, words("again"), now=NOW)
        write.reply(connection, world.kim, thread.id, words("I see"), now=NOW)
        assert audience.of(connection, row["public"]).followers == {world.kim.person.id}


def test_what_was_sent_along_from_an_exercise_is_for_staff(world: builders.World) -> None:
    sent = talk.Attachment(cell="print(solution)", traceback="")
    thread = ask(world, world.sam, key="a")
    with world.database.write() as connection:
        row = threads.find(connection, world.sam, thread.id, now=NOW)
        threads.change(connection, row["id"], {"graded": True})
        write.reply(connection, world.sam, thread.id, words("mine", attachment=sent), now=NOW)

        def attached(who: model.Viewer) -> talk.Attachment | None:
            return look.thread(connection, who, thread.id, now=NOW).posts[1].attachment

        assert attached(world.kim) is None
        assert attached(world.sam) == attached(world.teacher) == sent


def test_a_held_thread_waits_until_both_are_due(world: builders.World) -> None:
    thread = ask(world, world.sam, "my loop", key="a")
    with world.database.write() as connection:
        row = threads.find(connection, world.sam, thread.id, now=NOW)
        threads.change(connection, row["id"], {"held": True})
        place = talk.Place(course=world.course)
        due = datetime.datetime(2026, 11, 23, 13, 1, tzinfo=datetime.UTC)
        for who, before in ((world.kim, 0), (world.sam, 1), (world.teacher, 1)):
            assert len(look.listed(connection, who, place, now=NOW).threads) == before
            assert len(look.listed(connection, who, place, now=due).threads) == 1


def test_the_journal_holds_ids_and_no_text(world: builders.World) -> None:
    thread = ask(world, world.sam, "A very private matter", title="Delicate")
    reply(world, world.kim, thread.id, "Another secret")
    with world.database.read() as connection:
        told = str([(each.kind, each.subject, dict(each.data)) for each in builders.events(connection)])
        assert connection.execute(sa.text("select count(*) from journal")).scalar_one() > 0
    for text in ("private", "Delicate", "secret"):
        assert text not in told


def test_a_name_that_is_called_reads_as_a_name_and_a_hidden_author_stays_hidden(
    world: builders.World,
) -> None:
    ask(world, world.kim, "See @[tess] and `@[sam]`, **please**", anonymous=True)
    assert seen(world, world.sam) == ["See @tess and @sam, please"]
    place = talk.Place(course=world.course, lesson=world.one)
    peers = dataclasses.replace(world.sam, ceiling="pages")
    with world.database.read() as connection:
        (thread,) = look.listed(connection, peers, place, now=NOW + LATER).threads
    assert (thread.author.name, "kim" in repr(thread)) == ("Anonymous 1", False)
