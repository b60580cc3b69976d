"""Letters over real SMTP, on both databases: whatever dies, each is one letter in its reader's mailbox."""

import contextlib
import dataclasses
import datetime
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.discussion import moderation
from courseware.mail import folder, sender, smtp
from courseware.notices import letters, outbox, preferences, unsubscribe
from courseware.notices import model as notice_model
from courseware.store import schema_notices
from tests import builders, words
from tests.builders import NOW
from tests.journeys import test_lab_student as lab
from tests.mail import postbox
from tests.notices import told
from tests.notices.told import MINUTE, ask, outgoing, read, reply, states


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    told.addressed(made)
    yield made
    made.close()


def announce(world: builders.World, body: str = "No class on Monday") -> str:
    return ask(world, world.teacher, body, board=True, kind="announcement", title="Monday")


def server(port: int) -> smtp.Smtp:
    return smtp.Smtp(host="127.0.0.1", port=port, security="plain", timeout=10)


def test_a_letter_says_who_answered_and_threads_with_the_others(world: builders.World) -> None:
    thread = ask(world, world.sam, "Why *so*?", title="A question")
    reply(world, world.kim, thread, "Because of `x < 1`", anonymous=True)
    read(world)
    box = postbox.Postbox()
    with postbox.listening(box) as port:
        assert outbox.run(outgoing(world, server(port))) == 1
        assert outbox.run(outgoing(world, server(port))) == 0
    [letter] = box.letters("sam@school.example")
    text, page = postbox.text(letter), postbox.text(letter, "html")
    assert "Anonymous 1 answered your question" in text
    assert "x < 1" in text
    assert "x &lt; 1" in page
    assert not words.has(letter.as_string(), "kim")
    assert letter["Subject"] == "[A course] A question"
    assert letter["In-Reply-To"] == letter["References"] == f"<{thread}@school.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Id"] == "<c.school.example>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(letter["Reply-To"]).startswith("answer+")
    assert "Answer this letter" in text
    assert f"https://c.example/threads/{thread}" in text
    assert "src=" not in page
    assert "<style" not in page


def test_an_anonymous_author_is_a_number_to_staff_too(world: builders.World, tmp_path: Path) -> None:
    with world.database.write() as connection:
        preferences.choose(connection, world.teacher.person.id, {"question": "at-once"})
    ask(world, world.sam, anonymous=True)
    read(world)
    assert outbox.run(outgoing(world, folder.Folder(path=tmp_path / "mail"))) == 1
    [path] = (tmp_path / "mail").glob("*.eml")
    assert "Anonymous 1 asked" in postbox.text(postbox.read(path.read_bytes()))
    assert not words.has(path.read_text(), "sam")


def test_private_words_stay_out_of_letters_unless_chosen(world: builders.World, tmp_path: Path) -> None:
    reply(world, world.teacher, ask(world, world.sam, "My secret", kind="private", title="Hush"), "A secret")
    read(world)
    assert outbox.run(outgoing(world, folder.Folder(path=tmp_path / "one"))) == 1
    [path] = (tmp_path / "one").glob("*.eml")
    assert b"ecret" not in path.read_bytes()
    assert b"Hush" not in path.read_bytes()
    with world.database.write() as connection:
        preferences.keep_habit(connection, world.sam.person.id, notice_model.Habit(texts=True))
    reply(world, world.teacher, ask(world, world.sam, "My secret", kind="private"), "A secret")
    read(world)
    assert outbox.run(outgoing(world, folder.Folder(path=tmp_path / "two"))) == 1
    [path] = (tmp_path / "two").glob("*.eml")
    assert b"A secret" in path.read_bytes()


def test_nothing_left_is_no_letter(world: builders.World, tmp_path: Path) -> None:
    thread = ask(world, world.sam)
    reply(world, world.kim, thread)
    gone = ask(world, world.kim, board=True)
    post = reply(world, world.sam, gone)
    read(world)
    with world.database.write() as connection:
        moderation.saw(connection, world.sam, thread, 2, now=NOW)
        moderation.change_post(connection, world.sam, post, moderation.PostChange(state="deleted"), now=NOW)
    assert outbox.run(outgoing(world, folder.Folder(path=tmp_path / "mail"))) == 0
    assert states(world)[:2] == [("kim", "empty", 1), ("sam", "empty", 1)]
    assert list((tmp_path / "mail").iterdir()) == []


