"""Credentials for calendars, and how often dates changed, so that a calendar takes the later ones."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NAME = "ck_credential_ceiling"
_CEILINGS = "ceiling in ('lab', 'pages', 'cli', 'join', 'signin', 'calendar')"
_COMMENT = "lab, pages, cli, join, signin or calendar"


def upgrade() -> None:
    op.add_column(
        "effective_dates",
        sa.Column(
            "revision",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="how often due or closes changed, for calendars",
        ),
    )
    # SQLite changes no constraint: there the table is made anew.
    with op.batch_alter_table("credential") as credential:
        credential.drop_constraint(op.f(_NAME), type_="check")
        credential.create_check_constraint(op.f(_NAME), _CEILINGS)
        credential.alter_column("ceiling", existing_type=sa.String(length=8), comment=_COMMENT)
