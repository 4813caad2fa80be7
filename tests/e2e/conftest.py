"""A whole studio and a real Chromium, signed in as the owner."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from real_studio import RealStudio, running

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)

if CHROMIUM is None:
    # In CI everything runs; a machine without a browser says so and runs the rest.
    assert not os.environ.get("CI"), "There is no Chromium: `make browser` installs it."
    collect_ignore_glob = ["test_*.py"]


def pytest_report_header() -> str | None:
    return None if CHROMIUM else "No Chromium is here: the browser tests did not run."


@dataclass
class Visit:
    """A page of the studio, and what its console said."""

    studio: RealStudio
    page: Page
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.studio.base + path)


@pytest.fixture(scope="session")
def studio() -> Iterator[RealStudio]:
    with running() as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
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


@pytest.fixture
def desktop(studio: RealStudio, browser: Browser) -> Iterator[Visit]:
    with context_of(browser) as context:
        visit = signed_in(studio, context)
        yield visit
        assert visit.faults == []


@pytest.fixture
def phone(studio: RealStudio, browser: Browser) -> Iterator[Visit]:
    with context_of(browser, phone=True) as context:
        visit = signed_in(studio, context)
        yield visit
        assert visit.faults == []


@pytest.fixture
def shots() -> Path | None:
    """Where screenshots go, if somebody wants them."""
    place = os.environ.get("FABULA_SHOTS")
    return Path(place) if place else None
