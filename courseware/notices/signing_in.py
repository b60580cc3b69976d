"""Sign-in links by mail: for whoever asks on the sign-in page, and from staff to a person.

In: an address, or a person. Out: a letter with a link, or nothing. A person gets few of them, whoever asks.
Who asks is not told whether the address is known: they are answered before anybody looks.
"""

import datetime

import sqlalchemy as sa

from courseware import errors, language
from courseware.course import courses, manifest, model, people, sign_in
from courseware.mail import sender
from courseware.notices import letters, preferences, single
from courseware.notices import model as notices_model
from courseware.store import database, schema_notices

PAUSE, DAY, MOST = datetime.timedelta(minutes=5), datetime.timedelta(days=1), 6
PEOPLE = 3
"""Of how many people one address can be."""
_LETTER = schema_notices.letter
_ASKED_FOR = language.later("This link signs a browser in to “{course}” as {name}:")
_FROM_STAFF = language.later("{by} sends you this link. It signs a browser in to “{course}” as {name}:")
_SAID = (
    language.later("The link works once, for 15 minutes. Press “Continue” on the page that it opens."),
    language.later(
        "If you did not ask for it, do nothing: nobody is signed in unless somebody presses “Continue” "
        "there. Do not pass the link on; whoever has it can enter as you."
    ),
)


def known(connection: sa.Connection, address: str) -> bool:
    """Whether anybody has this address."""
    return bool(people.by_email(connection, address.strip()))


def asked(connection: sa.Connection, address: str, secret: bytes, *, now: datetime.datetime) -> int:
    """Queue links for those who have this address; how many. Only for the course whose staff gave the
    address: those of another course never vouched that it is the person's.
    """
    queued = 0
    database.lock(connection, "sign-in links")  # another service may be asked for the same at this moment
    for person in people.by_email(connection, address.strip())[:PEOPLE]:
        key = people.vouched_for(connection, person)
        if key is None or lately(connection, person, now=now):
            continue
        course = courses.by_id(connection, key)
        if people.role(connection, course, person, now=now) is not None:
            queue(connection, person, course, secret, made_by=None, now=now)
            queued += 1
    return queued


def lately(connection: sa.Connection, person: model.Person, *, now: datetime.datetime) -> bool:
    """Whether somebody got a link just now, or as many as there are in a day."""
    mine = (_LETTER.c.person_id == person.id) & (_LETTER.c.kind == "signin")
    query = sa.select(_LETTER.c.created).where(mine & (_LETTER.c.created > now - DAY))
    created = list(connection.execute(query.order_by(_LETTER.c.id.desc()).limit(MOST)).scalars())
    return len(created) == MOST or any(each > now - PAUSE for each in created)


def queue(
    connection: sa.Connection,
    person: model.Person,
    course: model.Course,
    secret: bytes,
    *,
    made_by: str | None,
    now: datetime.datetime,
) -> None:
    """Queue a letter; its slot is the link's public id, and the link itself is written when it is sent."""
    public = sign_in.mailed_link(connection, person, course, secret, made_by=made_by, now=now)
    wish = letters.Wish(
        person_id=person.id, course_id=course.id, kind="signin", thread=None, slot=public, due=now
    )
    letters.insert(connection, [wish], now=now)


def composed(
    connection: sa.Connection,
    letter: notices_model.Letter,
    *,
    address: str,
    base: str,
    secret: bytes,
    now: datetime.datetime,
) -> sender.Outgoing | None:
    """The message; None if the link would not work any more.

    Raises:
        Permanent: an address that letters cannot be sent to.
    """
    token = sign_in.mailed_token(secret, letter.slot)
    try:
        link = sign_in.look(connection, token, now=now)
    except errors.UserError:
        return None
    person, course = link.person, link.course
    if not person.email or not base:
        return None
    chosen = preferences.of(connection, person.id).habit.language
    words = language.words(chosen or manifest.of(course).language)
    by = people.names(connection, [link.terms.made_by]) if link.terms.made_by else {}
    named = {
        "course": course.title,
        "name": person.name or person.username,
        "by": next(iter(by.values()), ""),
    }
    begins = _FROM_STAFF if by else _ASKED_FOR
    said = single.Said(
        subject=words("Your sign-in link"),
        paragraphs=[words(line).format(**named) for line in (begins, *_SAID)],
        link=f"{base}/sign-in/{token}",
        before=1,
    )
    return single.built(letter, person, course, said, words=words, address=address, secret=secret, now=now)
