"""Letters in the language of their reader: complete catalogues, and no word that goes past them."""

import ast
import datetime
import re
import string
import zoneinfo
from pathlib import Path

import pytest

from courseware import errors, language
from courseware.notices import digest, model

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "courseware" / "notices").glob("*.py"))
OTHERS = sorted(set(language.NAMES) - {"en"})
AT = datetime.datetime(2026, 3, 2, 21, 5, tzinfo=datetime.UTC)
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def marked() -> set[str]:
    """Every text that the letters have translated, and those of times."""
    found = {language.WHEN, *language._DAYS, *language._MONTHS}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and re.search(
                r"(^|\.)(words|words\.many|language\.later)$", ast.unparse(node.func)
            ):
                # What is no literal came out of a table of `later`.
                texts = (each.value for each in node.args if isinstance(each, ast.Constant))
                found |= {text for text in texts if isinstance(text, str)}
    return found


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("name", OTHERS)
def test_a_catalogue_is_complete_and_keeps_what_is_put_in(name: str) -> None:
    texts = language.words(name).texts
    several = {"{number} notices"}
    assert marked() - several == set(texts)
    for text, forms in texts.items():
        for form in forms[-1:]:
            assert fields(form) == (fields(text) or (fields(form) & {"number"})), text


def test_a_file_in_the_format_of_gettext_is_read() -> None:
    text = '# a comment\nmsgid ""\n"one "\n"two"\nmsgstr "eins \\"zwei\\""\n\nmsgid "x"\nmsgstr ""\n'
    assert language.parsed(text) == {"one two": ('eins "zwei"',)}


def test_numbers_follow_the_rule_of_the_catalogue() -> None:
    german = language.words("de")
    assert german.many("one notice", "{number} notices", 1) == "eine Nachricht"
    assert german.many("one notice", "{number} notices", 3) == "3 Nachrichten"
    assert language.ENGLISH.many("one notice", "{number} notices", 3) == "3 notices"


def test_a_time_is_in_the_readers_zone_and_language() -> None:
    assert language.moment(AT, BERLIN) == "Mon 2 Mar 2026, 22:05 CET"
    assert language.moment(AT, BERLIN, language.words("de")) == "Mo 2. März 2026, 22:05 Uhr CET"
    tokyo = zoneinfo.ZoneInfo("Asia/Tokyo")
    assert language.moment(AT, tokyo, language.words("de")) == "Di 3. März 2026, 06:05 Uhr JST"


def test_a_language_that_there_is_not_is_refused_and_reads_as_english() -> None:
    with pytest.raises(errors.UserError, match="Known are en, de"):
        language.check("tlh")
    assert language.words("tlh") is language.words(None) is language.words("en") is language.ENGLISH


class _Marking(dict[str, tuple[str, ...]]):
    """A catalogue that has every text, between signs."""

    def get(self, key: str, default: object = None) -> tuple[str, ...]:
        return (f"⟦{key}⟧",) if "{number} " not in key else (f"⟦{key}⟧", f"⟦{key}⟧")


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("kind", model.KINDS)
@pytest.mark.parametrize("private", [True, False])
def test_no_word_of_a_letter_goes_past_the_catalogue(kind: model.Kind, alone: bool, private: bool) -> None:
    item = model.Item(
        id="n", kind=kind, at=AT, seen=False, who="Anonymous 2", title="", lesson=None, place="", text="",
        private=private, score=1, max_score=2, due=AT,
    )  # fmt: skip
    frame = digest.Frame(
        course="7", base="https://7", texts=not private, zone=BERLIN, unsubscribe="https://7", answers=True,
        words=language.Words(name="x", texts=_Marking()),
    )  # fmt: skip
    said = digest.words([item] if alone else [item, item], frame, alone=alone)
    for text in (said.subject, said.text, re.sub(r"<[^>]*>", " ", said.html)):
        bare = re.sub(r"https://7\S*", "", text)
        while "⟦" in bare:
            shorter = re.sub(r"⟦[^⟦⟧]*⟧", "", bare)
            assert shorter != bare
            bare = shorter
        assert not re.search(r"[^\W\d_]", bare), text
