"""Hand-ins, stretches of time and the way through a course in words, for students' commands.

In: JSON of the service. Out: one line each.
"""

from typing import Any

from courseware.cli import screen

_STEPS = {
    "done": "done",
    "waiting": "marks to come",
    "again": "not enough yet",
    "started": "in progress",
    "locked": "locked",
    "missed": "no longer possible",
}


def step(told: dict[str, Any], following: str | None) -> str:
    """What a lesson of the map is; empty where it just waits for its turn."""
    here = "next" if told["lesson"] == following else _STEPS.get(told["state"], "")
    if told["complete"] == "watched" and told["state"] == "started":
        return f"{here}, watched {told['watched']} of {told['percent']:g} %"
    if told.get("checks") and told["state"] == "started":
        return f"{here}, {told['checked']} of {told['checks']} checked"
    return here


def way(progress: dict[str, Any]) -> str:
    """Where somebody stands, in one line."""
    left = progress["minutes_left"]
    about = f", about {span(60 * left)} left" if left else ""
    following = f" Next: {progress['next']}" if progress["next"] else ""
    return f"{progress['done']} of {progress['total']} lessons done{about}.{following}"


def hand_in(lesson: dict[str, Any]) -> str:
    """What became of a lesson: what staff set for it, or the hand-in."""
    if given := lesson.get("set_mark"):
        return f"{given['points']:g} of {lesson['max_score']:g} points, set by staff"
    return work(lesson["submission"])


def work(submission: dict[str, Any] | None) -> str:
    """A hand-in in words."""
    if submission is None:
        return "nothing handed in"
    late = f", late by {span(submission['late_seconds'])}" if submission["late_seconds"] else ""
    if submission.get("missing"):
        late += f", without {', '.join(submission['missing'])}"
    if submission["state"] == "failed":
        return f"could not be marked: {submission['reason']}{late}"
    if submission["state"] != "marked":
        return f"{submission['state']}{late}"
    if not submission["marks_visible"]:
        return f"marked; the points are shown later{late}"
    later = _later(submission)
    if submission["score"] is None and later:
        return f"marked; {later}{late}"
    waits = ", a person has to look at some of it" if submission["needs_person"] else ""
    so_far = f" so far, {later}" if later else ""
    return f"{submission['score'] or 0:g} of {submission['max_score']:g} points{so_far}{waits}{late}"


def _later(submission: dict[str, Any]) -> str:
    """What waits for the due date, in words; nothing if nothing does."""
    if not submission.get("withheld"):
        return ""
    more = " more" if submission["score"] is not None else ""
    when = f" ({screen.moment(submission['shows'])})" if submission["shows"] else ""
    return f"{submission['withheld']:g}{more} points are shown after the due date{when}"


def span(seconds: float) -> str:
    """A span of time in its two largest units."""
    minutes = int(seconds) // 60
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{max(1, minutes)} min"
