"""A question as somebody may see it now: the only way in which one leaves the service.

In: a question of a release, which holds the answer key, and where the person stands with it. Out: a struct
without the key. Hints come one after each wrong answer, the explanation when the course says so, and what is
right once no attempt is left. While a question is asked again, nothing of it is told.
"""

import datetime

from courseware.grading import answers, asking
from courseware.notebook import questions
from courseware.service import types_quiz


def shown(put: answers.Put, stood: asking.Standing, now: datetime.datetime) -> types_quiz.Question:
    """The question for the person who stands so."""
    question = put.asked.question
    takes = stood.takes(now)
    told = types_quiz.Question(
        key=put.asked.key,
        lesson=put.lesson.slug,
        lesson_title=put.lesson.title,
        notebook=put.asked.notebook,
        kind=question.kind,
        prompt=question.prompt,
        options=list(question.options),
        state=stood.state,
        attempts_left=stood.attempts_left,
        takes=takes,
        again=takes and stood.state != "open",
        due=stood.due,
    )
    if told.again or stood.last is None:
        return told
    last = stood.last
    told.answer = types_quiz.GivenAnswer(said=last.said, right=last.right, at=last.at)
    if stood.state == "open":
        told.hints = list(question.hints[: stood.hints])
    if stood.explained:
        told.explanation = question.explanation
    if stood.state != "open":
        told.right = list(question.right)
        told.solution = _solution(question)
    return told


def _solution(question: questions.Question) -> str:
    """What would have been right, in words; of a choice the positions say it."""
    if question.kind == "number":
        number = f"{question.number:.15g}"
        return f"{number} ± {question.tolerance:.6g}" if question.tolerance else number
    return question.accepted[0] if question.accepted else ""
