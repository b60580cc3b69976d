"""Notices, what people chose about letters, and the letter that tries the mail server."""

from courseware import errors, language
from courseware.mail import message
from courseware.mail import sender as port
from courseware.notices import items, letters, model, preferences, trial
from courseware.notices import notices as table
from courseware.service import call, render, types_notices


def listed(request: call.Call) -> model.Items:
    """A page of one's own notices."""
    cursor = request.query.get("cursor")
    return items.page(request.connection, request.viewer, cursor=cursor, now=request.now)


def seen(request: call.Call) -> types_notices.SeenCount:
    """Remember that notices were seen."""
    wish: types_notices.Seen = request.body
    if wish.notices is not None and len(wish.notices) > 500:
        raise errors.UserError("At most 500 notices are named at once.", code="bad-request")
    viewer = request.viewer
    number = table.saw(request.connection, viewer.person.id, viewer.course.id, wish.notices, now=request.now)
    return types_notices.SeenCount(seen=number)


def chosen(request: call.Call) -> model.Preferences:
    """What holds for the asking person."""
    return preferences.of(request.connection, request.holder.person.id)


def check_may_choose(request: call.Call) -> None:
    """Not from a Jupyter server, where a notebook's code could have marks and private words sent, and not
    with a link that is for signing in.

    Raises:
        UserError: from one of these.
    """
    if request.holder.ceiling not in ("pages", "cli"):
        message_ = "From here you cannot change what is sent to you. Use the course's own pages."
        raise errors.UserError(message_, code="forbidden")


def choose(request: call.Call) -> model.Preferences:
    """Choose anew."""
    wish: types_notices.PreferencesChange = request.body
    check_may_choose(request)
    person = request.holder.person.id
    preferences.choose(request.connection, person, wish.choices)
    if wish.habit is not None:
        preferences.keep_habit(request.connection, person, wish.habit)
    return preferences.of(request.connection, person)


def tried(request: call.Call) -> types_notices.MailTested:
    """Send a letter now.

    Raises:
        UserError: no mail is set up, no address, or the mail server refuses the letter.
        Temporary: the mail server cannot be used now.
    """
    wish: types_notices.MailTest = request.body
    teller = request.service.teller
    if teller.sender is None:
        text = "No mail is set up: courseware.toml needs [mail] host and sender, or folder."
        raise errors.UserError(text, code="conflict")
    try:
        to = message.address(wish.address)
        with request.service.database.read() as connection:
            habit = preferences.of(connection, request.holder.person.id).habit
        words = language.words(habit.language or render.spoken(request))
        trial.send(teller.sender, teller.office, request.course.title, to, words=words, now=request.now)
    except (errors.Permanent, errors.Temporary) as error:
        if isinstance(error, port.Away):
            raise
        raise errors.UserError(error.message) from error
    with request.service.database.read() as connection:
        return types_notices.MailTested(address=to, letters=letters.fate(connection, request.course.id))
