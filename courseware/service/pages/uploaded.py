"""The text of a CSV file that somebody uploads. Refused: one whose names would come out garbled."""

from courseware import errors
from courseware.course import sheet
from courseware.service import call


def csv_text(request: call.Call) -> str:
    """The text of the one file of a form; empty if none was chosen.

    Raises:
        UserError: it is not UTF-8.
    """
    data = request.body.files[0].read() if request.body.files else b""
    try:
        return sheet.text(data)
    except UnicodeDecodeError:
        raise errors.UserError(
            "The file is not UTF-8. In a spreadsheet, save it as “CSV UTF-8” and upload it again."
        ) from None
