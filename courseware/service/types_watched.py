"""What travels over HTTP about videos that people watch; see `types`. Times of a video are seconds."""

import msgspec


class WatchedReport(msgspec.Struct, kw_only=True):
    """What a player tells of the video at `path` in the lesson: its `duration`, the `position` it stands at
    (none while the player does not know where the person left it: then that stays), the `spans` that were
    played, and how many seconds ago that was (`age`). The same report twice is one.
    """

    path: str
    duration: float
    position: float | None = None
    spans: list[tuple[float, float]] = []
    age: float = 0.0


class Watched(msgspec.Struct, kw_only=True):
    """What the asking person watched of a video, on all machines: the union of all spans, the part of it that
    this covers (`coverage`, 0 to 1), and where they left it last.
    """

    path: str
    duration: float
    position: float
    coverage: float
    spans: list[tuple[float, float]]


class WatchedVideos(msgspec.Struct, kw_only=True):
    """The videos of a lesson that the asking person began to watch."""

    videos: list[Watched]
