"""How a file goes to whoever asked for it: at once, or piece by piece.

In: a file as a route returned it. Out: headers and bytes. What was made for one answer is never whole in
memory, and is gone with the answer, also where the receiver went away in the middle.
"""

import tornado.iostream
import tornado.web

from courseware.service import call, render

POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
_PIECE = 256 * 1024


def file(handler: tornado.web.RequestHandler, answer: call.File) -> None:
    """Send what is in memory."""
    handler.set_status(answer.status)
    _about(handler, answer)
    for name, value in answer.headers.items():
        handler.set_header(name, value)
    handler.finish(answer.data)


async def made(handler: tornado.web.RequestHandler, answer: call.Made) -> None:
    """Send what lies in a temporary file, no faster than it is taken."""
    with answer.file as opened:
        size = opened.seek(0, 2)
        opened.seek(0)
        _about(handler, answer)
        handler.set_header("Content-Length", str(size))
        try:
            while piece := opened.read(_PIECE):
                handler.write(piece)
                await handler.flush()
        except tornado.iostream.StreamClosedError:
            return
        handler.finish()


def _about(handler: tornado.web.RequestHandler, answer: call.File | call.Made) -> None:
    """What it is, and that it is never shown as a page of ours."""
    handler.set_header("Content-Type", answer.media_type)
    handler.set_header("Content-Security-Policy", POLICY)
    handler.set_header("Content-Disposition", render.attachment(answer.name))
