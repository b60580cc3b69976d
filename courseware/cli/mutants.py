"""`courseware mutants`: try the tests of lessons with wrong answers, on this machine, with no service."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from courseware import errors, wiring
from courseware.cli import screen

if TYPE_CHECKING:
    from courseware.desk import audit_tests


def mutants(
    *,
    lessons: Annotated[list[str], typer.Argument(help="Lessons.")],
    folder: Annotated[Path, typer.Option("--course-folder", help="The course's folder.")] = Path(),
    right: Annotated[
        list[str] | None, typer.Option(help="A wrong answer that is right after all, by its mark.")
    ] = None,
    minutes: Annotated[float, typer.Option(min=0.1, help="Most time for each lesson.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    unsafe_no_sandbox: Annotated[
        bool, typer.Option(help="Run without a sandbox. Only for code that you trust.")
    ] = False,
) -> None:
    """Make small faults in the key of lessons and list those that still get full marks.

    Example: courseware mutants numbers-and-lists
    """
    from courseware.desk import audit_tests, release
    from courseware.desk import folder as desk_folder
    from courseware.sandbox import port

    parsed, _ = desk_folder.course(folder)
    entries = {entry.slug: entry for entry in parsed.lessons}
    sandbox = wiring.sandbox(unsafe=unsafe_no_sandbox)
    done = {}
    for slug in lessons:
        if slug not in entries:
            raise errors.UserError(f"course.toml lists no lesson {slug!r}. Known: {', '.join(entries)}.")
        wish = release.Wish(files=desk_folder.lesson(folder, entries[slug]), lesson=slug)
        done[slug] = audit_tests.audit(
            wish,
            parsed,
            sandbox=sandbox,
            limits=port.Limits(),
            right=right or (),
            seconds=60 * minutes,
            step=_step,
        )
        if not as_json:
            _told(slug, done[slug])
    if as_json:
        screen.as_json({"lessons": [{"lesson": slug, **dataclasses.asdict(done[slug])} for slug in done]})
    if any(each.through for each in done.values()):
        raise SystemExit(screen.NOT_SO)


def _step(done: int, total: int) -> None:
    if done == total or done % max(1, total // 10) == 0:
        screen.say(f"tried: {done} of {total}")


def _told(slug: str, found: "audit_tests.Audit") -> None:
    """One lesson in words."""
    tried = screen.counted(found.tried, "wrong answer")
    screen.result(f"{slug}: {tried} tried in {found.seconds:g} s, {len(found.through)} got full marks.")
    for each in found.through:
        screen.result(
            f"  {each.notebook}.ipynb ({each.cell}): This wrong answer gets full marks [{each.mark[:8]}]:"
        )
        for line in each.changed:
            screen.result(f"    {line}")
    for where in found.untried:
        screen.result(f"  {where}: no wrong answer could be made of this one.")
    if found.left:
        screen.result(f"  For {found.left} more there was no time. Give more: --minutes")
