"""What an author asks while writing a lesson, of files that are not kept."""

import dataclasses

from courseware.course import manifest
from courseware.desk import preview
from courseware.desk import release as desk_release
from courseware.service import call, types_release
from courseware.service.api import uploads


def lint(request: call.Call) -> types_release.Lint:
    """What lint says of the source files that came, and what students would get of them."""
    told = uploads.manifest(request, types_release.LintManifest)
    wish = desk_release.Wish(files=uploads.files(request), lesson=told.lesson, left_out=tuple(told.left_out))
    found = preview.findings(wish, manifest.parse(request.course.manifest))
    given = preview.blank(wish.files) if told.blank else {}
    return types_release.Lint(
        findings=[types_release.Finding(**dataclasses.asdict(each)) for each in found],
        delimiters=preview.delimiters(wish.files),
        blank=[types_release.BlankFile(path=path, text=text) for path, text in sorted(given.items())],
    )
