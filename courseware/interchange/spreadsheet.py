"""The marks of a class for a spreadsheet.

In: the table of a class. Out: CSV. No cell of it is a formula, whatever people are called.
"""

import csv
import io
import re

from courseware.grading import grades

# The beginning of a cell, also where a spreadsheet divides lines at another sign than the comma; then what it
# overlooks, with more beginnings in it; then what begins a formula.
_BEGINS = re.compile(
    '((?:^|[;,|\\t\\r\\n])[\\s\\x00-\\x20"\ufeff\u200b;,|]*+)([=+@\uff1d\uff0b\uff0d\uff20-])?+'
)


def to_csv(table: grades.Class) -> str:
    """The class as CSV: one line a person, per lesson points, maximum and how late in hours. Points are empty
    as long as a person has to mark a part of them; the last column names those lessons, and the total is
    without them.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    headings = ["username", "name", "email"]
    for lesson, _ in table.lessons:
        headings += [lesson.slug, f"{lesson.slug} max", f"{lesson.slug} late hours"]
    writer.writerow([*headings, "total", "total max", "still to mark"])
    for member in table.members:
        line: list[str] = [member.person.username, member.person.name, member.person.email or ""]
        total = most = 0.0
        waiting: list[str] = []
        for lesson, points in table.lessons:
            cell = table.cells.get((member.person.id, lesson.id))
            score = table.settled(member.person.id, lesson.id)
            if score is None and table.final(member.person.id, lesson.id) is not None:
                waiting.append(lesson.slug)
            hours = cell.late_seconds / 3600 if cell else 0.0
            line += [_number(score), f"{points:g}", f"{hours:.1f}" if hours else ""]
            total, most = total + (score or 0.0), most + points
        writer.writerow([harmless(text) for text in line] + [f"{total:g}", f"{most:g}", " ".join(waiting)])
    return out.getvalue()


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, nor a part of it where it divides lines otherwise."""
    made = _BEGINS.sub(lambda found: f"{found[1]}'{found[2]}" if found[2] else found[1], text)
    return f"'{made}" if made.startswith(("\t", "\r")) else made  # some look behind these at the start


def _number(score: float | None) -> str:
    return "" if score is None else f"{score:g}"
