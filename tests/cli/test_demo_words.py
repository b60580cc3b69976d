"""What the demonstration says of marks, as the service tells them."""

import msgspec

from courseware.cli import demo
from courseware.service import types


def test_what_waits_for_a_person_is_counted_in_the_points_of_its_exercise() -> None:
    fields = {field.name for field in msgspec.structs.fields(types.ExerciseMark)}
    written = {"points": 10.0, "needs_person": True}
    tested = {"points": 6.0, "needs_person": False}
    assert written.keys() <= fields
    told = {"score": 6.0, "max_score": 16.0, "exercises": [tested, written]}
    assert demo._told(told) == "6 of 16 points; 10 wait for a person to mark"
    assert demo._told({**told, "exercises": [tested]}) == "6 of 16 points"
