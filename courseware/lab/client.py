"""The course service as functions: what students' programs and the command line ask of it.

In: a connection. Out: the JSON that the service answers. Its refusals come back as `UserError` with the
same code and sentence; a service that is away is `Temporary`, and so is whatever else answers at its
address: the sign-in page of a network, a proxy's own error. Redirects are not followed, so a credential goes
nowhere else.
"""

from __future__ import annotations

import json
import secrets
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from courseware import errors
from courseware.lab import connections, refusals

if TYPE_CHECKING:
    import httpx

VERSION = "0.2.0"
SECONDS = 30.0
RELEASE_SECONDS = 900.0
Json = dict[str, Any]
_JOINED = ("credential", "course", "person", "key")


class NobodyThere(errors.Temporary):
    """Nothing listens at the service's address."""


class NoService(errors.Temporary):
    """What answers at the service's address is something else."""


class Client:
    """Speaks to one service with one credential."""

    def __init__(self, url: str, credential: str = "", course: str = "", *, public_key: str = "") -> None:
        self.public_key = public_key
        """What the course's receipts must be signed with, if it is known."""
        self._url = url.rstrip("/")
        self._credential = credential
        self._course = f"/api/v1/courses/{urllib.parse.quote(course, safe='')}"
        self._http: httpx.Client | None = None

    def close(self) -> None:
        """Close the connection."""
        if self._http is not None:
            self._http.close()

    def health(self, nonce: str) -> Json:
        """Whether the service stands, and its answer to a nonce (see `lab.launcher.address`)."""
        return self._json("GET", "/health", query={"nonce": nonce})

    def join(self, token: str, label: str, ceiling: str = "") -> Json:
        """Turn a join link's token into a credential for this machine; with a ceiling, only of that."""
        wish = {"token": token, "label": label, "ceiling": ceiling}
        return self._json("POST", "/api/v1/join", body=wish, needs=_JOINED)

    def hub_sign_in(self, token: str, course: str) -> Json:
        """Turn the token of a Jupyter server at the service's Hub into a credential for this server."""
        wish = {"token": token, "course": course}
        return self._json("POST", "/api/v1/hub-sign-in", body=wish, needs=_JOINED)

    def me(self) -> Json:
        """Who the credential belongs to."""
        return self._json("GET", "/api/v1/me", needs=("person",))

    def course(self) -> Json:
        """The course."""
        return self._json("GET", self._course, needs=("slug",))

    def change_course(self, manifest: str) -> Json:
        """Send a new course.toml."""
        return self._json("PUT", self._course, body={"manifest": manifest})

    def way(self) -> Json:
        """All lessons, and where the person stands (`progress`), which an older service does not tell."""
        told = self._json("GET", f"{self._course}/lessons", needs=("lessons",))
        if not isinstance(told["lessons"], list):
            raise self._other("something else")
        return {"lessons": told["lessons"], "progress": told.get("progress")}

    def lesson(self, slug: str) -> Json:
        """One lesson."""
        return self._json("GET", self._lesson(slug), needs=("slug",))

    def release(self, slug: str, number: int | str = "latest") -> Json:
        """A release with its list of files."""
        return self._json("GET", f"{self._lesson(slug)}/releases/{number}", needs=("number", "files"))

    def file(self, slug: str, number: int, path: str) -> bytes:
        """A file of a release."""
        return self._bytes(f"{self._lesson(slug)}/releases/{number}/files/{urllib.parse.quote(path)}")

    def pack(self, slug: str, number: int) -> bytes:
        """A release to take along: a zip."""
        return self._send(
            "GET", f"{self._lesson(slug)}/releases/{number}/pack", timeout=RELEASE_SECONDS
        ).content

    def publish(
        self,
        slug: str,
        files: Mapping[str, bytes],
        *,
        accept: list[str],
        notes: str,
        left_out: Sequence[str] = (),
    ) -> Json:
        """Have a lesson released from these source files; `left_out` are paths that are not among them."""
        return self._source(f"{self._lesson(slug)}/releases", files, (accept, notes, left_out))

    def draft(
        self,
        slug: str,
        files: Mapping[str, bytes],
        *,
        accept: list[str],
        notes: str,
        left_out: Sequence[str] = (),
    ) -> Json:
        """Have these source files checked and kept as the lesson's draft; `left_out` as in `publish`."""
        return self._source(f"{self._lesson(slug)}/draft-release", files, (accept, notes, left_out))

    def _source(
        self, path: str, files: Mapping[str, bytes], told: tuple[list[str], str, Sequence[str]]
    ) -> Json:
        """Send an author's files with what is accepted, a note, and what is not among them."""
        accept, notes, left_out = told
        manifest = {"accept": accept, "notes": notes, "left_out": list(left_out)}
        return self._upload("POST", path, manifest, files, seconds=RELEASE_SECONDS)

    def lint(self, manifest: Json, files: Mapping[str, bytes]) -> Json:
        """Have source files looked over, which are not kept."""
        return self._upload("POST", f"{self._course}/lint", manifest, files, needs=("findings", "blank"))

    def publish_draft(self, slug: str) -> Json:
        """Publish the draft that a lesson has now."""
        path = f"{self._lesson(slug)}/draft-release"
        wish = {"id": self._json("GET", path, needs=("id",))["id"]}
        return self._told(
            self._send("POST", f"{path}/publish", json=wish, timeout=RELEASE_SECONDS), ("number",)
        )

    def hold(self, slug: str, exercise: str, reason: str) -> Json:
        """Let the marks of an exercise wait."""
        path = f"{self._lesson(slug)}/holds/{urllib.parse.quote(exercise, safe='')}"
        return self._json("PUT", path, body={"reason": reason})

    def unhold(self, slug: str, exercise: str) -> None:
        """Show the marks of an exercise again."""
        self._send("DELETE", f"{self._lesson(slug)}/holds/{urllib.parse.quote(exercise, safe='')}")

    def submit(
        self, slug: str, files: Mapping[str, bytes], *, release: int, key: str, worked: str | None = None
    ) -> Json:
        """Hand in; the same key twice is one hand-in."""
        return self._upload(
            "POST",
            f"{self._lesson(slug)}/submissions",
            _manifest(files, release, worked),
            files,
            key=key,
            needs=("submission", "receipt"),
        )

    def bring(self, slug: str, told: Json, files: Mapping[str, bytes], *, key: str) -> Json:
        """Bring in a hand-in of another system; the same key twice is one."""
        return self._upload("POST", f"{self._lesson(slug)}/brought", told, files, key=key, needs=("id",))

    def submissions(self, slug: str, person: str | None = None) -> list[Json]:
        """Own hand-ins of a lesson, or for staff somebody's."""
        query = {"person": person} if person else None
        return self._list(f"{self._lesson(slug)}/submissions", "submissions", query)

    def submission(self, public: str) -> Json:
        """A hand-in and what became of it."""
        return self._json("GET", f"/api/v1/submissions/{urllib.parse.quote(public)}", needs=("id", "state"))

    def feedback(self, public: str) -> list[Json]:
        """The feedback on a hand-in, notebook by notebook."""
        return self._list(f"/api/v1/submissions/{urllib.parse.quote(public)}/feedback", "notebooks")

    def regrade(self, slug: str, *, fresh: bool) -> Json:
        """Have the hand-ins of a lesson graded again."""
        return self._json("POST", f"{self._lesson(slug)}/regradings", body={"fresh": fresh})

    def regrading(self, slug: str) -> Json:
        """How far that is."""
        return self._json("GET", f"{self._lesson(slug)}/regradings")

    def try_regrade(self, slug: str, *, draft: bool) -> Json:
        """Try a regrade out, by the draft or the newest release."""
        return self._json("POST", f"{self._lesson(slug)}/trial", body={"draft": draft})

    def trial(self, slug: str) -> Json:
        """What it would change."""
        return self._json("GET", f"{self._lesson(slug)}/trial")

    def trial_progress(self, slug: str) -> Json:
        """How far it is."""
        return self._json("GET", f"{self._lesson(slug)}/trial/progress")

    def decide_trial(self, slug: str, public: str, verb: str) -> Json:
        """Apply, undo or drop it."""
        return self._json("POST", f"{self._lesson(slug)}/trial/{verb}", body={"id": public})

    def keep_copy(self, slug: str, files: Mapping[str, bytes], *, release: int) -> Json:
        """Keep a copy in the course that is no hand-in."""
        return self._upload("PUT", f"{self._lesson(slug)}/draft", _manifest(files, release, None), files)

    def kept_copy(self, slug: str) -> Json:
        """The kept copy's list of files."""
        return self._json("GET", f"{self._lesson(slug)}/draft", needs=("release", "files"))

    def kept_file(self, slug: str, path: str) -> bytes:
        """A file of the kept copy."""
        return self._bytes(f"{self._lesson(slug)}/draft/files/{urllib.parse.quote(path)}")

    def people(self) -> list[Json]:
        """Everybody in the course."""
        return self._list(f"{self._course}/people", "people")

    def add_person(self, person: Mapping[str, Any]) -> Json:
        """Bring somebody in."""
        return self._json("POST", f"{self._course}/people", body=dict(person))

    def join_link(self, person: str) -> Json:
        """A fresh join link for somebody."""
        return self._json("POST", f"{self._course}/people/{urllib.parse.quote(person)}/join-link", body={})

    def remove_person(self, person: str) -> None:
        """End somebody's membership."""
        self._send("DELETE", f"{self._course}/people/{urllib.parse.quote(person)}")

    def put_group(self, name: str, people: list[str]) -> Json:
        """Have exactly these people in a group."""
        path = f"{self._course}/groups/{urllib.parse.quote(name)}"
        return self._json("PUT", path, body={"people": people})

    def limit(self, person: str, lessons: list[str], groups: list[str]) -> Json:
        """Limit a grader to lessons and groups."""
        path = f"{self._course}/people/{urllib.parse.quote(person)}/duty"
        return self._json("PUT", path, body={"lessons": lessons, "groups": groups})

    def grades(self) -> Json:
        """The table of the class."""
        return self._json("GET", f"{self._course}/grades")

    def csv(self, path: str) -> str:
        """A table of the course as CSV, by its address below the course's."""
        return self._bytes(f"{self._course}/{path}").decode()

    def ask(self, method: str, path: str, body: Any = None) -> Json:
        """Ask for an address below the course's, or a whole one; nothing where it answers nothing."""
        whole = path if path.startswith("/api/") else self._course + path
        answer = self._send(method, whole, json=body)
        return {} if answer.status_code == 204 else self._told(answer, ())

    def pulse(self) -> Json:
        """What is in flight, and when to ask again."""
        query = {"course": self._course.rsplit("/", 1)[-1]}
        return self._json("GET", "/api/v1/pulse", query=query, needs=("submissions",))

    def _lesson(self, slug: str) -> str:
        return f"{self._course}/lessons/{urllib.parse.quote(slug, safe='')}"

    def _json(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, str] | None = None,
        needs: tuple[str, ...] = (),
    ) -> Json:
        return self._told(self._send(method, path, json=body, params=query), needs)

    def _list(self, path: str, name: str, query: Mapping[str, str] | None = None) -> list[Json]:
        """A list from its first page to its last."""
        found: list[Json] = []
        cursor: dict[str, str] = {}
        while True:
            told = self._json("GET", path, query={**(query or {}), **cursor}, needs=(name,))
            if not isinstance(told[name], list):
                raise self._other("something else")
            found += told[name]
            if not told.get("next"):
                return found
            cursor = {"cursor": str(told["next"])}

    def _told(self, answer: httpx.Response, needs: tuple[str, ...]) -> Json:
        """The object that was answered, with what it must have.

        Raises:
            NoService: it is no answer of a course service.
        """
        try:
            found = answer.json() if refusals.kind(answer) == "application/json" else None
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or not found.keys() >= set(needs):
            raise self._other(refusals.kind(answer) or "nothing")
        return found

    def _other(self, what: str) -> NoService:
        """The error that says that somebody else answers."""
        return NoService(
            f"What answers at {self._url} is no course service ({what}). If your network wants you to sign"
            " in, do so in a browser; then try again."
        )

    def _bytes(self, path: str) -> bytes:
        return self._send("GET", path).content

    def _upload(
        self,
        method: str,
        path: str,
        manifest: Json,
        files: Mapping[str, bytes],
        *,
        key: str | None = None,
        seconds: float = SECONDS * 4,
        needs: tuple[str, ...] = (),
    ) -> Json:
        """Send a manifest and files in one multipart body."""
        parts = [("file", (name, data, "application/octet-stream")) for name, data in files.items()]
        found = self._send(
            method, path, data={"manifest": json.dumps(manifest)}, files=parts, key=key, timeout=seconds
        )
        return self._told(found, needs)

    def _send(self, method: str, path: str, *, key: str | None = None, **request: Any) -> httpx.Response:
        """One request; refusals and failures become errors.

        Raises:
            UserError: what the service refuses, with its code and sentence.
            Temporary: it is away or out of order, or something else answers.
        """
        import httpx

        headers = {"Courseware-Client": VERSION}
        if self._credential:
            headers["Authorization"] = f"Bearer {self._credential}"
        if method != "GET":
            headers["Idempotency-Key"] = key or secrets.token_urlsafe(24)
        if self._http is None:
            # Reading all certificates takes longer than most answers; without TLS, and with no redirects,
            # there is nothing to verify.
            self._http = httpx.Client(
                base_url=self._url,
                timeout=SECONDS,
                follow_redirects=False,
                trust_env=False,
                verify=not self._url.startswith("http://"),
            )
        try:
            answer = self._http.request(method, path, headers=headers, **request)
        except httpx.ConnectError:
            raise NobodyThere(
                f"The course service at {self._url} does not answer. Try again later."
            ) from None
        except httpx.HTTPError:
            raise errors.Temporary(
                f"The course service at {self._url} does not answer. Try again later."
            ) from None
        except httpx.InvalidURL:
            raise errors.UserError(f"{self._url} is no address of a course service.") from None
        if answer.is_success:
            return answer
        raise refusals.told(answer) or self._other(f"it says {answer.status_code}")


def for_connection(connection: connections.Connection) -> Client:
    """A client for a connection."""
    return Client(connection.url, connection.credential, connection.course, public_key=connection.public_key)


def _manifest(files: Mapping[str, bytes], release: int, worked: str | None) -> Json:
    """What an upload says of itself."""
    import hashlib

    listed = [
        {"path": path, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        for path, data in files.items()
    ]
    return {"release": release, "files": listed, "worked": worked}
