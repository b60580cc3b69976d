"""What the documents link to is there: files, headings, and every picture is in one of them."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s:]+)\)")
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def targets(path: Path) -> list[tuple[Path, str]]:
    """The files that a document links to, with the heading where it names one."""
    found = []
    for target in LINK.findall(FENCED.sub("", path.read_text(encoding="utf-8"))):
        name, _, heading = target.partition("#")
        found.append(((path.parent / name).resolve() if name else path, heading))
    return found


def headings(path: Path) -> set[str]:
    """The names of a document's headings, as they are made where it is shown."""
    text = FENCED.sub("", path.read_text(encoding="utf-8"))
    titles = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for file, heading in targets(path):
        assert file.exists(), f"{path.name} links to {file}"
        if heading and file.suffix == ".md":
            assert heading in headings(file), f"{path.name} links to {heading} of {file.name}"


def test_every_picture_is_shown() -> None:
    told = "".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    assert [path.name for path in (ROOT / "docs" / "images").iterdir() if path.name not in told] == []
