"""What is sent to notices and letters over HTTP: one struct per JSON body.

In: nothing. Out: msgspec structs. What is answered are the records of `notices.model`, as they are.
"""

import msgspec

from courseware.notices import model


class Seen(msgspec.Struct, kw_only=True):
    """Notices that were seen, by their ids; without ids all of the course."""

    notices: list[str] | None = None


class SeenCount(msgspec.Struct, kw_only=True):
    """How many of them were new."""

    seen: int


class PreferencesChange(msgspec.Struct, kw_only=True):
    """Choices for some kinds, and the habit if it is to be another one; what is left out stays."""

    choices: dict[model.Kind, model.Choice] = {}
    habit: model.Habit | None = None


class MailTest(msgspec.Struct, kw_only=True):
    """Where a letter is sent to, to see whether it arrives."""

    address: str


class MailTested(msgspec.Struct, kw_only=True):
    """The letter was handed over; what became of the letters of the course until now."""

    address: str
    letters: model.Fate
