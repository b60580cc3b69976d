"""Language packs for JupyterLab, made on the fly: one with a language that nobody speaks, and empty ones.

In: a scratch folder and what JupyterLab calls the language. Out: the environment of a JupyterLab that has
the pack and speaks that language. JupyterLab loads our catalogues only where a pack for the language is
installed, so the empty ones stand for the packs that people install.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from tests import pseudo
from tests.house import lab_words

PSEUDO = "ach_UG"
"""What JupyterLab itself calls a language to try translations in."""


def environment(folder: Path, locale: str) -> Mapping[str, str]:
    """Install a pack below the folder, and choose its language."""
    packages, settings = folder / "packs", folder / "lab-settings"
    package = packages / f"pack_{locale}"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    info = packages / f"pack_{locale}-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: pack_{locale}\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[jupyterlab.languagepack]\n{locale} = pack_{locale}\n")
    if locale == PSEUDO:
        place = package / "locale" / locale / "LC_MESSAGES"
        place.mkdir(parents=True)
        (place / "courseware.json").write_text(json.dumps(catalogue()))
    chosen = settings / "@jupyterlab" / "translation-extension"
    chosen.mkdir(parents=True)
    (chosen / "plugin.jupyterlab-settings").write_text(json.dumps({"locale": locale}))
    return {"PYTHONPATH": str(packages), "JUPYTERLAB_SETTINGS_DIR": str(settings)}


def catalogue() -> dict[str, object]:
    """All texts of the extension in the language that nobody speaks; what the server says comes in Arabic."""
    head = {"domain": "courseware", "language": "ach-UG", "plural_forms": "nplurals=2; plural=(n != 1);"}
    told = {
        text: [pseudo.marked(text), pseudo.marked(several)] if several else [pseudo.marked(text)]
        for text, several in lab_words.texts().items()
    }
    return {"": head, **told, "en": ["ar"]}
