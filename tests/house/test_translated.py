"""Every word that a person reads goes through translation: in the pages' templates, in the Lab extension."""

import html.parser
import re
from pathlib import Path

import pytest

from tests.house import lab_literals, lab_words

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "courseware/service/templates").glob("*.html"))
PAGES_SCRIPTS = sorted((ROOT / "courseware/service/static").glob("*.js"))
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


@pytest.mark.parametrize(
    "path", [*lab_words.SOURCES, *PAGES_SCRIPTS], ids=lambda path: "/".join(path.parts[-2:])
)
def test_no_text_of_a_script_is_given_to_a_page_as_it_is(path: Path) -> None:
    assert lab_literals.past(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "told.textContent = 'zq';",
        'bar.title = ok\n  ? "zq"\n  : trans.__("Right");',
        "node.setAttribute('aria-label', 'zq');",
        "item.append(sign, ' ', 'zq', code);",
        "box.replaceChildren(`${trans.__('Hint')}: ${'zq'}`);",
        "select.append(new Option('zq', version));",
        "add({ label: ok ? 'zq' : trans.__('Right'), execute });",
        "field.placeholder = `zq`;",
        "Notification.warning('zq');",
        "return on ? 'Zq' : ''; // it's right",
        "const names = { thanks: 'Zq and so on' };",
        "throw new Error(/'/.test(it) ? `Zq ${it} zq.` : '');",
        "const a = 1 / 2; const b = this.button('zq zq zq', 3 / 4);",
    ],
)
def test_a_bare_text_is_found_where_it_is_given_to_a_page(source: str) -> None:
    assert any("zq" in text.lower() for text in lab_literals.past(source))


@pytest.mark.parametrize(
    "source",
    [
        "told.textContent = ok ? trans.__('Zq and so on') : `${words._n('%1 zq', '%1 zqs', 2)}…`;",
        "told.textContent = kind === 'zq' ? trans.__('Right') : code;",
        "node.setAttribute('role', 'region'); node.className = 'cw-Zq cw-mod-zq';",
        "const plugin = { description: 'Zq and so on.', id: 'zq' }; // Zq and so on.",
        "said.replace(/Zq and so (on)/, '$1'); panel.querySelector('.zq video, audio');",
    ],
)
def test_what_is_translated_or_no_text_for_people_is_not(source: str) -> None:
    assert lab_literals.past(source) == []


def test_the_search_would_find_nearly_every_text_that_the_extension_has() -> None:
    found = texts = 0
    for path in lab_words.SOURCES:
        bare, here = lab_words.CALL.subn("as.it(", path.read_text(encoding="utf-8"))
        found, texts = found + min(here, len(lab_literals.past(bare))), texts + here
    assert found >= 0.95 * texts > 300


def test_the_searches_find_bare_words() -> None:
    words = _Words()
    words.feed('<p title="Hello there">and</p><script>let word</script><code>a command</code>')
    assert _untranslated(words.found) == ["Hello there", "and"]
    assert _untranslated(JSX_TEXT.findall("<p>Bare words</p>")) == ["Bare words"]
    assert JSX_ATTRIBUTE.findall('<b title="Bare words">') == [("title", "Bare words")]
