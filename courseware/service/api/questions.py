"""Questions in lessons: what is asked, answering, and what is asked again."""

from courseware import errors
from courseware.course import manifest, model
from courseware.exchange import fetch
from courseware.exchange import model as exchange_model
from courseware.grading import answers, asking, judge
from courseware.progress import review as progress_review
from courseware.service import access, asked, call, types_quiz


def listed(request: call.Call) -> types_quiz.Questions:
    """The questions of a lesson, and where the asking person stands with each."""
    lesson = access.lesson(request)
    put = _put(request, lesson)
    given = answers.of_person(request.connection, request.viewer.person, [lesson.id])
    rule = manifest.of(request.course).quiz
    found = [
        (each, asking.standing(each.asked.question, given.get((lesson.id, each.asked.key), ()), rule))
        for each in put
    ]
    return types_quiz.Questions(questions=[asked.shown(each, stood, request.now) for each, stood in found])


def fresh(request: call.Call, release: exchange_model.Release) -> list[types_quiz.Question]:
    """The questions of a release as somebody gets them who has answered none."""
    lesson, rule = access.lesson(request), manifest.of(request.course).quiz
    put = [answers.Put(lesson=lesson, asked=each) for each in release.questions]
    return [asked.shown(each, asking.standing(each.asked.question, (), rule), request.now) for each in put]


def answer(request: call.Call) -> types_quiz.Question:
    """Take an answer, and tell the verdict.

    Raises:
        UserError: the lesson asks this no more, it is no answer, or none is taken.
    """
    lesson, key = access.lesson(request), request.path["key"]
    put = next((each for each in _put(request, lesson) if each.asked.key == key), None)
    if put is None:
        message = "This question is not in the lesson any more. Load the lesson again."
        raise errors.UserError(message, code="not-found")
    wish: types_quiz.AnswerRequest = request.body
    given = judge.Given(chosen=wish.chosen, text=wish.text)
    stood = answers.take(request.connection, request.viewer, put, given, now=request.now)
    return asked.shown(put, stood, request.now)


def review(request: call.Call) -> types_quiz.Review:
    """What the asking person is asked again."""
    found = progress_review.of_viewer(request.connection, request.viewer, now=request.now)
    return types_quiz.Review(
        questions=[asked.shown(each.put, each.standing, request.now) for each in found.due],
        waiting=found.waiting,
        next=found.next,
    )


def _put(request: call.Call, lesson: model.Lesson) -> list[answers.Put]:
    """The questions of the newest release of a lesson that is open to the asking person."""
    release = fetch.release(request.connection, request.viewer, lesson, None, now=request.now)
    return [answers.Put(lesson=lesson, asked=each) for each in release.questions]
