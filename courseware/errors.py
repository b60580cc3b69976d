"""The three families of errors; what is raised decides what happens next.

In: nothing. Out: exceptions. `UserError` is somebody's mistake and becomes a 4xx answer or one line on the
command line; `Temporary` is tried again; `Permanent` fails a job with a reason that staff can read. They
are translated once per edge: in `service.problems`, in `cli.main` and where jobs are run. Nothing else
derives from Exception in this package.
"""

import errno

_MAY_PASS = (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.EADDRINUSE)


class CoursewareError(Exception):
    """Base of the three families; `message` is one sentence for a person."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UserError(CoursewareError):
    """A person asked for something that cannot be done; says what, where, and what to do.

    `code` is a short stable word that programs may rely on (see `STATUS`). `details` are plain data for
    programs and for lists on the screen, such as the findings that stop a release. `after` is in how many
    seconds the same may be asked again, where that is known.
    """

    def __init__(
        self, message: str, *, code: str = "invalid", details: tuple[str, ...] = (), after: int = 0
    ) -> None:
        super().__init__(message)
        self.code = code
        self.details = details
        self.after = after


class Temporary(CoursewareError):
    """Something is away for now (database, disk space, service); the same call may succeed later."""


class Permanent(CoursewareError):
    """A job cannot succeed however often it is tried; the message is the reason shown to staff."""


STATUS: dict[str, int] = {
    "bad-request": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "not-found": 404,
    "conflict": 409,
    "gone": 410,
    "precondition": 412,
    "too-large": 413,
    "media-type": 415,
    "invalid": 422,
    "too-many": 429,
}
"""HTTP status of each `UserError.code`; any other code is 422."""


def of_system(error: OSError) -> CoursewareError:
    """What the system refused, such as writing a file, in a sentence; temporary where it may pass."""
    what = f"{error.filename}: " if error.filename is not None else ""
    message = f"{what}{error.strerror or error}."
    return Temporary(message) if error.errno in _MAY_PASS else UserError(message)
