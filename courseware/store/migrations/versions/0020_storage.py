"""What each course keeps, each file once, and how much it may; filled from what was uploaded before."""

import json
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_LISTS = (
    ("release", ("manifest",)),
    ("draft_release", ("source", "student")),
    ("submission", ("files",)),
    ("draft", ("files",)),
)


def upgrade() -> None:
    op.create_table(
        "course_file",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_course_file_course_id"),
        sa.PrimaryKeyConstraint("id", name="pk_course_file"),
        sa.UniqueConstraint("course_id", "sha256", name="uq_course_file_course_id_sha256"),
    )
    op.create_table(
        "course_storage",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False, comment="bytes: the sizes of its files together"),
        sa.Column(
            "quota",
            sa.BigInteger(),
            nullable=True,
            comment="bytes; 0 is none, null what the service says for all",
        ),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_course_storage_course_id"),
        sa.PrimaryKeyConstraint("id", name="pk_course_storage"),
        sa.UniqueConstraint("course_id", name="uq_course_storage_course_id"),
    )
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    """Count what is there: a course's files one by one, so that no more than one course is in memory."""
    for (course,) in connection.execute(sa.text("select id from course")).all():
        files: dict[str, int] = {}
        for table, names in _LISTS:
            for name in names:
                files.update(_listed(connection, course, table, name))
        if files:
            connection.execute(
                sa.text("insert into course_file (course_id, sha256, size) values (:course, :sha256, :size)"),
                [{"course": course, "sha256": sha256, "size": size} for sha256, size in files.items()],
            )
            connection.execute(
                sa.text("insert into course_storage (course_id, used) values (:course, :used)"),
                {"course": course, "used": sum(files.values())},
            )


def _listed(connection: sa.Connection, course: int, table: str, name: str) -> Iterator[tuple[str, int]]:
    """Hash and size of each file in a column of file lists."""
    lesson = sa.table("lesson", sa.column("id"), sa.column("course_id"))
    lists = sa.table(table, sa.column("lesson_id"), sa.column(name))
    joined = lists.join(lesson, lesson.c.id == lists.c.lesson_id)
    asked = sa.select(lists.c[name]).select_from(joined).where(lesson.c.course_id == course)
    for (text,) in connection.execute(asked):
        told = json.loads(text)
        for entry in told["student"] + told["instructor"] if table == "release" else told:
            yield entry["sha256"], entry["size"]
