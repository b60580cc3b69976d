"""Where the asking person stands in the course; of others nobody can ask."""

from courseware.progress import completion, standing
from courseware.progress import week as weeks
from courseware.service import call, types_progress


def mine(request: call.Call) -> types_progress.Progress | None:
    """The asking person's map and week; None for staff, who teach the course and do not go through it."""
    if request.viewer.is_staff:
        return None
    found = standing.of_viewer(request.connection, request.viewer, now=request.now)
    return types_progress.Progress(
        done=found.map.done,
        total=len(found.map.lessons),
        next=found.map.next,
        minutes_left=found.map.minutes_left,
        lessons=[_lesson(each) for each in found.map.lessons],
        week=_week(found.week),
    )


def _lesson(found: completion.Lesson) -> types_progress.LessonProgress:
    """A lesson of the map."""
    return types_progress.LessonProgress(
        lesson=found.slug,
        title=found.title,
        state=found.state,
        complete=found.rule.kind,
        percent=found.rule.percent if found.rule.kind in ("passed", "watched") else None,
        watched=found.watched,
        checked=found.checked.done if found.checked else None,
        checks=found.checked.number if found.checked else None,
        minutes=found.minutes,
        due=found.due,
        done=found.done,
    )


def _week(found: weeks.Week) -> types_progress.Week:
    """The week."""
    return types_progress.Week(
        first=found.first.isoformat(),
        last=found.last.isoformat(),
        hours=found.hours,
        done=found.done,
        paused_until=found.paused.isoformat() if found.paused else None,
        items=[
            types_progress.WeekItem(lesson=e.lesson, title=e.title, minutes=e.minutes, due=e.due)
            for e in found.items
        ],
    )
