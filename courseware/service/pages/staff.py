"""Pages of staff: people, the class with its marks, marking written answers."""

from typing import Any

from courseware import errors, language
from courseware.course import groups, model, people, permissions, rosters
from courseware.course import lessons as course_lessons
from courseware.exchange import model as exchange_model
from courseware.exchange import releases, submissions
from courseware.grading import grades, holds, reaching, scores
from courseware.notebook import cells, files, html
from courseware.service import access, call, called, render, show, types_people
from courseware.service.api import people as api_people
from courseware.service.pages import uploaded


def people_page(request: call.Call, **more: Any) -> call.Page:
    """Everybody, and forms to bring somebody in."""
    values = {"link": None, "link_name": "", "report": None, **more}
    listed = api_people.listed(request).people
    may_change = request.may(permissions.Action.CHANGE_PEOPLE)
    may_extend = request.may(permissions.Action.EXTEND)
    return call.Page(
        template="people.html",
        values=render.base_values(
            request,
            people=listed,
            may_change=may_change,
            may_audit=request.may(permissions.Action.READ_AUDIT),
            groups=groups.of_course(request.connection, request.course) if may_extend else {},
            **values,
        ),
    )


def add_person(request: call.Call) -> call.Page:
    """Bring somebody in and show the join link."""
    fields = request.body.fields
    with api_people.owners_stay(request):
        person = people.add(
            request.connection,
            request.course,
            username=fields.get("username", ""),
            name=fields.get("name", ""),
            email=fields.get("email") or None,
            role=fields.get("role", "student"),
            now=request.now,
        )
    return _with_link(request, person)


def join_link(request: call.Call) -> call.Page:
    """A fresh join link, shown once."""
    return _with_link(request, people.find(request.connection, request.course, request.path["p"]).person)


def _with_link(request: call.Call, person: model.Person) -> call.Page:
    import dataclasses

    placed = dataclasses.replace(request, path={**request.path, "p": person.public})
    return people_page(request, link=api_people.join_link(placed), link_name=person.name)


def import_list(request: call.Call) -> call.Page:
    """Take a class list; what is wrong with it is listed and nothing changed."""
    point = request.connection.begin_nested()
    try:
        with api_people.owners_stay(request):
            told = rosters.import_csv(
                request.connection, request.course, uploaded.csv_text(request), now=request.now
            )
    except errors.UserError as error:
        point.rollback()
        problems = list(error.details) or [error.message]
        return people_page(request, report=types_people.ImportReport(added=[], changed=[], problems=problems))
    point.commit()
    report = types_people.ImportReport(
        added=list(told.added), changed=list(told.changed), unchanged=list(told.unchanged)
    )
    return people_page(request, report=report)


def end(request: call.Call) -> call.Redirect:
    """End a membership."""
    api_people.end(request)
    return call.Redirect(to=f"/courses/{request.course.slug}/people")


def hold(request: call.Call) -> call.Redirect:
    """Hold an exercise, or end the hold."""
    lesson, key = access.lesson(request), request.path["key"]
    if request.body.fields.get("held"):
        access.exercise(request, lesson)
        holds.put(request.connection, lesson, key, "", by=request.viewer.person, now=request.now)
    else:
        holds.end(request.connection, lesson, key, by=request.viewer.person, now=request.now)
    reaching.note_lesson(request.connection, lesson, now=request.now)
    return call.Redirect(to=f"/courses/{request.course.slug}/lessons/{lesson.slug}")


def release_marks(request: call.Call) -> call.Redirect:
    """Show the marks of a lesson."""
    lesson = access.lesson(request)
    course_lessons.release_marks(request.connection, lesson, by=request.viewer.person, now=request.now)
    reaching.note_lesson(request.connection, access.lesson(request), now=request.now)
    return call.Redirect(to=f"/courses/{request.course.slug}/lessons/{lesson.slug}")


def marking(request: call.Call) -> call.Page:
    """The exercises that a person marks, with how many answers wait."""
    connection = request.connection
    table = grades.of_class(connection, request.course, now=request.now)
    newest = releases.newest_of(connection, [lesson.id for lesson, _ in table.lessons])
    names = called.names(request)
    rows = []
    for lesson, _ in table.lessons:
        for exercise in newest[lesson.id].exercises:
            if exercise.kind == "person":
                answers = _answers(table, lesson, exercise.key, names)
                waiting = sum(1 for _, score in answers if score.needs_person)
                rows.append(
                    {"lesson": lesson, "exercise": exercise, "waiting": waiting, "total": len(answers)}
                )
    return call.Page(template="marking.html", values=render.base_values(request, exercises=rows))


