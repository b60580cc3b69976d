"""What a student reads after marking: their notebook with what it printed, points and hints; never a hidden
test.

In: the result of a grading and the notebook as students have it. Out: a page or a fragment of HTML. The
source of a test is the released one; what a test with hidden parts printed is left out: its values and
traceback would tell the tests. The author's hint (the text of a failing visible assert) stays.
"""

import ast
import html
import re
from collections.abc import Mapping

from courseware.grading import marks, pipeline
from courseware.notebook import cells, files
from courseware.notebook import html as notebook_html

_WORDS: dict[marks.Verdict, str] = {
    "pass": "All points",
    "partial": "Some points",
    "fail": "Not yet right",
    "error": "Stopped with an error",
    "timeout": "Took too long",
    "memory": "Needed too much memory",
    "output-limit": "Printed too much",
    "crashed": "The process ended",
    "protocol": "Was stopped",
    "not-run": "Was not run",
    "no-answer": "No answer",
    "manual": "Waits for a person",
    "missing": "Cell is missing",
}
_PART = {"pass": "The visible part passed", "partial": "The visible part passed in part"}
BY_PERSON = "Marked by a person"
LATER = "Points are shown after the due date"
HINT = 500
VERDICTS: tuple[marks.Verdict, ...] = tuple(_WORDS)
STYLE = """ :root{color-scheme:light dark;--line:#d5d8de;--ok:#137333;--bad:#b3261e;--soft:#f4f5f7}
        @media(prefers-color-scheme:dark){:root{--line:#3c4048;--ok:#7bd88f;--bad:#ff9b90;--soft:#23262c}}
        :root[data-theme=dark]{color-scheme:dark;--line:#3c4048;--ok:#7bd88f;--bad:#ff9b90;--soft:#23262c}
        :root[data-theme=light]{color-scheme:light;--line:#d5d8de;--ok:#137333;--bad:#b3261e;--soft:#f4f5f7}
        body{font:16px/1.55 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;
        background:Canvas;color:CanvasText}
        pre{overflow:auto;padding:.6rem .8rem;border-radius:.4rem;background:var(--soft);font-size:.86rem}
        pre.error,pre.stderr{border-left:3px solid var(--bad)}
        blockquote{margin:.2rem 0 .6rem;padding:.2rem .9rem;border-inline-start:3px solid var(--line)}
        blockquote p{margin:.3rem 0;white-space:pre-line}
        .mark{display:flex;gap:.8rem;align-items:baseline;border-top:1px solid var(--line);padding:.5rem 0
        .2rem;margin-top:1rem} .mark .points{font-weight:600;font-variant-numeric:tabular-nums} .mark.pass
        .verdict{color:var(--ok)}.mark.fail .verdict,.mark.error .verdict{color:var(--bad)}
        img{max-width:100%}iframe{width:100%;border:1px solid var(--line)}table{border-collapse:collapse}
        th,td{border:1px solid var(--line);padding:.25rem .6rem}
        """


def fragment(
    result: pipeline.Result, student: files.Notebook, *, waiting: Mapping[str, bool] | None = None
) -> str:
    """The feedback on one notebook; `student` is the released version, whose test sources may be shown.

    `waiting` are the tests whose points are not shown yet, and whether students have a part of each.
    """
    if result.error:
        return f'<p class="refused" dir="auto">{html.escape(result.error)}</p>'
    released = {cells.grade_id(cell): cell for cell in student["cells"]}
    parts = [f'<p class="note">{html.escape(note)}</p>' for note in result.notes]
    for cell in result.executed["cells"] if result.executed else []:
        key = cells.grade_id(cell)
        given = result.marks.get(key or "")
        shown = _shown(cell, released.get(key) if key else None, result)
        parts.append(f'<section class="cell" id="{html.escape(cell["id"])}">')
        if given is not None and key in (waiting or {}):
            parts.append(_waits(given, key or "", part=(waiting or {})[key or ""]))
        elif given is not None:
            parts.append(_mark(given, key or ""))
        parts += [notebook_html.in_words(notebook_html.cell(shown)), "</section>"]
    return "\n".join(parts)


def page(result: pipeline.Result, student: files.Notebook, *, title: str) -> str:
    """The feedback as a page of its own."""
    total = f'<p class="total">{result.score:g} of {result.points:g} points</p>'
    return document(total + fragment(result, student), title=title)


