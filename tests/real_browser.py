"""A real Chromium, signed in to a real studio."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from real_studio import RealStudio

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)


def demand_chromium() -> bool:
    """Whether there is a browser. In CI everything runs; a machine without one runs the rest."""
    assert CHROMIUM or not os.environ.get("CI"), "There is no Chromium: `make browser` installs it."
    return CHROMIUM is not None


@dataclass
class Visit:
    """A page of the studio, and what its console said."""

    studio: RealStudio
    page: Page
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.studio.base + path)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield found
        found.close()


def context_of(browser: Browser, *, phone: bool = False, dark: bool = True) -> BrowserContext:
    size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
    return browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        color_scheme="dark" if dark else "light",
        has_touch=phone,
        is_mobile=phone,
    )


def watched(studio: RealStudio, page: Page) -> Visit:
    visit = Visit(studio, page)
    page.on("console", lambda m: visit.faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: visit.faults.append(str(error)))
    return visit


def signed_in(studio: RealStudio, context: BrowserContext) -> Visit:
    page = context.new_page()
    visit = watched(studio, page)
    link = studio.command("user", "link").strip()
    page.goto(link)
    page.wait_for_url("**/workspace")
    page.get_by_role("button", name="Make", exact=True).first.wait_for()
    return visit
