"""Find words in discussions.

In: what somebody typed. Out: a condition on the table of threads. Who sees which thread is not decided here:
the condition is only ever used beside `threads.visible`.
"""

import sqlalchemy as sa

from courseware.discussion import posts, threads

MAX_WORDS = 8


def matches(connection: sa.Connection, query: str) -> sa.ColumnElement[bool]:
    """Threads that have every word, in their title or in one shown post."""
    rule: sa.ColumnElement[bool] = sa.true()
    for word in query.split()[:MAX_WORDS]:
        inside = posts.P.c.body.icontains(word, autoescape=True) & (posts.P.c.state == "shown")
        said = sa.exists(sa.select(posts.P.c.id).where((posts.P.c.thread_id == threads.T.c.id) & inside))
        rule &= said | threads.T.c.title.icontains(word, autoescape=True)
    return rule