def document(body: str, *, title: str) -> str:
    """A fragment as a page that loads nothing and runs nothing."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head><body>"
        f'<main><h1 dir="auto">{html.escape(title)}</h1>{body}</main></body></html>'
    )


def words(verdict: marks.Verdict) -> str:
    """A verdict for people."""
    return _WORDS[verdict]


def words_of_part(verdict: str) -> str:
    """The verdict on the part of a test that students have, for people; nothing for none."""
    if verdict not in _WORDS:
        return ""
    return _PART.get(verdict) or f"The visible part: {_WORDS[verdict]}"


def hints(result: pipeline.Result, student: files.Notebook) -> dict[str, str]:
    """What the author says where a test failed, by key: the text of the failing assert, if students have it.

    A text that stands in the released source is the author's to students. One of a test with hidden parts
    that does not is hidden too, and so is one that was computed.
    """
    released = {cells.grade_id(cell): cell for cell in student["cells"]}
    found = {}
    for cell in result.executed["cells"] if result.executed else []:
        key = cells.grade_id(cell)
        mark, run, given = result.marks.get(key or ""), result.runs.get(cell["id"]), released.get(key)
        if key is None or mark is None or run is None or given is None or mark.verdict != "fail":
            continue
        text = next((str(o.get("evalue", "")) for o in run.outputs if o.get("output_type") == "error"), "")
        if text.strip() and (not hides(cell, given) or text in _literals(given["source"])):
            found[key] = text.strip()[:HINT]
    return found


def _literals(source: str) -> set[str]:
    """The texts that stand in a source as they are."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def hides(marking_cell: files.Cell, released: files.Cell | None) -> bool:
    """Whether a test has parts that students do not have."""
    return released is None or _bare(marking_cell["source"]) != _bare(released["source"])


def _bare(source: str) -> str:
    return re.sub(r"\s+", "", source)


def _shown(cell: files.Cell, released: files.Cell | None, result: pipeline.Result) -> files.Cell:
    """The cell as its author may see it."""
    known = cells.marking(cell)
    run = result.runs.get(cell["id"])
    if known is not None and known.kind in ("tests", "task"):
        if hides(cell, released):
            source = released["source"] if released else "# (this test is not shown)"
            return {**cell, "source": source, "outputs": []}
    elif known is not None and known.protected and released is not None:
        cell = {**cell, "source": released["source"]}
    return (
        {**cell, "outputs": [dict(o) for o in run.outputs]} if run and cell["cell_type"] == "code" else cell
    )


def by_person(made: str, key: str, *, score: float, points: float, said: str) -> str:
    """A fragment as it was kept, with what a person has said of an exercise since in place of what was said
    when the machine had done its part. `said` is sanitised HTML.
    """
    before = re.compile(
        r'<div class="mark [a-z-]+">(?:<span class="(?:points|verdict)">[^<]*</span>){2}'
        rf'<span class="key">{re.escape(html.escape(key))}</span></div>'
    )
    told = _line("manual", f"{score:g} / {points:g}", BY_PERSON, key)
    if said:
        told += f'<blockquote dir="auto">{said}</blockquote>'
    return before.sub(lambda _: told, made, count=1)


def at_cell(made: str, cell: str, key: str, said: str) -> str:
    """A fragment as it was kept, with what a person has said at the cell of this id, else at the exercise of
    this key; at its end where it has neither. `said` is sanitised HTML.
    """
    told = f'<blockquote dir="auto">{said}</blockquote>\n'
    marks_of = (
        f'<section class="cell" id="{html.escape(cell)}">',
        f'<span class="key">{html.escape(key)}</span>',
    )
    here = next((at for mark in marks_of if (at := made.find(mark)) >= 0), -1)
    # What is within is sanitised or escaped, so the next end of a section is its own.
    end = made.find("</section>", here) if here >= 0 else len(made)
    return f"{made[:end]}{told}{made[end:]}"


def _mark(given: marks.Mark, key: str) -> str:
    """The line above an exercise."""
    points = f"{given.score:g} / {given.points:g}" if not given.needs_person else f"– / {given.points:g}"
    return _line(given.verdict, points, words(given.verdict), key)


def _line(kind: str, points: str, said: str, key: str) -> str:
    return (
        f'<div class="mark {kind}"><span class="points">{points}</span>'
        f'<span class="verdict">{said}</span><span class="key">{html.escape(key)}</span></div>'
    )


def _waits(given: marks.Mark, key: str, *, part: bool) -> str:
    """The line above an exercise whose points are not shown yet."""
    told = words_of_part(given.verdict) if part else ""
    said, kind = (f"{told}. {LATER}", given.verdict) if told else (LATER, "waits")
    return _line(kind, f"– / {given.points:g}", said, key)
