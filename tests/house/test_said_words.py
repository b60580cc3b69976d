"""What the rooms say to people in sentences is in the catalogues, and what the catalogues have is said."""

import ast
import datetime
import re
import zoneinfo
from pathlib import Path

import pytest

from courseware import language
from courseware.course import explain, late, late_line, rules
from courseware.grading import feedback, queued, run
from tests.house import page_words

ROOT = Path(__file__).parents[2] / "courseware"
ROOMS = (
    *("discussion/*.py", "exchange/allowed.py", "exchange/choices.py", "exchange/drafts.py"),
    *("exchange/fetch.py", "exchange/receive.py", "exchange/storage.py", "exchange/submissions.py"),
    "course/attempts.py",
    *(
        "course/lessons.py",
        "course/sign_in.py",
        "lab/copies.py",
        "lab/course.py",
        "lab/kept.py",
        "lab/pack.py",
        "lab/proxy.py",
        "lab/updating.py",
    ),
    *("grading/course_checks.py", "grading/asking.py", "grading/judge.py", "lab/work.py"),
    *("grading/requests.py", "desk/second_look.py"),
    *("notebook/files.py", "notices/confirm.py", "notices/preferences.py", "service/edge.py"),
    *("service/limits.py", "service/pack.py"),
)
"""Where sentences for students come from; elsewhere they are for staff or for programs, and English."""
STAFF = {
    "{} is not staff of this course.",
    "{} does not look after this discussion.",
    "You cannot {} this discussion.",
    "You cannot {} this comment.",
    "A course keeps at most {} replies. Remove one first.",
    "Release {} has no file {}.",
    "What staff write to one student is private.",
    "An Idempotency-Key has at most 80 characters.",
    "A machine gets a credential for `lab` or for `cli`.",
    "A credential holds from 1 to {} days, not {}.",
}
AT = datetime.datetime(2026, 3, 2, 21, 5, tzinfo=datetime.UTC)
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def shape(text: str) -> str:
    """A sentence with its gaps, whatever they are called."""
    return re.sub(r"{[^{}]*}", "{}", text)


def sentences() -> set[str]:
    """What is said where an error is raised, as it stands in the sources."""
    found = set()
    for pattern in ROOMS:
        for path in sorted(ROOT.glob(pattern)):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("UserError", "Temporary")):
                    found |= {_text(each) for each in node.args[:1]}
    return {shape(text) for text in found if text}


def _text(node: ast.expr) -> str:
    match node:
        case ast.Constant():
            return str(node.value)
        case ast.JoinedStr():
            return "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{x}" for part in node.values
            )
        case ast.BinOp():
            return _text(node.left) + _text(node.right)
    return ""


@pytest.mark.parametrize("name", page_words.OTHERS)
def test_what_students_are_refused_with_is_in_the_catalogue(name: str) -> None:
    texts = language.parsed(page_words.catalogue(name, "said").read_text(encoding="utf-8"))
    known = {shape(text) for text in texts if text}
    # What ends in a gap goes on with a sentence that is known by itself.
    missing = {each for each in sentences() if not {each, each.removesuffix(" {}")} & known}
    assert sorted(missing - STAFF) == []
    assert sentences() >= STAFF


def test_catalogues_of_all_languages_have_the_same_sentences() -> None:
    texts = [
        set(language.parsed(page_words.catalogue(name, "said").read_text(encoding="utf-8")))
        for name in page_words.OTHERS
    ]
    assert all(each == texts[0] for each in texts)


@pytest.mark.parametrize("name", page_words.OTHERS)
def test_why_a_date_is_so_is_said_in_the_language(name: str) -> None:
    told = language.pages(name)
    said = [
        explain.NO_DATES,
        explain.SAME,
        *(explain.date("due", layer, AT, BERLIN) for layer in explain._LAYERS),
        explain.more(3, "an extension"),
        explain.more(1, "the dates of your group"),
        explain.more(2, "extra time (1.5 times as long)"),
        explain.slower(1.5),
        explain.now_due(AT, BERLIN),
        explain.closes_later(AT, BERLIN),
    ]
    assert [text for text in said if language.said(text, told) is None] == []
    assert language.said(" ".join(said), told) == " ".join(str(language.said(text, told)) for text in said)


@pytest.mark.parametrize("name", page_words.OTHERS)
@pytest.mark.parametrize("kind", ["accept", "zero", "linear"])
@pytest.mark.parametrize("hours", [0.02, 1, 30, 80])
@pytest.mark.parametrize("left", [0, 1, 5])
def test_what_late_work_loses_is_said_in_the_language(
    name: str, kind: rules.LateKind, hours: float, left: int
) -> None:
    policy = rules.Late(
        kind=kind,
        grace=datetime.timedelta(minutes=5),
        percent=10,
        every=datetime.timedelta(days=1),
        floor=20,
    )
    for forgiven in (False, True):
        why = late.penalty(policy, int(hours * 3600), left=left, forgiven=forgiven).why
        assert why
        assert language.said(why, language.pages(name)) is not None, why


@pytest.mark.parametrize("name", page_words.OTHERS)
@pytest.mark.parametrize("every", [datetime.timedelta(days=1), datetime.timedelta(hours=6)])
def test_the_rule_for_late_work_is_said_in_the_language(name: str, every: datetime.timedelta) -> None:
    grace = datetime.timedelta(minutes=5)
    for policy in (
        rules.Late(),
        rules.Late(kind="zero", grace=grace),
        rules.Late(kind="linear", every=every, floor=12.5, grace=grace, bank=2),
    ):
        told = late_line.told(policy)
        said = language.said(told, language.pages(name))
        assert said is not None, told
        assert "work" not in said


@pytest.mark.parametrize("name", page_words.OTHERS)
def test_every_verdict_and_why_there_is_none_is_said_in_the_language(name: str) -> None:
    told = language.pages(name)
    said = [feedback.words(verdict) for verdict in feedback.VERDICTS]
    said += [feedback.words_of_part(verdict) for verdict in feedback.VERDICTS]
    assert [text for text in [*said, run.LOOKED_AT, queued.PAUSED] if language.said(text, told) is None] == []
    again = "You have answered this question. It is asked again in 2 days 3 hours."
    assert language.said(again, told)


def test_a_sentence_is_translated_with_what_stands_in_it() -> None:
    arabic, german = language.pages("ar"), language.pages("de")
    text = "It came 2 days 3 hours late; this was forgiven."
    assert language.said(text, german) == "Verspätung: 2 Tage 3 Stunden; sie wurde erlassen."
    assert language.said(text, arabic) == "مدة التأخر: يومان 3 ساعات؛ وقد عُفي عنها."
    opens = "Due Mon 2 Mar 2026, 22:05 (Europe/Berlin): the date of the lesson."
    assert language.said(opens, german) == (
        "Abzugeben bis Mo 2. März 2026, 22:05 Uhr Europe/Berlin: der Termin der Lektion."
    )
    assert (
        language.said("The lesson 'Due' is not open yet.", german)
        == "Die Lektion 'Due' ist noch nicht offen."
    )
    link = "This link is for the command line: courseware join LINK. It was not used."
    assert language.said(link, german) == (
        "Dieser Link ist für die Kommandozeile: courseware join LINK. Er wurde nicht verwendet."
    )
    assert language.said("Nobody said this.", german) is None
    assert language.said("This discussion is closed. Nobody said this.", german) is None
    assert language.said("Nobody said this.", language.ENGLISH) == "Nobody said this."
