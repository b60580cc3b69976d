"""A rule for late work as a line of course.toml, and in words; pure.

In: the line that somebody typed, or a rule. Out: the rule, the whole line, or sentences for whoever it
concerns. Refused: what course.toml would not take either.
"""

import tomllib

from courseware import errors
from courseware.course import explain, reading, rules, written

MOST = 500


def read(text: str, usual: rules.Late) -> rules.Late:
    """The rule in this line; `late =` may stand before it. Late days stay those of `usual`.

    Raises:
        UserError: it is none.
    """
    said = text.strip()
    said = said if said.startswith("late") else f"late = {said}"
    try:
        told = tomllib.loads(said[:MOST])
    except tomllib.TOMLDecodeError as error:
        raise errors.UserError(f"This is no line of course.toml: {error}.", code="bad-request") from None
    except RecursionError:
        message = "This is no line of course.toml: it is nested too deeply."
        raise errors.UserError(message, code="bad-request") from None
    if "late" not in told or len(told) > 1:
        raise errors.UserError('Write one rule, such as late = "zero".', code="bad-request")
    return reading.late(written.Source(name="late", text=said), told["late"], usual, bank=False)


def write(rule: rules.Late) -> str:
    """The line, with all that it says, so that it means the same whatever else course.toml says one day."""
    if rule.kind == "accept" or (rule.kind == "zero" and not rule.grace):
        return f'"{rule.kind}"'
    parts = [f'kind = "{rule.kind}"']
    if rule.kind == "linear":
        parts.append(f"percent = {_number(rule.percent)}")
        if rule.every != rules.DAY:
            parts.append(f"every_hours = {_number(rule.every.total_seconds() / 3600)}")
        if rule.floor:
            parts.append(f"floor = {_number(rule.floor)}")
    if rule.grace:
        parts.append(f"grace_minutes = {_number(rule.grace.total_seconds() / 60)}")
    return f"{{ {', '.join(parts)} }}"


def _number(value: float) -> str:
    """A number with all its digits."""
    return str(int(value)) if value == int(value) else repr(value)


def told(rule: rules.Late) -> str:
    """What late work loses, for whoever hands in; the sentences are translated one by one."""
    if rule.kind == "accept":
        return "Late work loses nothing."
    said = ["Late work gets 0 points."]
    if rule.kind == "linear":
        said = [f"Late work loses {rule.percent:g} % of its points for each {explain.one(rule.every)} begun."]
        if rule.floor:
            said.append(f"It keeps at least {rule.floor:g} %.")
    if rule.grace:
        said.append(f"Nothing is lost within {explain.span(rule.grace)} after the due date.")
    if rule.bank:
        said.append("Late days are used first.")
    return " ".join(said)
