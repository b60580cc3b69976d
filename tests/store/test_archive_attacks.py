"""Archives that no backup of ours wrote: refused in one sentence, and nothing is left of them."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from courseware import errors
from courseware.store import archive, blobs, database, migrate, tables

ABOUT = {"format": 1, "revision": migrate.newest()}
CASES: dict[str, dict[str, Any]] = {
    "a key that is a folder": {"more": {"keys/..": "x"}},
    "a key of another name": {"more": {"keys/../../../evil": "x"}},
    "a key with a line break": {"more": {"keys/a\nb.pem": "x"}},
    "no tables": {"rows": None},
    "a list": {"about": [1]},
    "a number": {"about": 5},
    "no JSON": {"rows": {"course": "not json"}},
    "no row": {"rows": {"course": "[1]"}},
    "an unknown column": {"rows": {"course": '{"id": 1, "evil": 2}'}},
    "nested": {"rows": {"course": '{"id": {"x": 1}}'}},
    "no hex": {"rows": {"course": '{"id": {"hex": "zz"}}'}},
    "SQL in a name": {"rows": {"course": '{"id); drop table course; --": 1}'}},
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_no_backup_is_refused_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    rows: dict[str, str] | None = case.get("rows", {})
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as made:
        made.writestr("about.json", json.dumps(case.get("about", ABOUT)))
        for table in tables.metadata.sorted_tables if rows is not None else ():
            made.writestr(f"tables/{table.name}.jsonl", (rows or {}).get(table.name, ""))
        for path, text in case.get("more", {}).items():
            made.writestr(path, text)
    db = database.open_at(f"sqlite:///{tmp_path / 'x.db'}")
    keys = tmp_path / "state" / "keys"
    try:
        with pytest.raises(errors.UserError, match="no backup"):
            archive.restore(db, blobs.open_at(str(tmp_path / "blobs")), keys, tmp_path / "b.zip")
    finally:
        db.close()
    assert list(keys.glob("*")) == []
