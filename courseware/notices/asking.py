"""The letter that asks somebody whether a mail is theirs.

In: the letter's row. Out: the message with a link to the page, or nothing when nothing is left to ask. It
holds not a word of the mail: whoever forges a sender must not have us pass on what they wrote.
"""

import datetime

import sqlalchemy as sa

from courseware import language
from courseware.course import courses, manifest, people
from courseware.mail import sender
from courseware.notices import arrivals, confirm, model, preferences, single

_SAID = (
    language.later(
        "A mail to the course “{course}” came in with your address as its sender. Nothing in it shows that "
        "it is yours, so it waits."
    ),
    language.later(
        "If you wrote it, open this page and say so. It then becomes a private discussion between you and "
        "the staff of the course:"
    ),
    language.later("If you did not, do nothing. Nobody gets to read it."),
)


def composed(
    connection: sa.Connection,
    letter: model.Letter,
    *,
    address: str,
    base: str,
    secret: bytes,
    now: datetime.datetime,
) -> sender.Outgoing | None:
    """The message; `address` is where letters come from, `base` the address of the pages.

    Raises:
        UserError: the mail is not there.
        Permanent: an address that letters cannot be sent to.
    """
    row = arrivals.find(connection, letter.slot)
    person = people.by_id(connection, letter.person_id)
    late = row["received"] < now - confirm.VALID
    if row["state"] != "asked" or row["kept"] is None or late or not person.email or not base:
        return None
    course = courses.by_id(connection, letter.course_id)
    chosen = preferences.of(connection, person.id).habit.language
    words = language.words(chosen or manifest.of(course).language)
    said = single.Said(
        subject=words("Did you write this mail?"),
        paragraphs=[words(line).format(course=course.title) for line in _SAID],
        link=base + confirm.path(secret, row["public"]),
        before=2,
    )
    return single.built(letter, person, course, said, words=words, address=address, secret=secret, now=now)
