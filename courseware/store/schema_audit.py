"""The table of who used which right: what an auditor reads.

In: the pieces of `columns`. Out: one `Table`.
"""

import sqlalchemy as sa

from courseware.store import columns

AUDITING = {
    "purpose": "to show who used which right over others, and who was refused",
    "retention": "`[audit] keep_days` have passed",
}

access_record = sa.Table(
    "access_record",
    columns.metadata,
    columns.key(),
    sa.Column("at", columns.Instant, nullable=False),
    columns.ref("person", nullable=True, index=False),
    sa.Column("credential", sa.String(40), nullable=True, comment="public id of what let the person in"),
    sa.Column("ceiling", sa.String(8), nullable=True),
    sa.Column(
        "system_user",
        sa.String(128),
        nullable=True,
        comment="who gave a command on the machine itself",
        info=AUDITING,
    ),
    columns.ref("course", nullable=True, index=False),
    sa.Column("role", sa.String(16), nullable=True, info=AUDITING),
    sa.Column("at_most", sa.String(16), nullable=True, info=AUDITING, comment="what the credential ends at"),
    sa.Column("action", sa.String(48), nullable=False, info=AUDITING),
    sa.Column("method", sa.String(8), nullable=False),
    sa.Column("route", sa.String(200), nullable=False, comment="its pattern, or the command"),
    sa.Column("place", sa.String(400), nullable=False, info=AUDITING, comment="what stood in the address"),
    sa.Column("request", sa.String(64), nullable=False, comment="its id, as in the log"),
    sa.Column("allowed", sa.Boolean, nullable=False, info=AUDITING),
    sa.Column("status", sa.Integer, nullable=True, comment="of the answer; null while it is being done"),
    sa.Column("repeated", sa.Boolean, nullable=False, comment="answered as before: nothing was done again"),
    sa.Column("times", sa.Integer, nullable=False, server_default="1", comment="of the same refusal"),
    sa.Column("last", columns.Instant, nullable=False, comment="when it was refused the last time"),
)
sa.Index("ix_access_record_last", access_record.c.last)
sa.Index("ix_access_record_course_id_at", access_record.c.course_id, access_record.c.at)
sa.Index("ix_access_record_person_id_at", access_record.c.person_id, access_record.c.at)
