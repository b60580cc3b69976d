"""Somebody with a keyboard and nothing else: Tab from stop to stop, with a look at each.

In: a page. Out: the stops, by their names, and what is wrong at them: a focus that is not seen (WCAG 2.4.7)
or that something else covers (2.4.11), a target below 24 pixels (2.5.8; links in a sentence may be smaller,
and so may what has 24 pixels of room), a way that does not come round again (2.1.2).
"""

import dataclasses
from typing import Any

from playwright.sync_api import Page

_LOOK = """() => {
  const at = document.activeElement;
  if (!at || at === document.body || at === document.documentElement) { return null; }
  const style = getComputedStyle(at), box = at.getBoundingClientRect();
  const name = (at.getAttribute('aria-label') || (at.labels && at.labels[0] && at.labels[0].innerText) ||
    at.innerText || at.title || at.name || at.id || '').trim().replace(/\\s+/g, ' ');
  const seen = style.outlineStyle === 'auto' ||
    (parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none');
  const x = box.left + Math.min(box.width / 2, 40);
  // A part that can be seen is enough: the browser brings the caret into view, not all of a text field.
  const covered = ![0.2, 0.5, 0.8].some(share => {
    const top = document.elementFromPoint(x, box.top + share * box.height);
    return top && (at.contains(top) || top.contains(at));
  });
  const inline = style.display === 'inline' && at.closest('p, li, dd, td, th, summary, nav ol') !== null;
  const others = [...document.querySelectorAll('a[href], button, input, select, summary, textarea')]
    .filter(e => e !== at && !at.contains(e) && !e.contains(at) && e.offsetParent !== null);
  const middle = [box.left + box.width / 2, box.top + box.height / 2];
  const near = others.some(e => {
    const b = e.getBoundingClientRect();
    const dx = Math.max(b.left - middle[0], 0, middle[0] - b.right);
    const dy = Math.max(b.top - middle[1], 0, middle[1] - b.bottom);
    return Math.hypot(dx, dy) < 12;
  });
  const small = (box.width < 23.5 || box.height < 23.5) && !inline && near;
  at.dataset.stop = at.dataset.stop || String(1 + document.querySelectorAll('[data-stop]').length);
  return {id: at.dataset.stop, tag: at.tagName.toLowerCase(), name, seen, covered, small,
          size: [Math.round(box.width), Math.round(box.height)]};
}"""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Stop:
    """Where the focus is."""

    id: str
    tag: str
    name: str
    wrong: tuple[str, ...]


def look(page: Page) -> Stop | None:
    """The present stop; None if nothing has the focus."""
    told: dict[str, Any] | None = page.evaluate(_LOOK)
    if told is None:
        return None
    wrong = {
        "focus not seen": not told["seen"],
        "covered": told["covered"],
        f"small {told['size']}": told["small"],
    }
    return Stop(
        id=told["id"], tag=told["tag"], name=told["name"], wrong=tuple(w for w, so in wrong.items() if so)
    )


def round_trip(page: Page, *, most: int = 250) -> list[Stop]:
    """All stops of a page from its beginning, until the way leaves it or comes round.

    Raises:
        AssertionError: the keyboard is caught.
    """
    page.emulate_media(reduced_motion="reduce")  # a page that still scrolls would be looked at too early
    page.evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); }")
    found: list[Stop] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = look(page)
        if stop is None or (found and stop.id == found[0].id):
            return found
        assert stop.id not in [each.id for each in found[-3:]], f"caught at {stop}"
        found.append(stop)
    raise AssertionError(f"no end after {most} stops: {found[-3:]}")


def wrong(stops: list[Stop]) -> list[str]:
    """What is wrong on a page."""
    return [f"{stop.tag} {stop.name[:60]!r}: {', '.join(stop.wrong)}" for stop in stops if stop.wrong]


def go(page: Page, name: str, *, most: int = 250, back: bool = False) -> Stop:
    """Tab until something of this name has the focus.

    Raises:
        AssertionError: it is never reached.
    """
    for _ in range(most):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        stop = look(page)
        if stop is not None and name in stop.name:
            return stop
    raise AssertionError(f"{name!r} is not reached by keyboard")
