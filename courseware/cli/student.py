"""Commands of students: join, fetch, update, submit, status, feedback, verify."""

import datetime
import hashlib
import json
import os
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from courseware import errors
from courseware.cli import reach, screen, words
from courseware.lab import plans

if TYPE_CHECKING:
    from courseware.lab import copies

Course = Annotated[str | None, typer.Option(help="The course, if you have joined several.")]
Root = Annotated[Path, typer.Option("--folder", help="The folder that your courses lie in.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def join(
    link: Annotated[str, typer.Argument(help="The link that you were given.")], as_json: AsJson = False
) -> None:
    """Join a course with the link that you were given.

    Example: courseware join https://courses.example.org/join/cw_join_…
    """
    from courseware.lab import connections, work

    try:
        port = urllib.parse.urlsplit(link.strip()).port
    except ValueError:
        port = -1
    if port == -1 or any(sign.isspace() for sign in link.strip()):
        raise errors.UserError("This is no join link. It looks like https://HOST/join/….")
    connection = work.join(link, connections.file_of(os.environ))
    if as_json:
        told = {"course": connection.course, "title": connection.title, "person": connection.person}
        screen.as_json({**told, "url": connection.url, "public_key": connection.public_key})
        return
    if connection.ceiling == "cli":
        screen.result(
            f"This command line may do in {connection.title!r} what {connection.person} can as"
            f" {connection.role}, until {connection.expires[:10]}. End it: courseware sign-ins list"
        )
        return
    screen.result(f"You have joined {connection.title!r} as {connection.person}. Next: courseware status")


def fetch(
    lesson: Annotated[str, typer.Argument(help="The lesson.")],
    course: Course = None,
    root: Root = Path(),
    as_json: AsJson = False,
) -> None:
    """Get a lesson; files that you have are never written over.

    Example: courseware fetch numbers-and-lists
    """
    from courseware.lab import work

    with reach.joined(course) as (service, connection):
        got = work.get(service, connection, root, lesson)
    if as_json:
        screen.as_json(
            {"folder": str(got.copy.folder), "created": got.created, "kept": got.kept, "notes": got.notes}
        )
        return
    for note in got.notes:
        screen.say(note)
    screen.result(f"{got.copy.folder}: {len(got.created)} files written, {len(got.kept)} of yours kept.")


def update(
    lesson: Annotated[str, typer.Argument(help="The lesson.")],
    course: Course = None,
    root: Root = Path(),
    *,
    look: Annotated[bool, typer.Option("--look", help="Only show what would change.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last update back.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring a newer release into your copy; what you wrote stays, and it can be taken back.

    Example: courseware update numbers-and-lists --look
    """
    from courseware.lab import updating, work

    if look and undo:
        raise errors.UserError("Use --look or --undo, not both.")
    with reach.joined(course) as (service, connection):
        copy = _copy(root, connection.course, lesson)
        if look:
            plan = work.preview(service, copy)
            done = updating.Done(copy=copy, changed=(), notes=plan.notes, steps=plan.steps)
        else:
            done = work.undo_update(copy) if undo else work.update(service, copy)
    if as_json:
        told = {"release": done.copy.release, "files": updating.told(done.steps)}
        screen.as_json({**told, "changed": list(done.changed), "notes": list(done.notes)})
        return
    for step in done.steps:
        screen.result(f"{step.path}: {_WHAT[step.what]}")
        for change in step.changes:
            place = f", below {change.place!r}" if change.place else ""
            screen.result("\n".join([f"  {_KIND[change.kind]}{place}", *(f"    {x}" for x in change.diff)]))
    for note in done.notes:
        screen.say(note)
    state = "would change" if look else "changed"
    count = len(done.steps) if look else len(done.changed)
    screen.result(f"{count} files {state}; your copy is of release {done.copy.release}.")


_WHAT = {
    "merged": "the new release and what you wrote, together",
    "replaced": "new; yours was as it was released",
    "added": "new in this release",
    "beside": "you have changed it, so the new one comes beside it",
}
_KIND = {
    "changed": "changed by the course",
    "added": "added by the course",
    "removed": "removed by the course",
    "returned": "you had deleted it; it is back",
    "both": "changed by the course and by you: both are there",
    "kept": "removed by the course; yours stays",
}


def _copy(root: Path, course: str, lesson: str) -> "copies.Copy":
    """The working copy of a lesson.

    Raises:
        UserError: there is none in this folder.
    """
    from courseware.lab import copies

    copy = copies.find(copies.place(root, course, lesson))
    if copy is None:
        raise errors.UserError(
            f"You have no copy of {lesson!r} in {root.resolve()}. Get it: courseware fetch {lesson}"
        )
    return copy


def submit(
    lesson: Annotated[str, typer.Argument(help="The lesson.")],
    course: Course = None,
    root: Root = Path(),
    again: Annotated[
        bool, typer.Option("--again", help="Send what was refused before once more, as it was then.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Hand in a lesson. If the service is away it waits here and goes out with the next call.

    Example: courseware submit numbers-and-lists
    """
    from courseware.lab import work

    with reach.joined(course) as (service, connection):
        copy = _copy(root, connection.course, lesson)
        now = datetime.datetime.now(datetime.UTC)
        handed = work.again(service, copy) if again else work.submit(service, copy, now=now)
    for each in handed.refused:
        screen.say(
            f"One from {screen.moment(each.put)} was refused before: {each.reason}"
            f" It lies in {each.folder}; `courseware submit {lesson} --again` sends it as it was."
        )
    if as_json:
        told = handed.answer or {"reason": handed.reason}
        screen.as_json({"queued": handed.answer is None, "files": handed.files, **told})
    if handed.answer is None:
        screen.say(f"{handed.reason} Your hand-in waits here; run `courseware submit {lesson}` again.")
        raise SystemExit(screen.LATER)
    if as_json:
        return
    submission = handed.answer["submission"]
    late = f", late by {words.span(submission['late_seconds'])}" if submission["late_seconds"] else ""
    screen.result(
        f"Handed in {', '.join(handed.files)}{late}. Receipt {submission['id']} is kept with your copy."
    )
    if submission.get("missing"):
        screen.result(
            f"Not in this hand-in: {', '.join(submission['missing'])}. What belongs there counts as not done."
            f" Get it back with `courseware fetch {lesson}`, and submit again."
        )


def status(
    lesson: Annotated[str | None, typer.Argument(help="One lesson.")] = None,
    course: Course = None,
    as_json: AsJson = False,
) -> None:
    """Show lessons, dates, hand-ins and marks.

    Example: courseware status
    """
    with reach.joined(course) as (service, _):
        told: dict[str, Any] = (
            {"lessons": [service.lesson(lesson)], "progress": None} if lesson else service.way()
        )
        zone = "UTC" if as_json else str(plans.plan(service)["zone"])
    if as_json:
        screen.as_json(told)
        return
    progress: dict[str, Any] = told["progress"] or {"lessons": [], "next": None}
    steps = {each["lesson"]: words.step(each, progress["next"]) for each in progress["lessons"]}
    rows = [
        [
            each["slug"],
            each["title"],
            each["state"],
            steps.get(each["slug"], ""),
            screen.moment(each["due"], zone) if each["due"] else "",
            words.hand_in(each),
        ]
        for each in told["lessons"]
    ]
    screen.table(["lesson", "title", "state", "way", f"due ({zone})", "hand-in"], rows)
    if progress["lessons"]:
        screen.result(words.way(progress))


def feedback(
    lesson: Annotated[str, typer.Argument(help="The lesson.")],
    course: Course = None,
    root: Root = Path(),
    as_json: AsJson = False,
) -> None:
    """Show marks, and write the feedback beside your copy.

    Example: courseware feedback numbers-and-lists
    """
    from courseware.lab import copies

    with reach.joined(course) as (service, connection):
        counting = service.lesson(lesson)["submission"]
        if counting is None:
            raise errors.UserError(f"You have handed in nothing for {lesson!r}.")
        submission = service.submission(counting["id"])
        notebooks = service.feedback(submission["id"]) if submission["state"] == "marked" else []
        folder = copies.place(root, connection.course, lesson) / copies.FOLDER / "feedback"
    for each in notebooks:
        copies.write(folder / f"{Path(each['notebook']).name}.html", each["html"].encode())
    if as_json:
        screen.as_json(
            {
                "submission": submission,
                "files": [str(folder / f"{Path(n['notebook']).name}.html") for n in notebooks],
            }
        )
        return
    screen.result(words.work(submission))
    for exercise in submission["exercises"]:
        score = "–" if exercise["score"] is None else f"{exercise['score']:g}"
        comment = f"  {exercise['comment']}" if exercise["comment"] else ""
        verdict = exercise["verdict"]
        if exercise.get("withheld"):
            part = exercise["visible_part"]
            verdict = f"visible part: {part}; points after the due date" if part else "after the due date"
        screen.result(f"  {exercise['key']}: {score} of {exercise['points']:g} ({verdict}){comment}")
    if notebooks:
        screen.result(f"Feedback: {folder}")


def verify(
    receipt: Annotated[Path, typer.Argument(help="A receipt, or a copy.json with receipts in it.")],
    target: Annotated[Path, typer.Argument(help="The file or folder that was handed in.")],
    key: Annotated[
        str | None,
        typer.Option(
            help="The course's public key (base64), if you have it from elsewhere. Without it: the key that"
            " you joined the course with, else that of copy.json; if none is known, the exit code is 1."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a receipt without any service: the signature, and every file byte by byte.

    The key must be the one given with --key, else the one that you joined the course with, else the one in
    the copy's own copy.json. Where none of them is known, the receipt is not said to hold (exit code 1). Of
    several files that were handed in, one is checked alone if you name it.

    Example: courseware verify receipt.json numbers-and-lists/
    """
    from courseware import receipt as signed

    try:
        text = receipt.read_text(encoding="utf-8")
        body = signed.read(text)
        files, only = _files(target, body)
    except (OSError, UnicodeDecodeError):
        raise errors.UserError(f"{receipt} or {target} cannot be read.") from None
    pinned = {key} if key else _pinned(body["course"], text, target)
    found = signed.problems(body, files, pinned=pinned, only=only)
    if as_json:
        holds = bool(pinned) and not found
        told = {"holds": holds, "problems": found, "key_known": bool(pinned)}
        screen.as_json({**told, "files": sorted(only or files), "receipt": body})
        raise SystemExit(screen.OK if holds else screen.NOT_SO)
    for problem in found:
        screen.result(problem)
    if found:
        raise SystemExit(screen.NOT_SO)
    count = len(body["files"])
    checked = f"{count} files" if only is None else f"{len(only)} of {count} files"
    if not pinned:
        screen.result(
            f"{checked} of {body['lesson']} as in the receipt, signed by {body['public_key']}; not compared"
            " with the course's key. Give that with --key."
        )
        raise SystemExit(screen.NOT_SO)
    screen.result(f"The receipt holds: {checked} of {body['lesson']}, received {body['received']}.")


def _pinned(course: str, text: str, target: Path) -> set[str]:
    """The course's keys that are known here: of joining it, else of the copy."""
    from courseware.lab import connections, copies

    joined = {
        each.public_key
        for each in connections.read(connections.file_of(os.environ))
        if each.course == course and each.public_key
    }
    if joined:
        return joined
    told = json.loads(text)
    if isinstance(told.get("public_key"), str) and isinstance(told.get("receipts"), list):
        return {told["public_key"]} - {""}
    copy = copies.find(target if target.is_dir() else target.parent)
    return {copy.public_key} - {""} if copy is not None and copy.course == course else set()


def _files(target: Path, body: dict[str, Any]) -> tuple[dict[str, bytes], set[str] | None]:
    """The files of a receipt from a folder; or the one file given, and its name in the receipt.

    Raises:
        UserError: the file is none of them.
    """
    known = {str(entry["path"]): str(entry["sha256"]) for entry in body["files"]}
    if target.is_dir():
        return {name: (target / name).read_bytes() for name in known if (target / name).is_file()}, None
    data = target.read_bytes()
    meant = [name for name in known if Path(name).name == target.name]
    if not meant:
        raise errors.UserError(f"{target.name} is none of the files of this receipt: {', '.join(known)}.")
    # Two folders may hold a file of one name; the one that was given is the one that fits.
    same = [name for name in meant if known[name] == hashlib.sha256(data).hexdigest()]
    return {(same or meant)[0]: data}, {(same or meant)[0]}
