"""How questions look on a page: what the templates show of them.

In: questions as `service.asked` tells them, and what a form said that was refused. Out: their Markdown as
HTML that can harm nobody, with a name for each on the page.
"""

import dataclasses
import hashlib
import html as escaping
import re
import urllib.parse

import markupsafe

from courseware.course.permissions import Action
from courseware.exchange import model
from courseware.notebook import html
from courseware.service import call, types_quiz
from courseware.service.api import questions as api_questions


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sent:
    """What a form said, and why it was refused."""

    key: str
    chosen: tuple[int, ...] = ()
    text: str = ""
    problem: str = ""
    status: int = 422


@dataclasses.dataclass(frozen=True, kw_only=True)
class Option:
    """An answer to choose; `mine` was chosen last, `right` is told only when it may be."""

    number: int
    html: markupsafe.Markup
    mine: bool
    right: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class Shown:
    """A question on a page; `mark` names it there, `send` is where its form goes, nowhere
    in a draft.
    """

    told: types_quiz.Question
    mark: str
    send: str
    prompt: markupsafe.Markup
    options: tuple[Option, ...]
    hints: tuple[markupsafe.Markup, ...]
    explanation: markupsafe.Markup
    sent: Sent | None = None


def of_lesson(request: call.Call, sent: Sent | None) -> dict[str, Shown]:
    """The questions of the lesson in the address by key; none for those who may not answer."""
    if not request.may(Action.ANSWER):
        return {}
    return {each.key: shown(request, each, sent) for each in api_questions.listed(request).questions}


def of_draft(request: call.Call, release: model.Release, base: str) -> dict[str, Shown]:
    """The questions of a release that is none yet, with its files at the address `base`; nobody answers
    them.
    """
    told = api_questions.fresh(request, release)
    return {each.key: dataclasses.replace(shown(request, each, base=base), send="") for each in told}


def shown(
    request: call.Call, told: types_quiz.Question, sent: Sent | None = None, *, base: str | None = None
) -> Shown:
    """A question with its Markdown as HTML that can harm nobody; `base` is where the lesson's files are, if
    not where students get them.
    """
    here = f"/courses/{request.course.slug}/lessons/{told.lesson}"
    of = base or f"{here}/files/"
    page = f"{told.notebook}.ipynb"

    def made(text: str) -> markupsafe.Markup:
        return markupsafe.Markup(html.rebased(html.markdown(text), of, page)) if text else _NONE

    mine = sent if sent is not None and sent.key == told.key else None
    chosen = mine.chosen if mine else _positions(told)
    return Shown(
        told=told,
        mark=mark(told.lesson, told.key),
        send=f"{here}/questions/{urllib.parse.quote(told.key, safe='')}",
        prompt=made(told.prompt),
        options=tuple(
            Option(
                number=number, html=_line(made(text), text), mine=number in chosen, right=number in told.right
            )
            for number, text in enumerate(told.options, start=1)
        ),
        hints=tuple(made(hint) for hint in told.hints),
        explanation=made(told.explanation),
        sent=mine,
    )


def mark(slug: str, key: str) -> str:
    """A name for a question in a page: keys may hold anything."""
    return hashlib.sha256(f"{slug}/{key}".encode(errors="surrogatepass")).hexdigest()[:12]


_NONE = markupsafe.Markup()


def _line(made: markupsafe.Markup, text: str) -> markupsafe.Markup:
    """An option as part of a line; one that makes more than a paragraph is shown as it was written."""
    found = re.fullmatch(r"<p>((?:(?!</?p>).)*)</p>\s*", made, re.DOTALL)
    return markupsafe.Markup(found[1] if found else escaping.escape(html.visible(text)))


def _positions(told: types_quiz.Question) -> tuple[int, ...]:
    """The options that were chosen last, to show them beside what is right."""
    if told.takes or told.answer is None or told.kind not in ("one", "several"):
        return ()
    return tuple(int(each) for each in told.answer.said.split(","))
