"""The texts of the pages, and the catalogues that translate them.

Run as `python -m tests.house.page_words` to write the catalogues anew: in the order of the templates, with
the translations that there are. What is new stands there without one, and is shown in English until then.
"""

import json
from pathlib import Path

import jinja2.ext

from courseware import language
from courseware.service import render

ROOT = Path(__file__).parents[2] / "courseware"
TEMPLATES = sorted((ROOT / "service" / "templates").glob("*.html"))


def catalogue(name: str) -> Path:
    """Where the texts of the pages are in a language."""
    return ROOT / "languages" / f"pages.{name}.po"


def texts() -> dict[str, str]:
    """Every text that pages have translated, and the one for several of it where it is counted."""
    found: dict[str, str] = {}
    templates = render.environment(language.ENGLISH)
    for path in TEMPLATES:
        tree = templates.parse(path.read_text(encoding="utf-8"))
        for _, _, text in jinja2.ext.extract_from_ast(tree, gettext_functions=("_",)):
            if isinstance(text, str):
                found.setdefault(text, "")
    return {**found, **dict(render.texts())}


def written(name: str, known: dict[str, tuple[str, ...]]) -> str:
    """A catalogue with these translations, as gettext writes it."""
    blocks = [
        f"# Pages in {language.NAMES[name]}. Written by `python -m tests.house.page_words`; translate here.\n"
        f'msgid ""\nmsgstr ""\n"Language: {name}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"'
    ]
    for text, several in texts().items():
        lines = [f"msgid {_quoted(text)}"]
        if several:
            forms = known.get(text, ("", ""))
            lines.append(f"msgid_plural {_quoted(several)}")
            lines += [f"msgstr[{number}] {_quoted(form)}" for number, form in enumerate(forms)]
        else:
            lines.append(f"msgstr {_quoted(known.get(text, ('',))[0])}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


if __name__ == "__main__":
    for each in sorted(set(language.NAMES) - {"en"}):
        kept = language.parsed(catalogue(each).read_text(encoding="utf-8"))
        catalogue(each).write_text(written(each, kept), encoding="utf-8")
