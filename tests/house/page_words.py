"""The texts of the pages and of the Lab extension, and the catalogues that translate them.

Run as `python -m tests.house.page_words` to write the catalogues anew: in the order of the templates and
sources, with the translations that there are. What is new stands there without one, and is shown in English
until then.
"""

import json
from pathlib import Path

import jinja2.ext

from courseware import language
from courseware.service import render
from tests.house import lab_words

ROOT = Path(__file__).parents[2] / "courseware"
TEMPLATES = sorted((ROOT / "service" / "templates").glob("*.html"))
OTHERS = sorted(set(language.NAMES) - {"en"})
RUN = "Written by `python -m tests.house.page_words`; translate here."
Known = dict[str, tuple[str, ...]]


def catalogue(name: str, of: str = "pages") -> Path:
    """Where the texts of the pages, or of the Lab, are in a language."""
    return ROOT / "languages" / f"{of}.{name}.po"


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


SOURCES = {"pages": (texts, "Pages"), "lab": (lab_words.texts, "JupyterLab's panels")}
"""What has a catalogue of its own in each language: where its texts come from, and what it is called."""


def written(name: str, known: Known, of: str = "pages") -> str:
    """A catalogue with these translations, as gettext writes it."""
    found, title = SOURCES[of]
    rule = language.plurals(name)
    blocks = [
        f'# {title} in {language.NAMES[name]}. {RUN}\nmsgid ""\nmsgstr ""\n"Language: {name}\\n"\n'
        f'"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: {rule}\\n"'
    ]
    number = int(rule.partition("nplurals=")[2].partition(";")[0])
    for text, several in found().items():
        lines = [f"msgid {_quoted(text)}"]
        if several:
            forms = known.get(text, ("",) * number)
            lines.append(f"msgid_plural {_quoted(several)}")
            lines += [f"msgstr[{at}] {_quoted(form)}" for at, form in enumerate(forms)]
        else:
            lines.append(f"msgstr {_quoted(known.get(text, ('',))[0])}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


if __name__ == "__main__":
    for each in OTHERS:
        for kind in SOURCES:
            place = catalogue(each, kind)
            kept = language.parsed(place.read_text(encoding="utf-8")) if place.exists() else {}
            place.write_text(written(each, kept, kind), encoding="utf-8")
