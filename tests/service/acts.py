"""What can be done to a thread and its posts, by its address and body: for the matrix of who may."""

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True, kw_only=True)
class Act:
    """One thing that can be done: at which address with which body, to the first or the second post."""

    name: str
    path: str
    body: dict[str, Any]
    method: str = "PATCH"
    second: bool = False


_T, _P = "/api/v1/threads/{t}", "/api/v1/posts/{post}"
ACTS = (
    Act(name="reply", path=_T + "/posts", method="POST", body={"body": "more"}),
    Act(name="resolve", path=_T, body={"state": "resolved"}),
    Act(name="lock", path=_T, body={"locked": True}),
    Act(name="pin", path=_T, body={"pinned": True}),
    Act(name="hide", path=_T, body={"hidden": True}),
    Act(name="claim", path=_T, body={"claimed": True}),
    Act(name="claim", path=_T, body={"assigned": ""}),
    Act(name="move", path=_T, body={"key": ""}),
    Act(name="read", path=_T + "/read", method="PUT", body={"number": 2}),
    Act(name="follow", path=_T + "/follow", method="PUT", body={"following": True}),
    Act(name="edit", path=_P, body={"body": "changed"}),
    Act(name="delete", path=_P, body={"state": "deleted"}),
    Act(name="hide post", path=_P, body={"state": "hidden"}),
    Act(name="endorse", path=_P, body={"endorsed": True}),
    Act(name="answer", path=_P, body={"answer": True}, second=True),
    Act(name="react", path=_P + "/reactions", method="PUT", body={"kind": "thanks", "on": True}),
    Act(name="report", path=_P + "/reports", method="POST", body={"reason": "rude"}),
    *(
        Act(name=name, path="/threads/{t}", method="POST", body={"act": act, "key": "", "person": ""})
        for name, act in (
            ("resolve", "resolve"), ("lock", "lock"), ("pin", "pin"), ("hide", "hide"), ("claim", "claim"),
            ("claim", "assign"), ("move", "move"), ("follow", "follow"),
        )
    ),
    *(
        Act(name=name, path="/posts/{post}", method="POST", body={"act": act}, second=name == "answer")
        for name, act in (
            ("delete", "delete"), ("hide post", "hide"), ("endorse", "endorse"), ("answer", "answer"),
            ("react", "react thanks"), ("keep", "keep"),
        )
    ),
    Act(name="reply", path="/threads/{t}/posts", method="POST", body={"body": "more"}),
    Act(name="edit", path="/posts/{post}/body", method="POST", body={"body": "changed"}),
    Act(name="report", path="/posts/{post}/reports", method="POST", body={"reason": "rude"}),
)  # fmt: skip
PLACES: dict[str, dict[str, Any]] = {
    "/api/v1/courses/{c}/threads": {"body": "new"},
    "/api/v1/courses/{c}/lessons/{l}/threads": {"body": "new"},
    "/api/v1/courses/{c}/replies": {"title": "t", "body": "b"},
    "/api/v1/courses/{c}/replies/{reply}": {},
    "/courses/{c}/threads": {"body": "new", "kind": "question"},
    "/courses/{c}/lessons/{l}/threads": {"body": "new", "kind": "question", "key": ""},
    "/courses/{c}/replies": {"title": "t", "body": "b"},
    "/courses/{c}/replies/{reply}/remove": {},
    "/courses/{c}/mail/{mail}": {"act": "thread"},
}
