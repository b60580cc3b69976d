"""Words of posts and a full-text index over them: FTS5 on SQLite, GIN on PostgreSQL."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Words are folded already and stand between blanks: every sign above ASCII belongs to one.
SQLITE = (
    """CREATE VIRTUAL TABLE post_words USING fts5(
        words, content='post', content_rowid='id', tokenize="ascii tokenchars '_'")""",
    """CREATE TRIGGER post_words_insert AFTER INSERT ON post BEGIN
        INSERT INTO post_words(rowid, words) VALUES (new.id, new.words); END""",
    """CREATE TRIGGER post_words_delete AFTER DELETE ON post BEGIN
        INSERT INTO post_words(post_words, rowid, words) VALUES ('delete', old.id, old.words); END""",
    """CREATE TRIGGER post_words_update AFTER UPDATE OF words ON post BEGIN
        INSERT INTO post_words(post_words, rowid, words) VALUES ('delete', old.id, old.words);
        INSERT INTO post_words(rowid, words) VALUES (new.id, new.words); END""",
    "INSERT INTO post_words(post_words) VALUES ('rebuild')",
)
POSTGRESQL = (
    """CREATE INDEX ix_post_words ON post USING gin (array_to_tsvector(string_to_array(words, ' ')))"""
)


def upgrade() -> None:
    op.add_column(
        "post",
        sa.Column("words", sa.Text(), nullable=False, server_default="", comment="what search finds it by"),
    )
    post = sa.table(
        "post", *(sa.column(name) for name in ("id", "thread_id", "number", "state", "body", "words"))
    )
    thread = sa.table("thread", sa.column("id"), sa.column("title"))
    connection = op.get_bind()
    found = sa.select(post.c.id, post.c.number, post.c.state, post.c.body, thread.c.title)
    for row in connection.execute(found.join(thread, thread.c.id == post.c.thread_id)).all():
        text = (row.title if row.number == 1 else "") + " " + (row.body if row.state == "shown" else "")
        words = " ".join(dict.fromkeys(_words(text)))
        connection.execute(post.update().where(post.c.id == row.id).values(words=words))
    for statement in SQLITE if connection.dialect.name == "sqlite" else (POSTGRESQL,):
        op.execute(sa.text(statement.replace(":", r"\:")))


def _words(text: str) -> list[str]:
    """Words as search knew them at this revision, for scripts with blanks between words."""
    plain = "".join(c if c.isalnum() or c == "_" else " " for c in text.casefold())
    return [word[:64] for word in plain.split()]
