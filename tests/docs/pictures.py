"""The pictures of the tutorial: what an instructor sees of the class that the journeys go through.

In: nothing but this repository. Out: pictures in `docs/images`, of the light theme at the width of a desk,
cut off where a reader has seen enough; the same class and the same clock each time.

    python -m tests.docs.pictures [NAME ...]
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.journeys import chromium, generated, test_regrade

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WIDTH = 1280
C = "/courses/c"


def gradebook(page: Page, made: generated.Class) -> int:
    """People by lessons."""
    page.goto(f"{made.origin}{C}/class?sort=-Total")
    return 700


def why(page: Page, made: generated.Class) -> int:
    """Why a mark is so."""
    page.goto(f"{made.origin}{C}/class?q=bao+h")
    page.locator(".book td a").first.click()
    return 690


def marking(page: Page, made: generated.Class) -> int:
    """An answer and the form beside it."""
    page.goto(f"{made.origin}{C}/lessons/lists/marking/why")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.locator("#mark h2").filter(has_text="Ada").wait_for()
    return 800


def people(page: Page, made: generated.Class) -> int:
    """A class list that drops two, of whom one has marks."""
    named = [each for each in generated.people() if each.username not in ("s00", "s12")]
    rows = [f"{each.username},{each.name},{each.username}@uni.example" for each in named]
    lines = "\n".join(["username,name,email", *rows]).encode()
    page.goto(f"{made.origin}{C}/people")
    page.get_by_label("CSV file").set_input_files(
        {"name": "class.csv", "mimeType": "text/csv", "buffer": lines}
    )
    page.get_by_role("button", name="Upload").click()
    return 480


def glance(page: Page, made: generated.Class) -> int:
    """The class at a glance."""
    page.goto(f"{made.origin}{C}/glance")
    return 1300


def exports(page: Page, made: generated.Class) -> int:
    """Marks to take along."""
    page.goto(f"{made.origin}{C}/exports")
    return 740


def releases(page: Page, made: generated.Class) -> int:
    """The release desk, with a second version and what its check said."""
    test_regrade.mend(made)
    made.command("release", "numbers", "--notes", "The test is also kind to who rounds.")
    page.goto(f"{made.origin}{C}/lessons/numbers/releases")
    page.get_by_text("passed on the key and failed on a blank copy").first.click()
    return 790


def regrade(page: Page, made: generated.Class) -> int:
    """A dry run by the newest release, after `releases`."""
    page.goto(f"{made.origin}{C}/lessons/numbers/regrade")
    page.get_by_role("button", name="Try the newest release").click()
    page.get_by_role("heading", name="Would change").wait_for(timeout=120_000)
    return 870


PICTURES: tuple[Callable[[Page, generated.Class], int], ...] = (
    *(gradebook, why, marking, glance, exports, people),
    *(releases, regrade),  # the second looks at what the first released
)


def main() -> None:
    """Take those that are named, or all."""
    wanted = sys.argv[1:] or [each.__name__ for each in PICTURES]
    with tempfile.TemporaryDirectory() as folder, chromium.browser() as browser:
        made = generated.Class(Path(folder, "own"), generated.once(Path(folder)))
        try:
            size = {"width": WIDTH, "height": 900}
            page = made.page(browser, "tess", viewport=size, color_scheme="light")
            for take in PICTURES:
                height = take(page, made)
                if take.__name__ in wanted:
                    place = IMAGES / f"{take.__name__}.png"
                    clip = {"x": 0, "y": 0, "width": WIDTH, "height": height}
                    page.screenshot(path=place, clip=clip, full_page=True)  # type: ignore[arg-type]
                    print(f"{place.name}: {place.stat().st_size // 1000} kB")
        finally:
            made.end()


if __name__ == "__main__":
    main()
