"""The catalogues: no text is missing or left over, what is put in stays, numbers have all their forms."""

import re
import string

import pytest

from courseware import language
from tests.house import lab_words, page_words

OTHERS = page_words.OTHERS
ALL = [(name, of) for name in OTHERS for of in (*page_words.SOURCES, "said")]
FORMS = {"de": (1, 2), "ar": (0, 1, 2, 5, 30, 100)}
"""Of each language a number for each of its forms, in their order."""


def read(name: str, of: str) -> dict[str, tuple[str, ...]]:
    found = language.parsed(page_words.catalogue(name, of).read_text(encoding="utf-8"))
    return {text: forms for text, forms in found.items() if text}


@pytest.mark.parametrize("of", page_words.SOURCES)
@pytest.mark.parametrize("name", OTHERS)
def test_a_catalogue_is_as_the_sources_say(name: str, of: str) -> None:
    kept = page_words.catalogue(name, of).read_text(encoding="utf-8")
    made = page_words.written(name, language.parsed(kept), of)
    assert kept == made, "run: python -m tests.house.page_words, and translate what is new"


@pytest.mark.parametrize("of", page_words.SOURCES)
@pytest.mark.parametrize("name", OTHERS)
def test_every_text_is_translated(name: str, of: str) -> None:
    told, (texts, _) = read(name, of), page_words.SOURCES[of]
    assert [text for text in texts() if not all(told.get(text, ("",)))] == []


@pytest.mark.parametrize(("name", "of"), ALL)
def test_what_is_put_into_a_text_stays_in_it(name: str, of: str) -> None:
    for text, forms in read(name, of).items():
        for form in forms:
            given, kept = _fields(text), _fields(form)
            # "One" and "two" of a thing may be words without a number; a sentence may leave words out.
            assert kept == given or ((len(forms) > 1 or of == "said") and kept <= given), (text, form)
            assert form.count("<") == text.count("<"), text


@pytest.mark.parametrize(("name", "of"), ALL)
def test_numbers_have_all_forms_of_the_language(name: str, of: str) -> None:
    source = page_words.catalogue(name, of).read_text(encoding="utf-8")
    assert f"Plural-Forms: {language.plurals(name)}\\n" in source
    several = {text for text, forms in read(name, of).items() if "msgid_plural" in _entry(source, text)}
    counted = FORMS[name]
    for text in several:
        assert len(read(name, of)[text]) == len(counted), text
    told = language.pages(name)
    assert [told.plural(number) for number in counted] == list(range(len(counted)))


def test_arabic_says_two_without_a_number() -> None:
    told = language.pages("ar")
    said = [told.many("{number} day", "{number} days", number) for number in (1, 2, 3, 11, 100)]
    assert said == ["يوم واحد", "يومان", "3 أيام", "11 يومًا", "100 يوم"]
    assert (told.direction, language.pages("de").direction) == ("rtl", "ltr")


def test_every_call_in_the_extension_holds_its_text() -> None:
    texts = lab_words.texts()
    assert len(texts) > 200
    assert texts["%1 comment"] == "%1 comments"
    assert texts["Submit"] == ""


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name} | set(re.findall(r"%\d", text))


def _entry(source: str, text: str) -> str:
    """The part of a catalogue that a text stands in."""
    wanted = f"msgid {page_words._quoted(text)}\n"
    return next((block for block in source.split("\n\n") if wanted in f"{block}\n"), "")
