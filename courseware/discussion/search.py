"""Find words in discussions.

In: what somebody typed. Out: a condition on the table of threads. Who sees which thread is not decided here:
the condition is only ever used beside `sight.visible`. The full-text index follows the posts by itself:
triggers keep SQLite's FTS5 table, PostgreSQL's index is over the column.
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from courseware.discussion import fold, posts, threads

MAX_WORDS = 8
_FTS = sa.table("post_words", sa.column("rowid"))


def matches(connection: sa.Connection, query: str) -> sa.ColumnElement[bool]:
    """Threads that have every word, or a longer one that begins so, in their title or shown posts."""
    wanted = fold.wanted(query)[:MAX_WORDS]
    rule: sa.ColumnElement[bool] = sa.true() if wanted else sa.false()
    for word in wanted:
        begun = _sqlite(word) if connection.dialect.name == "sqlite" else _postgresql(word)
        rule &= threads.T.c.id.in_(sa.select(posts.P.c.thread_id).where(begun))
    return rule


def _sqlite(word: str) -> sa.ColumnElement[bool]:
    said = sa.literal_column("post_words").op("MATCH")(f'"{word}"*')
    return posts.P.c.id.in_(sa.select(_FTS.c.rowid).select_from(_FTS).where(said))


def _postgresql(word: str) -> sa.ColumnElement[bool]:
    listed = sa.func.array_to_tsvector(sa.func.string_to_array(posts.P.c.words, sa.text("' '")))
    said: sa.ColumnElement[bool] = listed.op("@@")(
        sa.cast(sa.literal(f"'{word}':*", sa.Text), postgresql.TSQUERY)
    )
    return said
