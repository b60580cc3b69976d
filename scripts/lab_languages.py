"""Compile the catalogues of the Lab extension into what JupyterLab reads.

In: `courseware/languages/lab.*.po`. Out: `courseware/lab/locale/<locale>/LC_MESSAGES/courseware.json`, where
JupyterLab looks because of the entry point `jupyterlab.locale`. JupyterLab names languages with their
country, as its own language packs do; the list is below.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from courseware import language  # noqa: E402 - the package of this checkout, whatever is installed

LOCALES = {"ar": "ar_SA", "de": "de_DE"}
"""What JupyterLab calls our languages."""
DOMAIN = "courseware"


def compiled(texts: dict[str, tuple[str, ...]], locale: str, plurals: str) -> str:
    """A catalogue as JupyterLab takes it: each text with its forms, and a head under the empty text."""
    told = {text: list(forms) for text, forms in texts.items() if text and all(forms)}
    head = {"domain": DOMAIN, "language": locale.replace("_", "-"), "plural_forms": plurals}
    return json.dumps({"": head, **told}, ensure_ascii=False, indent=1)


def main() -> None:
    """Write all of them."""
    for name, locale in LOCALES.items():
        source = ROOT / "courseware" / "languages" / f"lab.{name}.po"
        texts = language.parsed(source.read_text(encoding="utf-8"))
        target = ROOT / "courseware" / "lab" / "locale" / locale / "LC_MESSAGES" / f"{DOMAIN}.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(compiled(texts, locale, language.plurals(name)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
