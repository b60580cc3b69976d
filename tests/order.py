"""How long the longest modules take, so that they begin first; the others come after them as they stand.

In: seconds of one of two workers, as `make test ARGS=--durations=0` tells them. They only order: where one
is wrong, the end of a run keeps one core busy and the other idle. Workers take whole modules, which
share what is dear to start.
"""

from pathlib import Path

_HERE = Path(__file__).parent
_SECONDS = {
    "service/test_discussion_matrix.py": 240,
    "journeys/test_discussion_pages.py": 80,
    "journeys/test_lab_panel.py": 80,
    "sandbox/test_ordinary_user.py": 90,
    "docs/test_typed.py": 50,
    "journeys/test_discussion_panel.py": 80,
    "journeys/test_hub.py": 80,
    "faults/test_database_away.py": 60,
    "faults/test_files_away.py": 40,
    "load/test_storm.py": 30,
    "faults/test_fork_servers_killed.py": 20,
    "faults/test_slow_clients.py": 30,
    "faults/test_clock_jumps.py": 80,
    "faults/test_line_cut.py": 50,
    "faults/test_two_services.py": 40,
    "journeys/test_contrast.py": 60,
    "journeys/test_author_lab.py": 60,
    "journeys/test_author_together.py": 30,
    "journeys/test_since_lab.py": 60,
    "service/test_gradebook.py": 40,
    "journeys/test_gradebook.py": 40,
    "service/test_audit.py": 20,
    "faults/test_audit_killed.py": 10,
    "faults/test_several_services.py": 20,
    "faults/test_migrated_meanwhile.py": 30,
    "faults/test_restored_to_a_moment.py": 20,
    "notices/test_several_services.py": 20,
    "grading/test_regrade.py": 20,
    "grading/test_trial.py": 40,
    "faults/test_trial_killed.py": 50,
    "journeys/test_regrade.py": 50,
    "journeys/test_arabic.py": 70,
    "cli/test_joined_staff.py": 60,
    "journeys/test_discussion_cells.py": 70,
    "journeys/test_film_acts.py": 60,
    "journeys/test_films.py": 80,
    "journeys/test_lab_languages.py": 50,
    "journeys/test_news_pages.py": 60,
    "journeys/test_lab_student.py": 60,
    "journeys/test_discussion_panel_acts.py": 60,
    "service/test_visible_first.py": 30,
    "journeys/test_questions.py": 50,
    "journeys/test_far_apart.py": 50,
    "journeys/test_collaborative.py": 50,
    "journeys/test_since.py": 50,
    "journeys/test_accessible.py": 70,
    "cli/test_json.py": 50,
    "journeys/test_never_together.py": 40,
    "journeys/test_soak.py": 120,
    "grading/test_other_languages.py": 40,
    "journeys/test_keyboard_only.py": 40,
    "journeys/test_pack.py": 40,
    "service/test_notices_matrix.py": 40,
    "sandbox/test_sessions.py": 40,
    "journeys/test_semester.py": 70,
    "service/test_hub.py": 50,
    "journeys/test_class_of_five.py": 30,
    "journeys/test_marking.py": 30,
    "service/test_marking.py": 30,
    "journeys/test_hostile_comments.py": 30,
    "journeys/test_way.py": 30,
    "service/test_sign_in_rights.py": 30,
    "service/test_others.py": 30,
    "cli/test_operate.py": 30,
    "cli/test_autograde.py": 30,
    "service/test_api.py": 30,
    "cli/test_no_traceback.py": 30,
    "service/test_idle.py": 20,
    "grading/test_isolated_share.py": 20,
    "journeys/test_demo.py": 20,
    "journeys/test_update_lab.py": 20,
    "journeys/test_visible_first.py": 20,
    "journeys/test_mail_in.py": 20,
    "service/test_checks.py": 20,
    "sandbox/test_isolated_attacks.py": 10,
    "sandbox/test_codec.py": 10,
    "grading/test_lacking.py": 10,
    "sandbox/test_forkserver.py": 10,
    "sandbox/test_limits.py": 10,
    "service/test_pseudo.py": 10,
    "sandbox/test_kernels.py": 10,
    "grading/test_qualify.py": 10,
    "discussion/test_search.py": 10,
    "lab/test_hub.py": 20,
    "faults/test_keys_lacking.py": 10,
    "lab/test_launcher.py": 10,
    "notebook_content/test_demo_course.py": 10,
    "cli/test_commands.py": 10,
    "sandbox/test_isolated_release.py": 10,
    "cli/test_media.py": 10,
    "lab/test_receipts.py": 10,
    "cli/test_said.py": 10,
    "service/test_sign_in.py": 10,
    "service/test_progress.py": 10,
    "service/test_hostile.py": 10,
    "service/test_pseudo_lesson.py": 10,
    "discussion/test_taken_back.py": 10,
    "service/test_questions.py": 10,
    "notebook/test_readable.py": 10,
    "sandbox/test_frames.py": 10,
    "lab/test_refused.py": 10,
    "discussion/test_inbox.py": 10,
    "service/test_operations.py": 10,
    "store/test_s3.py": 10,
}
LONG = tuple(_HERE / path for path in _SECONDS)


def seconds(path: Path) -> int:
    """How long a module takes, 0 where it is short."""
    return _SECONDS.get(path.relative_to(_HERE).as_posix(), 0) if path.is_relative_to(_HERE) else 0


def is_slow(path: Path, name: str) -> bool:
    """Whether `make test-quick` leaves a test out: of a module that takes more than some five seconds, a
    journey or a fault, which start servers and browsers, or what was tried on SQLite already.
    """
    return seconds(path) > 0 or path.parent.name in ("journeys", "faults") or "postgresql" in name
