"""All tables together, whichever room's rows they hold: what a backup and a migration must see.

In: the modules of tables. Out: `metadata`, whole.
"""

from types import ModuleType

from courseware.store import (
    columns,
    schema,
    schema_audit,
    schema_checks,
    schema_desk,
    schema_discussion,
    schema_erasure,
    schema_groups,
    schema_notices,
    schema_progress,
    schema_releases,
    schema_review,
    schema_schedule,
    schema_storage,
    schema_trials,
)

MODULES: tuple[ModuleType, ...] = (
    schema,
    schema_groups,
    schema_discussion,
    schema_notices,
    schema_progress,
    schema_releases,
    schema_schedule,
    schema_checks,
    schema_storage,
    schema_audit,
    schema_erasure,
    schema_desk,
    schema_review,
    schema_trials,
)
metadata = columns.metadata
