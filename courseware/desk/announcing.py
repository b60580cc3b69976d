"""What a change of course.toml has to be told to students about: that staff look for who may need a word.

In: the course before and after, and who changed it. Out: an announcement on the course's board, once, when it
is enabled; who gets letters of announcements gets one. Nothing where it was enabled already or is not now.
"""

import datetime

import sqlalchemy as sa

from courseware import language
from courseware.course import manifest, model
from courseware.discussion import model as talk
from courseware.discussion import write

TITLE = language.later("Whether you may need a word")
BODY = language.later(
    "In your first weeks here staff have a list of people to whom they may want to write. It looks at "
    "whether you have opened a lesson, when you handed in last, due dates of yours that have passed, "
    "exercises that do not come right, and questions of yours that nobody answered. It ranks nobody, "
    "decides nothing, and knows nothing else about you. Weeks:"
)
"""As on the page of what staff can see, whose words are translated."""


def tell(
    connection: sa.Connection,
    viewer: model.Viewer,
    before: manifest.Manifest | None,
    after: manifest.Manifest,
    *,
    now: datetime.datetime,
) -> None:
    """Announce what was enabled; the viewer may announce."""
    if after.attention is None or (before is not None and before.attention is not None):
        return
    told = language.pages(after.language)
    body = talk.Words(body=f"{told(BODY)} {after.attention}.")
    wish = talk.Beginning(kind="announcement", title=told(TITLE), words=body)
    write.begin(connection, viewer, talk.Place(course=viewer.course), wish, now=now)
