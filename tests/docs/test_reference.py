"""The reference pages say what the code does."""

import re
from pathlib import Path

import pytest

from courseware.course import limits, manifest, reading
from courseware.store import tables
from tests.docs import reference

# What is no personal datum by itself: keys between tables, ids, states, times that order rows. A column that
# is in neither list must be judged before it can exist.
PLAIN = {
    "added", "anchor", "anonymous", "answer", "at", "attempt", "ceiling", "changed_by",
    "claimed", "claimed_by", "client_key", "closes", "content_hash", "created",
    "current", "data", "decided", "decided_by",
    "due", "edited", "edited_by", "ended", "ended_by", "endorsed", "environment", "erased", "event",
    "exercise", "expires", "feedback_hash", "fingerprint", "finished", "given", "given_by", "graded", "hash",
    "held", "held_by", "since", "aside",
    "hidden", "hint", "job", "kept", "kind", "last", "locked", "manifest", "marked", "marked_by",
    "marks_policy", "marks_released", "moment", "needs_person", "notebook", "notes", "number", "opens",
    "paused", "phase", "pinned", "points", "position", "post", "previous_hash", "priority", "public",
    "public_key", "published", "published_by", "queued", "reader", "reason", "received", "release_number",
    "reported", "set_by",
    "request_hash", "retired", "revoked", "secret_hash", "sequence", "slot", "slug", "started", "state",
    "status", "subject", "test_mode", "thread", "time_zone", "title", "used", "verdict", "version",
    "line", "listed", "revision", "rule", "xid",
    "asked", "asked_by", "done", "found", "mark", "planned_by", "problem", "said", "said_by", "total",
    "withdrawn", "withdrawn_by",
    "question",
    "accept", "gives", "gives_days", "made_by", "made_from", "report", "source", "student", "uploaded",
    "applied", "applied_by", "draft", "started_by", "step",
    "uploaded_by", "quota", "sha256", "size", "credential", "method", "request", "repeated", "route", "times",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(reference.PAGES))
def test_a_generated_page_is_as_the_code_says(name: str) -> None:
    kept = (reference.FOLDER / name).read_text(encoding="utf-8")
    assert kept == reference.PAGES[name](), "run: python -m tests.docs.reference"


def test_every_column_is_either_tagged_or_judged_to_be_none_of_a_persons() -> None:
    unjudged = [
        f"{table.name}.{column.name}"
        for table in tables.metadata.tables.values()
        for column in table.c
        if not {"purpose", "retention"} <= column.info.keys()
        and column.name not in PLAIN
        and not re.fullmatch(r"id|\w+_id", column.name)
    ]
    assert unjudged == []


def test_course_toml_is_documented_name_by_name() -> None:
    text = (reference.FOLDER / "course-toml.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## \[+(\w+)\]+\n(.+?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL))
    known = {
        "course": manifest._COURSE,
        "policies": manifest._POLICIES,
        "pace": reading.PACE,
        "attention": reading.ATTENTION,
        "groups": reading.GROUP,
        "environment": manifest._ENVIRONMENT,
        "limits": limits.NAMES,
        "lessons": manifest._LESSON,
    }
    told = {
        name: set(re.findall(r"^\| `(\w+)` \|", part, flags=re.MULTILINE)) for name, part in sections.items()
    }
    known["policies"] = {
        **manifest._POLICIES,
        **dict.fromkeys((*reading.LATE, *reading.ATTEMPTS, *reading.COMPLETE, *reading.QUIZ)),
    }
    assert told == {name: set(names) for name, names in known.items()}


def test_the_example_is_a_course() -> None:
    text = (reference.FOLDER / "course-toml.md").read_text(encoding="utf-8")
    (example, _) = re.findall(r"```toml\n(.+?)```", text, flags=re.DOTALL)
    assert [lesson.slug for lesson in manifest.parse(example).lessons] == ["numbers-and-lists"]


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[2] / "docs").rglob("*.md")), ids=lambda path: str(path.stem)
)
def test_links_and_pictures_are_there(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_the_index_names_every_page() -> None:
    docs = Path(__file__).parents[2] / "docs"
    named = set(re.findall(r"\]\(([^)#:]+)\)", (docs / "README.md").read_text(encoding="utf-8")))
    assert named == {str(page.relative_to(docs)) for page in docs.glob("*/*.md")}
