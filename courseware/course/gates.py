"""What must come before a lesson, and whether it has; pure.

In: what a lesson requires and what somebody has reached. Out: since when the lesson is theirs, or the
sentence that says what is missing. A percentage counts from the moment its person may see the marks, and
until then the sentence is the same for everybody, so that it tells nothing of marks. What was reached stays
reached. A required lesson that the course no longer lists asks nothing of anybody.
"""

import datetime

from courseware.course import rules

NEVER = datetime.datetime(9999, 12, 31, tzinfo=datetime.UTC)


def opens(course: rules.Course, lesson: rules.Lesson, person: rules.Person) -> datetime.datetime | None:
    """Since when nothing is missing; `NEVER` while something is, None if nothing is required."""
    needed = _needed(course, lesson)
    if not needed or person.of("waiver", lesson.slug):
        return None
    return max(_since(each, person.reached.get(each.lesson, rules.Reached())) for each in needed)


def _needed(course: rules.Course, lesson: rules.Lesson) -> list[rules.Requirement]:
    """What a lesson requires of those that are listed."""
    listed = {each.slug for each in course.lessons}
    return [each for each in lesson.requires if each.lesson in listed]


def _since(needed: rules.Requirement, reached: rules.Reached) -> datetime.datetime:
    """Since when one requirement is met."""
    if needed.percent is None:
        return reached.handed_in or NEVER
    if reached.percent is None or reached.shown_from is None or reached.percent + 1e-9 < needed.percent:
        return NEVER
    return reached.shown_from


def words(course: rules.Course, lesson: rules.Lesson) -> str:
    """What a lesson requires, in words."""
    parts = []
    for each in _needed(course, lesson):
        title = course.lesson(each.lesson).title
        if each.percent is None:
            parts.append(f"you have handed in “{title}”")
        else:
            parts.append(f"your marks of “{title}” are shown and reach {each.percent:g} %")
    return f"It opens when {' and '.join(parts)}." if parts else ""
