"""What an author's videos want beside them, made with ffmpeg: a picture, the sound alone, a small version.

In: a folder on the author's machine. Out: files beside each video, and what is wrong with its captions. What
is there already is never written over: a file is made under another name and takes its own only if that is
free. Without ffmpeg nothing is made. Each video is opened as a file and nothing else, whatever is in it.
"""

import dataclasses
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from courseware.notebook import films, lint

_FILE = ("-protocol_whitelist", "file")
_SPEECH = ("-c:a", "aac", "-b:a", "48k", "-ac", "1", "-map_chapters", "-1", "-movflags", "+faststart")
_SMALL = ("-vf", "scale='min(640,iw)':-2", "-c:v", "libx264", "-crf", "30", "-pix_fmt", "yuv420p")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wanted:
    """A file that a video lacks: its path, and what ffmpeg makes it with."""

    film: str
    path: str
    options: tuple[str, ...]


def found(folder: Path) -> list[str]:
    """The files of a folder by their paths in it; links and hidden files are none."""
    paths = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if _is_own(path))
    return [each.as_posix() for each in paths if not any(part.startswith(".") for part in each.parts)]


def _is_own(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def recorded(paths: list[str]) -> list[films.Film]:
    """The videos among these files, with what belongs to each; a small version is none of its own."""
    own = (path for path in paths if path.endswith(films.ENDINGS) and not path.endswith(films.SMALL))
    return [films.of(path, paths) for path in own]


def wanted(film: films.Film) -> Iterator[Wanted]:
    """What a video lacks."""
    stem = film.path.rsplit(".", 1)[0]
    if film.poster is None:
        picture = ("-frames:v", "1", "-update", "1", "-q:v", "3")
        yield Wanted(film=film.path, path=f"{stem}{films.POSTERS[0]}", options=picture)
    if film.audio is None:
        yield Wanted(film=film.path, path=f"{stem}{films.SOUNDS[0]}", options=("-vn", *_SPEECH))
    if film.small is None:
        yield Wanted(film=film.path, path=f"{stem}.small.mp4", options=(*_SMALL, *_SPEECH))


def findings(folder: Path, paths: list[str]) -> list[lint.Finding]:
    """What is wrong with captions and the like, and which video has none."""
    bad = [
        each
        for path in paths
        if path.lower().endswith(".vtt")
        for each in lint.track((folder / path).read_bytes(), path)
    ]
    bare = [lint.no_captions(film.path, film) for film in recorded(paths) if not film.captions]
    return [*bad, *bare]


def ffmpeg() -> str | None:
    """The program, where there is one."""
    return shutil.which("ffmpeg")


def make(program: str, folder: Path, wish: Wanted) -> str:
    """Make a file; why it could not be made, empty if it is there now."""
    source = ["-i", f"file:{folder / wish.film}"]
    first = ["-ss", _early(program, folder / wish.film)] if "-frames:v" in wish.options else []
    with tempfile.TemporaryDirectory(prefix=".media-", dir=folder) as scratch:
        made = Path(scratch) / Path(wish.path).name
        argv = [program, "-nostdin", "-v", "error", *_FILE, *first, *source, *wish.options, f"file:{made}"]
        done = subprocess.run(argv, capture_output=True, text=True, errors="replace", check=False)
        if done.returncode or not made.exists() or not made.stat().st_size:
            return _reason(done.stderr)
        if wish.path.endswith(films.SMALL) and made.stat().st_size >= (folder / wish.film).stat().st_size:
            return "It would be no smaller than the video."
        return _put(made, folder / wish.path)


def _put(made: Path, target: Path) -> str:
    """Give a file its name, unless that is taken; why not, empty if so."""
    try:
        os.link(made, target)
    except FileExistsError:
        return "A file of this name has come meanwhile; it is kept."
    return ""


def _early(program: str, film: Path) -> str:
    """A second near the beginning: at the very first one there is often nothing to see."""
    argv = [program, "-nostdin", *_FILE, "-i", f"file:{film}"]
    told = subprocess.run(argv, capture_output=True, text=True, errors="replace", check=False).stderr
    for line in told.splitlines():
        name, _, rest = line.strip().partition(": ")
        parts = rest.partition(",")[0].split(":")
        if name == "Duration" and len(parts) == 3 and all(_is_number(part) for part in parts):
            hours, minutes, seconds = map(float, parts)
            return f"{min(5.0, (3600 * hours + 60 * minutes + seconds) / 10):.2f}"
    return "0"


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def _reason(told: str) -> str:
    """What ffmpeg said last, as a sentence."""
    if "does not contain any stream" in told:
        return "The video has no sound."
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    return f"ffmpeg says: {lines[-1][:200]}" if lines else "ffmpeg made nothing."