def mark_page(request: call.Call) -> call.Page:
    """One answer and the form to mark it; the first that waits unless one is asked for."""
    lesson, exercise = _exercise(request)
    table = grades.of_class(request.connection, request.course, now=request.now, lesson=lesson)
    names = called.names(request)
    answers = _answers(table, lesson, exercise.key, names)
    wanted = request.query.get("submission")
    place = next((i for i, (s, _) in enumerate(answers) if s.public == wanted), None)
    if place is None:
        place = next(
            (i for i, (_, score) in enumerate(answers) if score.needs_person), 0 if answers else None
        )
    values: dict[str, Any] = {
        "lesson": lesson,
        "exercise": exercise,
        "waiting": sum(1 for _, score in answers if score.needs_person),
        "total": len(answers),
        "saved": "saved" in request.query,
        "work": None,
    }
    if place is not None:
        found, score = answers[place]
        question, answer = _cells(request, found, exercise)
        values |= {
            "work": show.submission(request, found),
            "name": names.of(people.by_id(request.connection, found.person_id)),
            "mark": score,
            "question": question,
            "answer": answer,
            "previous": answers[place - 1][0].public if place > 0 else None,
            "following": answers[place + 1][0].public if place + 1 < len(answers) else None,
        }
    return call.Page(template="mark.html", values=render.base_values(request, **values))


def mark(request: call.Call) -> call.Redirect:
    """Save a mark and go to the next answer that waits."""
    lesson, exercise = _exercise(request)
    fields = request.body.fields
    try:
        score = float(fields.get("score", "").replace(",", "."))
        version = int(fields.get("version", ""))
    except ValueError:
        raise errors.UserError("The points must be a number.") from None
    found = submissions.find(request.connection, fields.get("submission", ""))
    if found.lesson_id != lesson.id:
        raise errors.UserError("This hand-in is of another lesson.", code="not-found")
    scores.put_by_person(
        request.connection,
        found,
        (exercise.notebook, exercise.key),
        score=score,
        comment=fields.get("comment", ""),
        by=request.viewer.person,
        now=request.now,
        version=version,
    )
    reaching.note(request.connection, request.course, found.person_id, lesson, now=request.now)
    return call.Redirect(
        to=f"/courses/{request.course.slug}/lessons/{lesson.slug}/marking/{exercise.key}?saved=yes"
    )


def _exercise(request: call.Call) -> tuple[model.Lesson, exchange_model.Exercise]:
    """The exercise that the address names."""
    lesson = access.lesson(request)
    newest = releases.newest(request.connection, lesson.id)
    for exercise in newest.exercises if newest else ():
        if exercise.key == request.path["key"] and exercise.kind == "person":
            return lesson, exercise
    raise errors.UserError("This lesson has no such exercise that a person marks.", code="not-found")


def _answers(
    table: grades.Class, lesson: model.Lesson, key: str, names: called.Names
) -> list[tuple[exchange_model.Submission, scores.Score]]:
    """The answers that count, in order of what people are called, with their marks."""
    found = []
    for member in sorted(table.members, key=lambda each: names.of(each.person).order):
        standing = table.cells.get((member.person.id, lesson.id))
        for score in standing.exercises if standing else ():
            if standing and score.key == key:
                found.append((standing.submission, score))
    return found


def _cells(
    request: call.Call, found: exchange_model.Submission, exercise: exchange_model.Exercise
) -> tuple[Any, Any]:
    """The question as released and the answer as handed in, as HTML that can harm nobody."""
    import markupsafe

    release = releases.by_id(request.connection, found.release_id)
    path = f"{exercise.notebook}.ipynb"
    texts: list[list[files.Cell]] = []
    for entries in (release.student, found.files):
        entry = next((each for each in entries if each.path == path), None)
        book = files.read(request.service.blobs.get(entry.sha256), name=path) if entry else {"cells": []}
        texts.append(book["cells"])
    question, answer = _asked(texts[0], exercise.key), _keyed(texts[1], exercise.key)

    told = language.pages(render.tongue(request))

    def shown(cell: files.Cell | None) -> Any:
        return markupsafe.Markup(html.cell(cell, told=told)) if cell else None

    return shown(question), shown(answer)


def _keyed(found: list[files.Cell], key: str) -> files.Cell | None:
    """The cell of this grade_id."""
    return next((cell for cell in found if cells.grade_id(cell) == key), None)


def _asked(found: list[files.Cell], key: str) -> files.Cell | None:
    """What was asked: the text above the answer cell, or the task itself."""
    above: files.Cell | None = None
    for cell in found:
        if cells.grade_id(cell) == key:
            known = cells.marking(cell)
            return cell if known is not None and known.task else above
        if cell["cell_type"] == "markdown":
            above = cell
    return above
