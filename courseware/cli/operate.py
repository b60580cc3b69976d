"""Commands of those who run a service: serve, migrate, backup, restore, keys, env."""

import datetime
import os
from pathlib import Path
from typing import Annotated

import typer

from courseware import errors, settings, wiring
from courseware.cli import acting, reach, screen

Config = Annotated[Path | None, typer.Option(help="The deployment's courseware.toml.")]
Folder = Annotated[Path, typer.Option("--course-folder", help="The course's folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def serve(
    folder: Annotated[Path | None, typer.Argument(help="A course folder to serve.")] = None,
    config: Config = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Where to listen; 0 takes a free one.")
    ] = None,
    unsafe_no_sandbox: Annotated[
        bool, typer.Option(help="Mark without a sandbox. Only for code that you trust.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Say as JSON where it is, once it answers.")
    ] = False,
) -> None:
    """Run the course service until it is stopped.

    Example: courseware serve my-course
    """
    import dataclasses

    from courseware.service import app

    told = reach.load_settings(config)
    if port is not None:
        told = dataclasses.replace(told, service=dataclasses.replace(told.service, port=port))
    if unsafe_no_sandbox:
        told = dataclasses.replace(told, grading=dataclasses.replace(told.grading, sandbox="none"))

    def ready(address: app.Address) -> None:
        if as_json:
            screen.as_json({"url": address.url, "pages": address.pages, "state": str(address.state)})
            return
        screen.result(f"Serving at {address.url}; pages at {address.pages}; state in {address.state}.")

    app.run(
        told,
        folder or (Path() if Path("course.toml").is_file() else None),
        environment=os.environ,
        ready=ready,
    )


def migrate(folder: Folder = Path(), config: Config = None, as_json: AsJson = False) -> None:
    """Bring the database to this version's schema.

    Example: courseware migrate --config courseware.toml
    """
    from courseware.store import database
    from courseware.store import migrate as store_migrate

    told = reach.load_settings(config)
    address = told.store.database or f"sqlite:///{state_of(folder, told) / 'courseware.db'}"
    db = database.open_at(address)
    try:
        changed = store_migrate.upgrade(db)
        if db.dialect == "postgresql":
            from courseware.jobs import tables

            with store_migrate.changing(db) as connection:
                changed = tables.upgrade(connection) or changed
    finally:
        db.close()
    if as_json:
        screen.as_json({"changed": changed})
        return
    screen.result("The database was brought up to date." if changed else "The database is up to date.")


def backup(
    target: Annotated[Path, typer.Argument(help="The file to write.")],
    course: Annotated[
        str | None, typer.Option(help="One course alone, to take it to another service.")
    ] = None,
    folder: Folder = Path(),
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Write everything into one file, while the service goes on.

    Example: courseware backup course-2026-11-23.zip
    """
    from courseware.course import courses
    from courseware.store import archive

    told = reach.load_settings(config)
    state = state_of(folder, told)
    with wiring.opened(told, state=state) as (db, blobs, _), screen.progress("parts", archive.STEPS) as step:
        with db.read() as connection:
            only = courses.find(connection, course).id if course else None
        keys = state / "keys"
        archive.backup(db, blobs, keys, target, course_id=only, step=lambda _: step())
    if as_json:
        screen.as_json({"file": str(target), "bytes": target.stat().st_size})
        return
    screen.result(f"Wrote {target}.")


def restore(
    source: Annotated[Path, typer.Argument(help="A file that backup wrote.")],
    erased: Annotated[
        Path | None, typer.Option(help="erased.jsonl of the state folder from before, kept beside backups.")
    ] = None,
    folder: Folder = Path(),
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Restore a backup into an empty place. Who was erased since is erased again.

    Example: courseware restore course-2026-11-23.zip --erased erased.jsonl
    """
    from courseware.desk import erase
    from courseware.store import archive

    told = reach.load_settings(config)
    state = state_of(folder, told)
    told_of = erased or state / erase.FILE
    with wiring.opened(told, state=state) as (db, blobs, _), screen.progress("parts", archive.STEPS) as step:
        archive.restore(db, blobs, state / "keys", source, step=lambda _: step())
        gone = 0
        if erased or told_of.is_file():
            with db.write() as connection:
                gone = erase.again(connection, told_of, state=state, now=wiring.utc_now())
    if as_json:
        screen.as_json({"file": str(source), "state": str(state), "erased": gone})
        return
    again = f" {screen.counted(gone, 'person')} of it erased again." if gone else ""
    screen.result(f"Restored {source}.{again}")


keys = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="The keys that sign receipts.\n\nExample: courseware keys list",
)


