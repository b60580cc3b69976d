"""How long the longest modules take, so that they begin first; the others come after them as they stand.

In: seconds of one of two workers, as `make test ARGS=--durations=0` tells them. They only order: where one
is wrong, the end of a run keeps one core busy and the other idle. Workers take whole modules, which
share what is dear to start.
"""

from pathlib import Path

_HERE = Path(__file__).parent
_SECONDS = {
    "journeys/test_soak.py": 160,
    "service/test_discussion_matrix.py": 150,
    "journeys/test_lab_panel.py": 140,
    "journeys/test_lab_languages.py": 130,
    "docs/test_typed.py": 120,
    "journeys/test_films.py": 90,
    "journeys/test_far_apart.py": 60,
    "journeys/test_film_acts.py": 90,
    "journeys/test_arabic.py": 90,
    "journeys/test_contrast.py": 90,
    "grading/test_isolated_share.py": 100,
    "journeys/test_discussion_cells.py": 100,
    "journeys/test_collaborative.py": 80,
    "journeys/test_keyboard_only.py": 70,
    "journeys/test_demo.py": 70,
    "cli/test_autograde.py": 60,
    "journeys/test_discussion_panel_acts.py": 60,
    "service/test_others.py": 60,
    "grading/test_corpora.py": 60,
    "journeys/test_adopt.py": 60,
    "service/test_pseudo.py": 40,
    "journeys/test_discussion_panel.py": 60,
    "journeys/test_never_together.py": 60,
    "service/test_api.py": 60,
    "cli/test_joined_staff.py": 50,
    "cli/test_json.py": 50,
    "cli/test_operate.py": 50,
    "grading/test_conformance.py": 50,
    "grading/test_other_languages.py": 50,
    "journeys/test_accessible.py": 50,
    "journeys/test_discussion_pages.py": 50,
    "journeys/test_lab_student.py": 50,
    "journeys/test_since_lab.py": 50,
    "sandbox/test_ordinary_user.py": 50,
    "journeys/test_class_of_five.py": 45,
    "sandbox/test_sessions.py": 45,
    "grading/test_two_pythons.py": 40,
    "journeys/test_pack.py": 40,
    "journeys/test_way.py": 40,
    "house/test_wheel.py": 40,
    "journeys/test_hostile_comments.py": 40,
    "journeys/test_news_pages.py": 40,
    "journeys/test_since.py": 40,
    "journeys/test_update_lab.py": 30,
    "journeys/test_visible_first.py": 40,
    "lab/test_launcher.py": 40,
    "sandbox/test_isolated_attacks.py": 40,
    "service/test_idle.py": 40,
    "service/test_visible_first.py": 40,
    "sandbox/test_forkserver.py": 20,
}
LONG = tuple(_HERE / path for path in _SECONDS)


def seconds(path: Path) -> int:
    """How long a module takes, 0 where it is short."""
    return _SECONDS.get(path.relative_to(_HERE).as_posix(), 0) if path.is_relative_to(_HERE) else 0