def test_a_server_that_is_away_costs_no_attempt(world: builders.World) -> None:
    announce(world)
    read(world)
    port = lab.free_port()
    for _ in range(50):
        with pytest.raises(sender.Away):
            outbox.run(outgoing(world, server(port)))
    assert states(world) == [("kim", "waiting", 0), ("sam", "waiting", 0)]
    box = postbox.Postbox()
    with postbox.listening(box, port=port):
        assert outbox.run(outgoing(world, server(port))) == 2
    assert states(world) == [("kim", "sent", 1), ("sam", "sent", 1)]
    assert len(box.taken) == 2


def test_a_server_that_dies_after_data_gets_the_same_letter_again(world: builders.World) -> None:
    announce(world)
    read(world)
    box = postbox.Postbox()
    box.die_after_data = 1
    with postbox.listening(box) as port:
        with pytest.raises(sender.Away):
            outbox.run(outgoing(world, server(port)))
        assert sorted(states(world)) == [("kim", "waiting", 0), ("sam", "waiting", 1)] or sorted(
            states(world)
        ) == [("kim", "waiting", 1), ("sam", "waiting", 0)]
        later = outgoing(world, server(port), lambda: NOW + 5 * MINUTE)
        assert outbox.run(later) == 2
    for name in ("sam", "kim"):
        assert len(box.mailbox(f"{name}@school.example")) == 1
    assert len(box.taken) == 3


class Killed(BaseException):
    """The process ends here: nothing after it runs."""


@dataclasses.dataclass(frozen=True)
class Killing:
    """Hands letters on, and dies right after the first one, before the outbox can note it."""

    inner: sender.Sender

    @contextlib.contextmanager
    def open(self) -> Iterator[sender.Session]:
        with self.inner.open() as session:
            yield _Killing(session)


class _Killing:
    def __init__(self, session: sender.Session) -> None:
        self.session = session

    def send(self, letter: sender.Outgoing) -> None:
        self.session.send(letter)
        raise Killed


def test_killed_between_sending_and_noting_it_is_one_letter(world: builders.World) -> None:
    announce(world)
    read(world)
    box = postbox.Postbox()
    with postbox.listening(box) as port:
        with pytest.raises(Killed):
            outbox.run(outgoing(world, Killing(server(port))))
        assert [each[1] for each in states(world)] == ["sending", "sending"]
        assert outbox.run(outgoing(world, server(port), lambda: NOW + 5 * MINUTE)) == 0
        assert outbox.run(outgoing(world, server(port), lambda: NOW + 12 * MINUTE)) == 2
    assert states(world) == [("kim", "sent", 2), ("sam", "sent", 2)]
    for name in ("sam", "kim"):
        assert len(box.mailbox(f"{name}@school.example")) == 1


def test_a_refused_letter_is_given_up_and_holds_nobody_up(world: builders.World) -> None:
    announce(world)
    read(world)
    box = postbox.Postbox()
    box.refuse_recipient = {"kim@school.example": "550 no such mailbox"}
    with postbox.listening(box) as port:
        for hour in range(6):
            now = NOW + MINUTE + datetime.timedelta(hours=hour)
            outbox.run(outgoing(world, server(port), functools.partial(max, now, now)))
    assert states(world) == [("kim", "failed", outbox.REFUSALS), ("sam", "sent", 1)]
    with world.database.read() as connection:
        fate = letters.fate(connection, world.course.id)
    assert (fate.sent, fate.failed) == (1, 1)
    assert "no such mailbox" in fate.reason


def test_a_lost_claim_finishes_nothing(world: builders.World) -> None:
    announce(world)
    read(world)
    with world.database.write() as connection:
        first = letters.claim(connection, 9, now=NOW + MINUTE)
        assert letters.claim(connection, 9, now=NOW + 2 * MINUTE) == []
    with world.database.write() as connection:
        second = letters.claim(connection, 9, now=NOW + 12 * MINUTE)
        assert len(first) == len(second) == 2
        assert not letters.finish(connection, first[0], "sent", now=NOW)
        assert letters.finish(connection, second[0], "sent", now=NOW)
        assert not letters.put_back(connection, second[0], due=NOW, counts=True)


def test_the_link_in_a_letter_ends_its_kind_and_no_other(world: builders.World, tmp_path: Path) -> None:
    announce(world)
    read(world)
    with world.database.write() as connection:
        claims = letters.claim(connection, 9, now=NOW + MINUTE)
        letter = next(each.letter for each in claims if each.letter.person_id == world.sam.person.id)
        token = unsubscribe.token(told.OFFICE.secret, letter.public)
        assert unsubscribe.look(connection, told.OFFICE.secret, token).kinds == ("announcement",)
        assert preferences.of(connection, world.sam.person.id).choices["announcement"] == "at-once"
        for _ in range(2):
            unsubscribe.end(connection, told.OFFICE.secret, token)
        chosen = preferences.of(connection, world.sam.person.id).choices
        assert chosen["announcement"] == "never"
        assert chosen["answer"] == "at-once"
        for bad in ("", token[:-1], token.upper(), "a" * 52):
            with pytest.raises(Exception, match="not from one of our letters"):
                unsubscribe.look(connection, told.OFFICE.secret, bad)


