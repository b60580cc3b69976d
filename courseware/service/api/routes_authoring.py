"""The address that authors ask while they write."""

from courseware.course.permissions import Action
from courseware.service import types_release
from courseware.service.api import authoring
from courseware.service.call import Route

ROUTES: tuple[Route, ...] = (
    Route(
        method="POST",
        path="/api/v1/courses/{c}/lint",
        run=authoring.lint,
        summary="What lint says of a lesson's source files, which are not kept",
        action=Action.LINT,
        answer=types_release.Lint,
        mode="own",
        upload=True,
        long=True,
        keyed=True,  # nothing is done, so nothing is done twice
        rate="lint",
    ),
)
