"""What travels about groups of people and what graders look after."""

import msgspec

from courseware.service import types


class Group(msgspec.Struct, kw_only=True):
    """A group and who is in it."""

    name: str
    people: list[types.Person]


class Groups(msgspec.Struct, kw_only=True):
    """The groups of a course, by name."""

    groups: list[Group]


class GroupChange(msgspec.Struct, kw_only=True):
    """Who is to be in a group, by user name or id; nobody: the group goes."""

    people: list[str]


class Duty(msgspec.Struct, kw_only=True):
    """What a grader is limited to; nothing named is everything."""

    lessons: list[str] = []
    groups: list[str] = []
