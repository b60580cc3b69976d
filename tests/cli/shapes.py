"""What each command prints with `--json`: the names in its one object, or in words where that is another
page's. The reference page is written from this, and a test runs the commands against it.
"""

ALSO = {
    "grades": "with `--canvas` `csv`, `lessons`, `left_out`, `marks`, `unknown`, `missing`, `notes`",
    "dates": "with `--calendar` `calendar` instead",
    "demo": "with `--once`",
    "release": "with `--draft` `drafts` instead",
    "submit": "`queued` true and `reason` instead of the last two while it waits, with exit code 3",
    "status": "of one lesson `progress` is null",
    "serve": "one line, as soon as it answers",
    "worker": "one line, as soon as it works",
}
NAMES: dict[str, tuple[str, ...]] = {
    "demo": ("steps", "marks"),
    "new": ("folder", "course"),
    "adopt": ("file", "lessons", "taken", "differences"),
    "lint": ("findings",),
    "media": ("videos", "made", "failed", "findings", "ffmpeg"),
    "release": ("released",),
    "join": ("course", "title", "person", "url", "public_key"),
    "fetch": ("folder", "created", "kept", "notes"),
    "update": ("release", "files", "changed", "notes"),
    "pack": ("path", "release"),
    "submit": ("queued", "files", "submission", "receipt"),
    "status": ("lessons", "progress"),
    "dates": (
        "zone",
        "dates",
        "allowances",
        "missed",
        "hours",
        "least_hours",
        "most_hours",
        "own_zone",
        "late_days",
        "late_days_left",
    ),
    "feedback": ("submission", "files"),
    "verify": ("holds", "problems", "key_known", "files", "receipt"),
    "autograde": ("submissions", "seconds", "sandbox"),
    "erase": ("username", "courses", "erased"),
    "people list": ("people",),
    "people add": ("person", "role", "ended", "link", "expires"),
    "people import": ("added", "changed", "unchanged", "missing", "with_work", "ended"),
    "people link": ("username", "link", "expires"),
    "people remove": ("username", "removed"),
    "people group": ("name", "people"),
    "people limit": ("lessons", "groups"),
    "people extend": ("username", "dates", "allowances"),
    "people grant": ("username", "dates", "allowances"),
    "people granted": ("username", "dates", "allowances"),
    "people take-back": ("username", "taken_back"),
    "courses add": ("course", "owner", "link"),
    "courses list": ("courses",),
    "courses quota": ("course", "used", "quota"),
    "audit": ("lines", "next", "file"),
    "hub-config": ("snippet",),
    "sign-ins list": ("sign_ins",),
    "sign-ins link": ("url", "expires", "sent_to"),
    "sign-ins machine": ("url", "expires", "sent_to"),
    "sign-ins end": ("ended",),
    "hold": ("lesson", "exercise", "held"),
    "regrade": ("release", "newest", "own", "waiting", "failed", "ran", "taken"),
    "queue show": (
        "waiting",
        "running",
        "oldest",
        "marked_in_an_hour",
        "usual_seconds",
        "failed",
        "paused",
    ),
    "queue retry": ("retried",),
    "queue pause": ("paused",),
    "queue resume": ("paused",),
    "grades": ("lessons", "people"),
    "mail test": ("address", "letters"),
    "serve": ("url", "pages", "state"),
    "worker": ("slots",),
    "migrate": ("changed",),
    "backup": ("file", "bytes"),
    "restore": ("file", "state", "erased"),
    "keys list": ("keys",),
    "keys rotate": ("id",),
    "keys check": ("holds", "broken_at"),
    "env show": ("python", "version", "fingerprint"),
    "env build": ("python",),
    "doctor": ("sandbox", "kernels", "no_jail", "landlock", "cgroups", "python", "installed"),
}
ELSEWHERE = {"mark": "the hand-in, as `GET /api/v1/submissions/{s}` tells it"}


def told(command: str) -> str:
    """The sentence of the reference page."""
    if command in ELSEWHERE:
        return f"`--json` prints {ELSEWHERE[command]}."
    listed = ", ".join(f"`{name}`" for name in NAMES[command])
    also = f" ({ALSO[command]})" if command in ALSO else ""
    return f"`--json` prints an object with {listed}{also}."
