"""The pages' catalogues: no text is missing, none is left over, and what is put in stays."""

import string

import pytest

from courseware import language
from tests.house import page_words

OTHERS = sorted(set(language.NAMES) - {"en"})


@pytest.mark.parametrize("name", OTHERS)
def test_a_catalogue_is_as_the_templates_say(name: str) -> None:
    kept = page_words.catalogue(name).read_text(encoding="utf-8")
    made = page_words.written(name, language.parsed(kept))
    assert kept == made, "run: python -m tests.house.page_words, and translate what is new"


@pytest.mark.parametrize("name", OTHERS)
def test_every_text_of_a_page_is_translated(name: str) -> None:
    told = language.pages(name)
    assert [text for text in page_words.texts() if not all(told.texts.get(text, ("",)))] == []


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_put_into_a_text_stays_in_it(name: str) -> None:
    told = language.pages(name)
    for text in page_words.texts():
        for form in told.texts[text]:
            assert _fields(form) <= _fields(text) | {"number"}, text
            assert form.count("<") == text.count("<"), text


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
