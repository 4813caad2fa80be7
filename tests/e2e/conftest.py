"""A whole studio and a real Chromium, signed in as the owner."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from real_browser import Visit, chromium, context_of, demand_chromium, signed_in
from real_studio import RealStudio, running

HAS_BROWSER = demand_chromium()
if not HAS_BROWSER:
    collect_ignore_glob = ["test_*.py"]


def pytest_report_header() -> str | None:
    return None if HAS_BROWSER else "No Chromium is here: the browser tests did not run."


@pytest.fixture(scope="session")
def studio() -> Iterator[RealStudio]:
    with running() as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


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
