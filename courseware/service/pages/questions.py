"""Answering questions on the pages: in their lesson, and on the review list. The forms need no script.

In: what a form said. Out: back to where it was given, at the verdict; or the same page with the answer and
the reason why it was refused.
"""

import dataclasses
import re
import urllib.parse

from courseware import errors
from courseware.service import call, render, types_quiz
from courseware.service.api import questions as api_questions
from courseware.service.pages import lesson, quiz, writing

_REVIEW = "review"


def answer(request: call.Call) -> call.Page | call.Redirect:
    """Take an answer from a form."""
    fields, key = request.body.fields, request.path["key"]
    picked = [fields.get("pick", "")]
    picked += [name.removeprefix("pick-") for name in fields if name.startswith("pick-")]
    chosen = tuple(int(each) for each in picked if re.fullmatch(r"[0-9]{1,3}", each))
    text = fields.get("text", "")
    wish = types_quiz.AnswerRequest(chosen=list(chosen), text=text)
    try:
        told = api_questions.answer(dataclasses.replace(request, body=wish))
    except errors.UserError as error:
        if error.code == "not-found":
            raise
        status = errors.STATUS.get(error.code, 422)
        sent = quiz.Sent(key=key, chosen=chosen, text=text[:500], problem=error.message, status=status)
        back = fields.get("back") == _REVIEW
        return _review(request, sent) if back else lesson.page(request, writing.fresh(), sent)
    at = f"#result-{quiz.mark(told.lesson, key)}"
    if fields.get("back") == _REVIEW:
        just = urllib.parse.urlencode({"lesson": told.lesson, "just": key})
        return call.Redirect(to=f"/courses/{request.course.slug}/review?{just}{at}")
    return call.Redirect(to=f"/courses/{request.course.slug}/lessons/{told.lesson}{at}")


def review(request: call.Call) -> call.Page:
    """What I am asked again today; `?just=` shows how the last answer was judged."""
    return _review(request, None)


def _review(request: call.Call, sent: quiz.Sent | None) -> call.Page:
    """The review list, with an answer that was refused."""
    told = api_questions.review(request)
    asked = [quiz.shown(request, each, sent) for each in told.questions]
    values = render.base_values(request, review=told, asked=asked, just=_just(request))
    return call.Page(template="review.html", values=values, status=sent.status if sent else 200)


def _just(request: call.Call) -> quiz.Shown | None:
    """The question that was answered just now, if its lesson still asks it."""
    place, key = request.query.get("lesson"), request.query.get("just")
    if not place or not key:
        return None
    there = dataclasses.replace(request, path={**request.path, "l": place})
    try:
        found = api_questions.listed(there).questions
    except errors.UserError:
        return None
    told = next((each for each in found if each.key == key and not each.takes), None)
    return quiz.shown(request, told) if told else None
