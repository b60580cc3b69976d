"""Wrong answers are tried by the queue, piece by piece: how far each audit is, and which job runs it. A draft
keeps what a release of it would hold, so that it is shown as students would get it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_STATES = "state in ('waiting', 'running', 'done', 'failed')"


def upgrade() -> None:
    with op.batch_alter_table("test_audit") as table:
        table.add_column(sa.Column("state", sa.String(length=16), nullable=True))
        table.add_column(sa.Column("attempt", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(
            sa.Column("job", sa.BigInteger(), nullable=True, comment="of the worker that runs it")
        )
    # What was not over when the service was stopped begins anew, as it did until now.
    op.execute("update test_audit set state = 'waiting', done = 0, total = 0")
    op.execute("update test_audit set state = 'done' where found is not null")
    op.execute("update test_audit set state = 'failed' where problem <> ''")
    with op.batch_alter_table("test_audit") as table:
        table.alter_column("state", existing_type=sa.String(length=16), nullable=False)
        table.alter_column(
            "found",
            existing_type=sa.Text(),
            existing_comment="JSON: what got through; none until all is tried",
            comment="JSON: what got through so far",
        )
        table.create_check_constraint("ck_test_audit_state", _STATES)
    op.create_index("ix_test_audit_state", "test_audit", ["state", "id"])
    op.add_column(
        "draft_release",
        sa.Column(
            "manifest",
            sa.Text(),
            nullable=False,
            server_default="",
            comment="as of a release, without files of instructors; empty where it was not kept yet",
        ),
    )
