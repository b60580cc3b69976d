"""What the Lab's server says in the language that the Lab asks for; what people wrote stays as it is."""

import pytest

from courseware.lab import telling

ANSWER = {
    "lessons": [
        {
            "title": "The lesson has no dates.",
            "why": "The lesson has no dates.",
            "locked": "",
            "late_rule": "Late work loses nothing.",
            "formats": ["The lesson has no dates."],
            "release": {"number": 2, "notes": "Mended."},
        }
    ],
    "notes": ["a.ipynb is still as in release 1.", "Nobody knows this."],
    "away": "The course service does not answer. Try again later.",
    "score": 3,
}


def test_sentences_are_translated_and_nothing_else() -> None:
    told = telling.told(ANSWER, "de")
    (lesson,) = told["lessons"]
    assert lesson["why"] == "Die Lektion hat keine Termine."
    assert lesson["late_rule"] == "Verspätete Abgaben verlieren nichts."
    assert (lesson["title"], lesson["locked"]) == ("The lesson has no dates.", "")
    assert lesson["formats"] == ["The lesson has no dates."]
    assert lesson["release"] == {"number": 2, "notes": "Mended."}
    assert told["notes"] == ["a.ipynb ist noch wie in Fassung 1.", "Nobody knows this."]
    assert told["away"] == "Der Kursdienst antwortet nicht. Versuch es später noch einmal."
    assert told["score"] == 3


def test_a_check_is_told_and_the_authors_hint_stays() -> None:
    sentence = "Something in the course has to be mended first. Your work is safe and is being looked at."
    done = {"state": "done", "words": "Not yet right", "hint": sentence}
    assert telling.told(done, "de") == done | {"words": "Noch nicht richtig"}
    failed = {"state": "failed", "words": "", "hint": sentence}
    assert telling.told(failed, "de")["hint"].startswith("Im Kurs muss")


@pytest.mark.parametrize("name", ["", "en", "tlh", "de-AT' or 1", "x" * 10_000])
def test_a_language_that_there_is_not_changes_nothing(name: str) -> None:
    told = telling.told(ANSWER, name)
    assert told == ANSWER or name.startswith("de")
