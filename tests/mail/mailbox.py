"""A mailbox on a server on loopback: as much of IMAP as a reader of new mail needs, over real sockets.

In: messages, who may sign in, and the faults it shall have. Out: where it listens, and what was marked.
"""

import contextlib
import socketserver
import ssl
import threading
from collections.abc import Iterator


class Mailbox:
    """One folder; `said` is every command that came in, without the password."""

    def __init__(self, user: str = "course", password: str = "in the box") -> None:
        self.user, self.password = user, password
        self.messages: list[bytes] = []
        self.seen: set[int] = set()
        self.said: list[str] = []
        self.dies_at = ""
        self.empty_fetch = False

    @property
    def unseen(self) -> list[int]:
        """The numbers of what was not marked."""
        return [uid for uid in range(1, len(self.messages) + 1) if uid not in self.seen]

    def answer(self, command: str, rest: str) -> tuple[list[bytes], str]:
        """The lines before the last, and the last without its tag."""
        match command:
            case "CAPABILITY":
                return [b"* CAPABILITY IMAP4rev1"], "OK"
            case "LOGIN":
                user, _, password = rest.partition(" ")
                right = [user.strip('"'), password.strip('"')] == [self.user, self.password]
                return [], "OK" if right else "NO [AUTHENTICATIONFAILED] wrong"
            case "SELECT":
                known = rest.strip('"') == "INBOX"
                return [b"* %d EXISTS" % len(self.messages)] * known, "OK" if known else "NO no such folder"
            case "UID SEARCH":
                return [b"* SEARCH " + " ".join(map(str, self.unseen)).encode()], "OK"
            case "UID FETCH":
                return self._fetched(rest), "OK"
            case "UID STORE":
                uid, _, flags = rest.partition(" ")
                assert flags == "+FLAGS \\Seen" or flags == "+FLAGS (\\Seen)", flags
                self.seen.add(int(uid))
                return [], "OK"
            case "LOGOUT":
                return [b"* BYE"], "OK"
        return [], "BAD not known"

    def _fetched(self, rest: str) -> list[bytes]:
        uid, _, wanted = rest.partition(" ")
        raw, number = self.messages[int(uid) - 1], uid.encode()
        if wanted == "(RFC822.SIZE)":
            return [b"* %s FETCH (UID %s RFC822.SIZE %d)" % (number, number, len(raw))]
        if self.empty_fetch:
            return []
        assert wanted in ("(BODY.PEEK[])", "(BODY.PEEK[HEADER])"), wanted
        head = wanted == "(BODY.PEEK[HEADER])"
        data = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if head else raw
        part = b"HEADER" if head else b""
        return [b"* %s FETCH (UID %s BODY[%s] {%d}\r\n%s)" % (number, number, part, len(data), data)]


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        """One conversation."""
        box = self.server.box  # type: ignore[attr-defined]  # given by `listening`
        tls = self.server.tls  # type: ignore[attr-defined]  # likewise
        if tls is not None:
            try:
                self.request = tls.wrap_socket(self.request, server_side=True)
            except OSError:
                return
            self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
        self.wfile.write(b"* OK ready\r\n")
        while line := self.rfile.readline().decode().strip():
            tag, command, *more = line.split(" ", 2)
            rest = more[0] if more else ""
            if command == "UID":
                second, _, rest = rest.partition(" ")
                command = f"UID {second}"
            box.said.append(command if command == "LOGIN" else f"{command} {rest}".strip())
            if command == box.dies_at:
                return
            lines, last = box.answer(command, rest)
            self.wfile.write(b"".join(each + b"\r\n" for each in lines) + f"{tag} {last} done\r\n".encode())
            if command == "LOGOUT":
                return


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True


@contextlib.contextmanager
def listening(box: Mailbox, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """The server until the block ends; its port."""
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.box, server.tls = box, tls  # type: ignore[attr-defined]  # read by the session
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join(20)
