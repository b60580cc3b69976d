"""A lesson as pages that open from a folder: where they lead, and what is left of hostile text."""

import base64
import html.parser as parsing
import json

import pytest

from courseware import language
from courseware.notebook import html, offline
from tests.notebook import build

VTT = b"WEBVTT\n\nc1\n00:00:00.000 --> 00:00:02.000\n<v Ann>Hello & <b>welcome</b>\n\nNOTE no --> cue\n\n"
VIDEO = '<video src="media/film.webm" controls title="A film"></video>'


def made(text: str, files: dict[str, bytes] | None = None, *, at: str = "n.ipynb", told: str = "en") -> str:
    """The HTML of a lesson with this text in its one notebook."""
    kept = {**(files or {}), at: json.dumps(build.book(build.cell(text, "markdown", id="a"))).encode()}
    lesson = offline.Lesson(names=frozenset(kept), read=kept.__getitem__, base="files/")
    found = offline.parts(lesson, language.pages(told))
    return "".join(cell for part in found if part.path == at for cell in part.cells)


class Tags(parsing.HTMLParser):
    """Every tag with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.mark.parametrize(
    ("written", "leads"),
    [
        ("data/x.csv", "files/data/x.csv"),
        ("./data/x.csv", "files/data/x.csv"),
        ("data/a%20b.csv", "files/data/a%20b.csv"),
        ("other.ipynb", "#part-3"),
        ("read.md#two", "#part-1"),
        ("https://x.example/", "https://x.example/"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("#below", "#below"),
        ("../../../etc/passwd", None),
        ("/etc/passwd", None),
        ("file:///etc/passwd", None),
        ("//x.example/", None),
        ("http://x.example/", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("page.html", None),
        ("drawing.svg", None),
        ("missing.csv", None),
    ],
)
def test_where_links_lead(written: str, leads: str | None) -> None:
    names = ("data/x.csv", "data/a b.csv", "page.html", "drawing.svg")
    other = json.dumps(build.book()).encode()
    files = {**dict.fromkeys(names, b"x"), "other.ipynb": other, "read.md": b"# Read"}
    (link,) = Tags(made(f'<a href="{written}">It</a>', files)).of("a")
    assert link.get("href") == leads


@pytest.mark.parametrize(
    ("written", "leads"),
    [
        ("media/x.png", "files/sub/media/x.png"),
        ("../y.png", "files/y.png"),
        ("../../y.png", None),
        ("https://x.example/x.png", None),
        ("//x.example/x.png", None),
    ],
)
def test_pictures_of_a_notebook_in_a_folder(written: str, leads: str | None) -> None:
    files = {"sub/media/x.png": b"x", "y.png": b"x"}
    (picture,) = Tags(made(f"![A plot]({written})", files, at="sub/n.ipynb")).of("img")
    assert (picture.get("src"), picture["alt"]) == (leads, "A plot")


@pytest.mark.parametrize("around", ["{}", "Text {} text", "<div>\n{}\n</div>", "<figure>{}</figure>"])
def test_a_video_brings_its_captions_along(around: str) -> None:
    files = {"media/film.webm": b"v", "media/film.en.vtt": VTT, "media/film.jpg": b"j"}
    shown = Tags(text := made(around.format(VIDEO), files))
    (video,) = shown.of("video")
    assert (video["src"], video["poster"]) == ("files/media/film.webm", "files/media/film.jpg")
    assert video["aria-label"] == "A film"
    assert "controls" in video
    (track,) = shown.of("track")
    assert track["src"] == f"data:text/vtt;base64,{base64.b64encode(VTT).decode()}"
    assert (track["kind"], track["srclang"], track["label"]) == ("captions", "en", "English")
    assert "default" in track
    assert '<p class="said" lang="en" dir="auto">Ann: Hello &amp; welcome</p>' in text


def test_the_captions_of_the_readers_language_come_first_and_what_is_none_is_left() -> None:
    names = ("de", "en", "pt-BR", "chapters", "questions")
    files = {"media/film.webm": b"v", **{f"media/film.{name}.vtt": VTT for name in names}}
    tracks = Tags(text := made(VIDEO, files, told="de")).of("track")
    assert [(t["srclang"], "default" in t) for t in tracks] == [("de", True), ("en", False), ("pt-BR", False)]
    assert "Abschrift (Deutsch)" in text


def test_captions_are_taken_in_up_to_a_bound() -> None:
    files = {"media/film.webm": b"v", "media/film.en.vtt": VTT + b"x" * 400_000}
    text = made("\n\n".join([VIDEO] * 50), files)
    assert len(Tags(text).of("video")) == 50
    assert len(Tags(text).of("track")) == 2
    assert len(text) < 3_000_000


def test_the_sound_alone_comes_along() -> None:
    files = {"media/film.webm": b"v", "media/film.m4a": b"s"}
    (audio,) = Tags(made(VIDEO, files)).of("audio")
    assert (audio["src"], audio["aria-label"]) == ("files/media/film.m4a", "Audio only: A film")
    assert "<summary>Nur Ton</summary>" in made(VIDEO, files, told="de")
    assert Tags(made(VIDEO, {"media/film.webm": b"v"})).of("audio") == []


def test_what_a_video_asks_can_be_read() -> None:
    asks = {"prompt": "Is <b>it</b>?", "choices": ["<i>yes</i>", "no"], "answer": 0, "explain": "So & so."}
    track = f"WEBVTT\n\n00:01.000 --> 00:02.000\n{json.dumps(asks)}\n"
    text = made(VIDEO, {"media/film.webm": b"v", "media/film.questions.vtt": track.encode()})
    assert "<summary>Questions in the video</summary>" in text
    assert "Is &lt;b&gt;it&lt;/b&gt;?" in text
    answer = (
        "<summary>Answer</summary>" + '<p dir="auto">&lt;i&gt;yes&lt;/i&gt;</p><p dir="auto">So &amp; so.</p>'
    )
    assert answer in text
    bad = {"media/film.webm": b"v", "media/film.questions.vtt": b"no track"}
    assert "Questions" not in made(VIDEO, bad)


@pytest.mark.parametrize(
    "video",
    [
        '<video src="https://x.example/v.webm"></video>',
        '<video src="../film.webm"></video>',
        '<video src="javascript:1"></video>',
        "<video></video>",
        '<video-x src="media/film.webm"></video-x>',
        '<video src="media/none.webm"><source src="https://x.example/v.webm"></video>',
    ],
)
def test_no_other_video_is_shown(video: str) -> None:
    tags = {tag for tag, _ in Tags(made(video, {"media/film.webm": b"v"})).found}
    assert tags <= {"div", "p"}


HOSTILE = (
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    '<meta http-equiv="refresh" content="0;url=https://x.example">',
    '<form action="https://x.example"><input name="a"><button>Go</button></form>',
    '<svg onload="alert(1)"><script>alert(1)</script></svg>',
    '<iframe src="https://x.example"></iframe>',
    '<link rel="stylesheet" href="https://x.example/x.css"><base href="https://x.example">',
    '<object data="https://x.example"></object><embed src="https://x.example">',
    "<style>@import url(https://x.example)</style>",
    '<p style="background:url(https://x.example)" onclick="alert(1)">x</p>',
    '<video src="media/film.webm" onplay="alert(1)" title="&quot; onplay=alert(1) x=&quot;"></video>',
    """<a title='<video src="media/film.webm" title="x onclick=alert(1) y">'>x</a>""",
    """<a title=x"<video src=media/film.webm title='y onclick=alert(1) z'>"y>x</a>""",
    """<div>\n<a title='<video src="media/film.webm" title="x onclick=alert(1) y">'>x</a>\n</div>""",
    "<div>\n<a title=\"$x$\" href='https://x.example/$y$'>x</a>\n</div>",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    '<details ontoggle="alert(1)" open><summary>x</summary></details>',
)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_a_hostile_text_can_act(text: str) -> None:
    for tag, attributes in Tags(made(text, {"media/film.webm": b"v"})).found:
        assert tag not in {
            "script",
            "meta",
            "form",
            "input",
            "svg",
            "iframe",
            "link",
            "base",
            "object",
            "style",
        }
        assert not [name for name in attributes if name.startswith("on") or "<" in name], attributes
        assert not (attributes.get("src") or "").startswith(("http", "//", "javascript"))
        assert not (attributes.get("href") or "").startswith("javascript")
        assert attributes.get("style") in (None, "text-align:left")


@pytest.mark.parametrize(
    "link",
    [
        "<link rel=preconnect href=//x.example>",
        "<LINK/rel=dns-prefetch href=//x>",
        "<iframe src=//x.example></iframe>",
        "<meta http-equiv=refresh content='0;url=//x.example'>",
    ],
)
def test_a_framed_output_connects_to_nobody_ahead_of_use(link: str) -> None:
    shown = html.output({"output_type": "display_data", "data": {"text/html": f"<b>Bold</b>{link}"}})
    (frame,) = Tags(shown).of("iframe")
    inside = Tags(frame["srcdoc"] or "")
    assert [tag for tag, _ in inside.found][:2] == ["meta", "b"]
    assert not {tag for tag, _ in inside.found[2:]} & {"link", "iframe", "meta"}
