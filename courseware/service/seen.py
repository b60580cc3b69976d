"""What staff can see about a person, in plain words.

In: the table of permissions and the names of the columns that the schema tags as personal. Out: topics, each
with a sentence, who of the staff sees it, and which columns it speaks of. Who sees it is read from the table
of permissions, so that it changes with it; a test fails on a tagged column that no topic speaks of.
"""

import dataclasses

from courseware.course import model, permissions
from courseware.course.permissions import Action

_NOBODY = "No page shows it to staff."
_WHO: dict[frozenset[model.Role], str] = {
    frozenset({"student", "grader", "instructor", "owner"}): "Everybody in the course sees it.",
    frozenset({"grader", "instructor", "owner"}): "Graders, instructors and owners see it; students do not.",
    frozenset({"instructor", "owner"}): "Instructors and owners see it; graders and students do not.",
    frozenset({"owner"}): "Only owners see it.",
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Topic:
    """A kind of thing that is known of a person; `action` is the right with which staff see it, None if no
    page or call shows it to them. `columns` are what it speaks of.
    """

    title: str
    sentence: str
    action: Action | None
    columns: tuple[str, ...] = ()

    @property
    def who(self) -> str:
        """Who sees it, as the table of permissions says."""
        return _NOBODY if self.action is None else who(self.action)


def who(action: Action) -> str:
    """Who sees what this right shows."""
    return _WHO[frozenset(role for role, may in permissions.BY_ROLE.items() if action in may)]


def _of(table: str, *columns: str) -> tuple[str, ...]:
    return tuple(f"{table}.{column}" for column in columns)


TOPICS: tuple[Topic, ...] = (
    Topic(
        title="Who you are",
        sentence="Your name, user name and e-mail address, your role and until when you have it, and the "
        "groups you are in. Other students see your name where you write under it, and nothing else of this.",
        action=Action.READ_PEOPLE,
        columns=(
            *_of("person", "username", "name", "email"),
            *_of("membership", "role", "until"),
            *_of("given_role", "role", "before"),
            *_of("people_group", "name"),
        ),
    ),
    Topic(
        title="What you hand in",
        sentence="Every hand-in with all its files, when you worked on it, when it came and how late, its "
        "receipt, which one you chose to count, and what came out when it was run.",
        action=Action.READ_ALL_WORK,
        columns=(
            *_of("submission", "files", "worked", "received", "late_seconds"),
            *_of("receipt", "body"),
            *_of("choice", "chosen"),
            *_of("execution", "conditions", "content"),
            *_of("grading", "result"),
        ),
    ),
    Topic(
        title="Copies that you keep",
        sentence="A copy that you keep in the course without handing it in, and answers to your requests "
        "that are kept so that nothing is done twice.",
        action=None,
        columns=(*_of("draft", "files"), *_of("idempotency", "answer")),
    ),
    Topic(
        title="Your marks",
        sentence="The points of each exercise, also before you see them yourself, what staff set for a whole "
        "lesson, what somebody wrote to you about them, how and why they changed, what a changed test would "
        "make of them, and when you asked for another look.",
        action=Action.READ_GRADES,
        columns=(
            *_of("mark", "score"),
            *_of("mark_change", "before", "after", "reason"),
            *_of("lesson_mark", "points", "computed", "comment", "reason"),
            *_of("trial_work", "before", "found"),
            *_of("regrade_request", "asked", "decision"),
            *_of("mark_override", "score", "comment"),
            *_of("rubric_use", "used", "adjustment"),
            *_of("review_note", "body"),
            *_of("review_batch_member", "comment"),
        ),
    ),
    Topic(
        title="Your dates and what was granted to you",
        sentence="The dates that hold for you and why, which tells of a shift, of extra time and of what "
        "must come first for you; and what was granted to you, by whom, when and for what reason.",
        action=Action.EXTEND,
        columns=(
            *_of("effective_dates", "why", "locked"),
            *_of("allowance", "kind", "amount", "until", "text", "reason"),
        ),
    ),
    Topic(
        title="Your plan",
        sentence="The weekly hours that you chose, your pauses, and where you live. Staff see the dates that "
        "come of them.",
        action=None,
        columns=_of("plan_step", "at", "on_day", "hours", "until_day", "zone"),
    ),
    Topic(
        title="What you write in discussions",
        sentence="Questions, answers and reactions. Reactions are only counted. A text that you deleted is "
        "shown to nobody; you or staff can bring it back.",
        action=Action.TALK,
        columns=(*_of("thread", "title"), *_of("post", "body", "words"), *_of("reaction", "kind")),
    ),
    Topic(
        title="What you ask in private",
        sentence="Questions that you ask only the staff, and the cell with its output that you attach to a "
        "question about an exercise.",
        action=Action.READ_PRIVATE,
        columns=_of("post", "attachment"),
    ),
    Topic(
        title="Who you are where you write anonymously",
        sentence="Your name. It is hidden from other students, who see a number within that one discussion; "
        "it is not hidden from staff.",
        action=Action.SEE_NAMES,
        columns=_of("pseudonym", "number"),
    ),
    Topic(
        title="Earlier versions and reports",
        sentence="What a comment of yours said before you changed it, and which comments you reported and "
        "why.",
        action=Action.MODERATE,
        columns=(*_of("post_edit", "body"), *_of("report", "reason")),
    ),
    Topic(
        title="When you were here",
        sentence="When your visits began and ended. It is kept to show you what is new.",
        action=None,
        columns=_of("visit", "began", "last", "before"),
    ),
    Topic(
        title="Which lessons you opened",
        sentence="When you first opened a lesson. It is kept to show you where you go on. Staff see how many "
        "people opened a lesson; and where this page tells you that they have a list of people who may need "
        "a word, they see by name who has opened none.",
        action=Action.READ_GRADES,
        columns=_of("lesson_view", "first"),
    ),
    Topic(
        title="What you watch",
        sentence="Which parts of a video you have played, when something of it was last new to you, and "
        "where you left it. It is kept so that you go on there on any machine, and so that a lesson is done "
        "when you have watched its videos, where the course says so. Staff see how many people watched which "
        "part of a video.",
        action=None,
        columns=_of("watched", "path", "duration", "position", "moved", "grown", "spans"),
    ),
    Topic(
        title="What you answer to questions in lessons",
        sentence="Each answer, when you gave it and whether it was right. It gives no points. It is kept to "
        "count your attempts and to ask you again later.",
        action=None,
        columns=_of("answer", "said", "right", "again", "at"),
    ),
    Topic(
        title="What you have checked before handing in",
        sentence="The copy that was run, when you asked for it, and the verdict. It gives no points.",
        action=None,
        columns=_of("course_check", "files", "asked", "verdict"),
    ),
    Topic(
        title="How far you are",
        sentence="Your way through the course: which lessons are done and what comes next. Staff see what "
        "you handed in and your marks, and from them can tell much of it.",
        action=None,
        columns=_of("attainment", "handed_in", "percent", "shown_from"),
    ),
    Topic(
        title="What you read and follow",
        sentence="Up to where you have read a discussion, what you follow, your news, and which letters you "
        "want in which language, at what hours and in which zone.",
        action=None,
        columns=(
            *_of("thread_read", "number"),
            *_of("follow", "following"),
            *_of("notice", "kind", "seen"),
            *_of("letter", "finished"),
            *_of("mail_choice", "kind", "choice"),
            *_of("mail_habit", "time_zone", "digest_hour", "digest_weekday", "quiet_from", "quiet_until"),
            *_of("mail_habit", "texts", "language"),
        ),
    ),
    Topic(
        title="Mail that you send to the course",
        sentence="A mail that nobody could be sure is yours, or that fits no discussion, waits up to 30 days "
        "for somebody to look at it.",
        action=Action.MODERATE,
        columns=_of("received_mail", "kept", "received"),
    ),
    Topic(
        title="Your sign-ins",
        sentence="Which browsers and machines let you in, what they are called, what they may do and when "
        "they were last used. Never what would let somebody else in.",
        action=Action.CHANGE_PEOPLE,
        columns=_of("credential", "label", "used", "at_most"),
    ),
    Topic(
        title="What you do with the work of others, and what you were refused",
        sentence="Which right over others or over the course you used, when, in which role and where, but "
        "not what you read or wrote; and which page or call was refused to you. It is kept so that a course "
        "can answer who did what. Nothing is written down of what you do with your own work.",
        action=Action.READ_AUDIT,
        columns=_of("access_record", "system_user", "role", "at_most", "action", "place", "allowed"),
    ),
    Topic(
        title="What staff write for themselves",
        sentence="Why marks of an exercise are on hold, and replies that they keep for use again. These are "
        "no records of you.",
        action=Action.MODERATE,
        columns=(*_of("hold", "reason"), *_of("saved_reply", "title", "body"), *_of("saved_comment", "body")),
    ),
)


def texts() -> list[str]:
    """What is translated."""
    said = [text for topic in TOPICS for text in (topic.title, topic.sentence)]
    return [*said, _NOBODY, *_WHO.values()]
