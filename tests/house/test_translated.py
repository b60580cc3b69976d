"""Every word that a person reads goes through translation: in the pages' templates, in the Lab extension."""

import html.parser
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "courseware/service/templates").glob("*.html"))
SCRIPTS = sorted((ROOT / "extensions/courseware-lab/src").rglob("*.tsx"))
READ = {"alt", "aria-label", "placeholder", "title"}
WORD = re.compile(r"[^\W\d_]{2,}")
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.S)
NAMES = {"courseware", "SHA"}
SILENT = {"script", "style", "code"}
JSX_TEXT = re.compile(r"(?<![=\-])>([^<>{}]*)(?=<|\{)")
JSX_ATTRIBUTE = re.compile(rf"\b({'|'.join(READ)})=\"([^\"]*)\"")


class _Words(html.parser.HTMLParser):
    """Collects what would be read or heard."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent = tag if tag in SILENT else self.silent
        self.found += [value for name, value in attrs if name in READ and value]

    def handle_endtag(self, tag: str) -> None:
        self.silent = "" if tag == self.silent else self.silent

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def _untranslated(texts: list[str]) -> list[str]:
    return [text.strip() for text in texts if set(WORD.findall(text)) - NAMES]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_bare_words_in_a_template(path: Path) -> None:
    words = _Words()
    words.feed(JINJA.sub(" ", path.read_text(encoding="utf-8")))
    assert _untranslated(words.found) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_bare_words_in_the_extension(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    drawn = text[text.index("return (") :] if "return (" in text else ""
    drawn = re.sub(r"=>|/\*.*?\*/|//[^\n]*", " ", drawn, flags=re.S)
    found = [each for each in JSX_TEXT.findall(drawn) if "\n" in each or WORD.search(each)]
    found += [value for _, value in JSX_ATTRIBUTE.findall(drawn)]
    assert [each for each in _untranslated(found) if ";" not in each and "(" not in each] == []


def test_the_searches_find_bare_words() -> None:
    words = _Words()
    words.feed('<p title="Hello there">and</p><script>let word</script><code>a command</code>')
    assert _untranslated(words.found) == ["Hello there", "and"]
    assert _untranslated(JSX_TEXT.findall("<p>Bare words</p>")) == ["Bare words"]
    assert JSX_ATTRIBUTE.findall('<b title="Bare words">') == [("title", "Bare words")]
