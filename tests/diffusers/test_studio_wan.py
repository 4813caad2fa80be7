"""A folder with a tiny WAN model, through the page to a kept clip."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from real_browser import chromium, context_of, signed_in
from real_studio import RealStudio, running

pytestmark = [pytest.mark.diffusers, pytest.mark.browser]
PATIENCE = 60_000
SMALL = {"width": 64, "height": 64, "frames": 5, "fps": 8, "steps": 4}


@pytest.fixture(scope="module")
def studio(wan_dir: Path) -> Iterator[RealStudio]:
    options = '{"precision": "float32"}'
    with running(FABULA_MODELS_DIR=str(wan_dir), FABULA_ENGINE_OPTIONS=options) as found:
        key = found.command("user", "create", "operator", "--role", "admin", "--api-key")
        config = {"model_type": "WAN", "config_name": "small", "config_data": SMALL}
        with found.client(key.strip()) as client:
            client.post("/api/model-configs", json=config).raise_for_status()
        yield found


def test_on_the_page_a_clip_is_made_and_kept(studio: RealStudio) -> None:
    with chromium() as browser, context_of(browser) as context:
        visit = signed_in(studio, context)
        page = visit.page
        page.get_by_role("radio", name="Clip").check()
        expect(page.get_by_role("region", name="Settings")).to_contain_text("WAN by diffusers")
        page.get_by_role("textbox", name="Prompt", exact=True).fill("a red fox in snow")
        page.get_by_role("button", name="Make", exact=True).first.click()
        card = page.get_by_role("article", name="a red fox in snow").locator("[data-asset-id]")
        expect(card).to_have_count(1, timeout=PATIENCE)
        card.get_by_role("button", name="Open").click()
        video = page.get_by_role("dialog").locator("video")
        expect(video).to_have_js_property("videoWidth", SMALL["width"], timeout=PATIENCE)
        page.keyboard.press("Escape")
        card.hover()
        card.get_by_role("button", name="Keep", exact=True).click()
        expect(card.get_by_role("button", name="Kept")).to_be_visible(timeout=PATIENCE)
        page.get_by_role("link", name="Library").click()
        expect(page).to_have_url(re.compile("/library"))
        expect(page.locator("[data-asset-id]")).to_have_count(1, timeout=PATIENCE)
        assert visit.faults == []