def test_a_letter_reads_a_called_name_as_a_name(world: builders.World, tmp_path: Path) -> None:
    thread = ask(world, world.sam, "Why?", title="")
    reply(world, world.kim, thread, "Ask @[tess], @[sam].", anonymous=True)
    read(world)
    outbox.run(outgoing(world, folder.Folder(path=tmp_path / "mail")))
    found = [postbox.read(path.read_bytes()) for path in (tmp_path / "mail").glob("*.eml")]
    [letter] = [each for each in found if each["To"].addresses[0].username == "sam"]
    for part in ("plain", "html"):
        assert "@[" not in postbox.text(letter, part)
    assert "Ask @tess, @sam." in postbox.text(letter)
    assert not words.has(letter.as_string(), "kim")


def test_a_letter_is_in_the_language_that_its_reader_chose(world: builders.World, tmp_path: Path) -> None:
    german = notice_model.Habit(language="de", texts=True)
    with world.database.write() as connection:
        preferences.keep_habit(connection, world.sam.person.id, german)
        assert preferences.of(connection, world.sam.person.id).habit == german
    announce(world)
    thread = ask(world, world.sam, title="Eine Frage")
    reply(world, world.kim, thread, "Because.", anonymous=True)
    read(world)
    outbox.run(outgoing(world, folder.Folder(path=tmp_path / "mail")))
    found = [postbox.read(path.read_bytes()) for path in (tmp_path / "mail").glob("*.eml")]
    said = {str(each["Subject"]): postbox.text(each) for each in found if "sam@" in str(each["To"])}
    assert "Anonym 1 hat deine Frage beantwortet" in said["[A course] Eine Frage"]
    assert "Keine solchen E-Mails mehr" in said["[A course] Eine Frage"]
    others = [postbox.text(each) for each in found if "kim@" in str(each["To"])]
    assert others
    assert all("No more letters like this" in text for text in others)


HOUR, SECOND = datetime.timedelta(hours=1), datetime.timedelta(seconds=1)


def at(world: builders.World, where: Path, moment: datetime.datetime) -> int:
    """How many letters go out at this moment."""
    return outbox.run(outgoing(world, folder.Folder(path=where), clock=lambda: moment))


def test_a_letter_that_had_to_wait_wakes_nobody(world: builders.World, tmp_path: Path) -> None:
    with world.database.write() as connection:
        habit = notice_model.Habit(quiet_from=None, quiet_until=None)
        preferences.keep_habit(connection, world.kim.person.id, habit)
    announce(world)
    read(world)
    # One in the morning in the course's Berlin; kim reads at any hour.
    assert at(world, tmp_path, NOW + 12 * HOUR) == 1
    assert states(world) == [("kim", "sent", 1), ("sam", "waiting", 0)]
    assert at(world, tmp_path, NOW + 17 * HOUR + 59 * MINUTE) == 0
    assert at(world, tmp_path, NOW + 18 * HOUR) == 1
    assert states(world) == [("kim", "sent", 1), ("sam", "sent", 1)]


def test_a_digest_for_an_hour_that_is_quiet_else_comes_at_that_hour(
    world: builders.World, tmp_path: Path
) -> None:
    with world.database.write() as connection:
        for who in (world.kim, world.sam):
            preferences.choose(connection, who.person.id, {"announcement": "daily"})
            preferences.keep_habit(connection, who.person.id, notice_model.Habit(digest_hour=5))
    announce(world)
    read(world)
    assert at(world, tmp_path, NOW + 16 * HOUR + MINUTE) == 2


def test_a_letter_that_was_refused_is_not_tried_again_at_night(world: builders.World) -> None:
    announce(world)
    read(world)
    evening = NOW + 8 * HOUR + 59 * MINUTE + 30 * SECOND
    with world.database.write() as connection:
        connection.execute(schema_notices.letter.update().values(due=evening))
    box = postbox.Postbox()
    box.refuse_data = "451 not now"
    with postbox.listening(box) as port:
        assert outbox.run(outgoing(world, server(port), clock=lambda: evening)) == 0
        assert states(world) == [("kim", "waiting", 1), ("sam", "waiting", 1)]
        box.refuse_data = ""
        assert outbox.run(outgoing(world, server(port), clock=lambda: evening + 2 * MINUTE)) == 0
        assert outbox.run(outgoing(world, server(port), clock=lambda: evening + 9 * HOUR + MINUTE)) == 2