@keys.command("list")
def list_keys(folder: Folder = Path(), config: Config = None, as_json: AsJson = False) -> None:
    """List the course's keys; receipts name them.

    Example: courseware keys list
    """
    from courseware.course import courses
    from courseware.desk import folder as desk_folder
    from courseware.exchange import keys as exchange_keys

    told = reach.load_settings(config)
    with wiring.opened(told, state=state_of(folder, told)) as (db, _, _), db.read() as connection:
        course = courses.find(connection, desk_folder.course(folder)[0].slug)
        found = [
            {"id": public, "public_key": key, "made": _wire(made), "until": until and _wire(until)}
            for public, key, made, until in exchange_keys.everything(connection, course)
        ]
    if as_json:
        screen.as_json({"keys": found})
        return
    rows = [[str(value or "signs now") for value in key.values()] for key in found]
    screen.table(["id", "public key", "made", "until"], rows)


def _wire(instant: datetime.datetime) -> str:
    """A time as it goes over the wire, to the second."""
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


@keys.command("rotate")
def rotate(folder: Folder = Path(), config: Config = None, as_json: AsJson = False) -> None:
    """Make a new key for receipts from now on; old receipts stay valid.

    Example: courseware keys rotate
    """
    from courseware.course import courses, permissions
    from courseware.desk import folder as desk_folder
    from courseware.service import embedded

    told = reach.load_settings(config)
    state, slug = state_of(folder, told), desk_folder.course(folder)[0].slug
    change = acting.Change(command="keys rotate", action=permissions.Action.CHANGE_COURSE, course=slug)
    with acting.here(told, state, change) as (connection, ring):
        course = courses.find(connection, slug)
        made = ring.rotate(connection, course, now=wiring.utc_now())
        embedded.tell_key(connection, course, state)
    if as_json:
        screen.as_json({"id": made})
        return
    screen.result(f"Receipts are signed with {made} from now on.")


@keys.command("check")
def check(folder: Folder = Path(), config: Config = None, as_json: AsJson = False) -> None:
    """Check that no receipt of the course's log was changed, taken out or put in.

    Example: courseware keys check
    """
    from courseware.course import courses
    from courseware.desk import folder as desk_folder
    from courseware.exchange import receipts

    told = reach.load_settings(config)
    with wiring.opened(told, state=state_of(folder, told)) as (db, _, _), db.read() as connection:
        course = courses.find(connection, desk_folder.course(folder)[0].slug)
        broken = receipts.broken_link(connection, course)
    if as_json:
        screen.as_json({"holds": broken is None, "broken_at": broken})
        raise SystemExit(screen.OK if broken is None else screen.NOT_SO)
    if broken is not None:
        screen.result(f"Receipt {broken} does not follow from the one before: the log was changed there.")
        raise SystemExit(screen.NOT_SO)
    screen.result("The log of receipts holds.")


env = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="The Python that the course's code runs in.\n\nExample: courseware env show",
)


@env.command("show")
def show_env(folder: Folder = Path(), as_json: AsJson = False) -> None:
    """Show the course's Python and the fingerprint of its packages.

    Example: courseware env show
    """
    from courseware.desk import folder as desk_folder
    from courseware.sandbox import pythons

    parsed, _ = desk_folder.course(folder)
    found = pythons.inspect(Path(parsed.python) if parsed.python else pythons.current())
    if as_json:
        told = {"python": str(found.executable), "version": found.version}
        screen.as_json({**told, "fingerprint": found.fingerprint})
        return
    screen.result(f"{found.executable} (Python {found.version}), packages {found.fingerprint[:16]}")


@env.command("build")
def build_env(folder: Folder = Path(), as_json: AsJson = False) -> None:
    """Build the course's Python from the requirements that course.toml names.

    Example: courseware env build
    """
    import subprocess
    import venv

    from courseware.desk import folder as desk_folder

    parsed, _ = desk_folder.course(folder)
    if not parsed.requirements:
        raise errors.UserError(
            'course.toml names no requirements. Add: [environment] requirements = "requirements.txt".'
        )
    listed = folder / parsed.requirements
    if not listed.is_file():
        raise errors.UserError(
            f"course.toml names the requirements {parsed.requirements!r}; {listed} is not there."
        )
    target = state_of(folder, reach.load_settings()) / "python"
    venv.create(target, with_pip=True)
    python = target / "bin" / "python"
    done = subprocess.run([python, "-m", "pip", "install", "--quiet", "ipykernel", "-r", listed], check=False)
    if done.returncode:
        raise errors.UserError(f"pip could not install {listed}; see its message above.")
    if as_json:
        screen.as_json({"python": str(python)})
        return
    screen.result(f'Built {python}. Put into course.toml: [environment] python = "{python}"')


def state_of(folder: Path, told: settings.Settings) -> Path:
    """The state folder: the configured one, that of the course in the folder, or that of a service without
    one.
    """
    if told.store.state:
        return Path(told.store.state)
    if not (folder / "course.toml").is_file() and (told.store.database or told.hub.public):
        return settings.state_folder("service", told, os.environ)
    return reach.state_of(folder, told)
