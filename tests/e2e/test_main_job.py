"""The main job in a real browser: a prompt, pictures that come live, one that is kept."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from real_browser import Visit

pytestmark = pytest.mark.browser
PROMPT = "a red fox in a snowy forest at dawn"
PATIENCE = 30_000


def write(page: Page, prompt: str) -> None:
    page.get_by_role("textbox", name="Prompt", exact=True).fill(prompt)


def make(page: Page) -> None:
    page.get_by_role("button", name="Make", exact=True).first.click()


def shot(page: Page, folder: Path | None, name: str) -> None:
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png")


def test_from_a_prompt_to_a_kept_picture(desktop: Visit, shots: Path | None) -> None:
    page = desktop.page
    write(page, PROMPT)
    page.get_by_role("button", name="Improve").click()
    improved = page.get_by_role("textbox", name="Improved prompt")
    expect(improved).to_be_visible(timeout=PATIENCE)
    text = improved.input_value() or improved.inner_text()
    assert text.startswith(PROMPT)
    assert len(text) > len(PROMPT)
    shot(page, shots, "improved")
    make(page)
    job = page.get_by_role("article", name=PROMPT).first
    expect(job).to_be_visible(timeout=PATIENCE)
    cards = job.locator("[data-asset-id]")
    expect(cards).to_have_count(3, timeout=PATIENCE)
    shot(page, shots, "made")
    cards.first.hover()
    cards.first.get_by_role("button", name="Keep", exact=True).click()
    expect(cards.first.get_by_role("button", name="Kept")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="Library").click()
    expect(page).to_have_url(re.compile(r"/library"))
    kept = page.locator("[data-asset-id]")
    expect(kept).to_have_count(1, timeout=PATIENCE)
    shot(page, shots, "library")
    page.reload()
    expect(kept).to_have_count(1, timeout=PATIENCE)


def test_a_picture_is_opened_with_all_its_details(desktop: Visit, shots: Path | None) -> None:
    page = desktop.page
    write(page, "a blue whale in the sea by moonlight")
    make(page)
    job = page.get_by_role("article", name="a blue whale in the sea by moonlight").first
    cards = job.locator("[data-asset-id]")
    expect(cards).to_have_count(3, timeout=PATIENCE)
    cards.first.get_by_role("button", name="Open").click()
    viewer = page.get_by_role("dialog")
    expect(viewer).to_be_visible()
    expect(viewer).to_contain_text("Sketchbook")
    expect(viewer).to_contain_text(re.compile("seed", re.IGNORECASE))
    shot(page, shots, "lightbox")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()


def test_a_picture_is_moved_and_the_clip_plays(desktop: Visit, shots: Path | None) -> None:
    page, prompt = desktop.page, "a lighthouse by the sea at sunset"
    write(page, prompt)
    page.get_by_role("radiogroup", name="Pictures").get_by_role("radio", name="1").check()
    make(page)
    still = page.get_by_role("article", name=prompt).locator("[data-asset-id]")
    expect(still).to_have_count(1, timeout=PATIENCE)
    still.hover()
    still.get_by_role("button", name="Move this picture").click()
    page.get_by_role("combobox", name="Motion").select_option("pan-left")
    page.get_by_role("slider", name="Length").fill("1")
    make(page)
    clip = page.locator("[data-asset-id]", has_text="0:01")
    expect(clip).to_have_count(1, timeout=PATIENCE)
    clip.hover()
    expect(clip.locator("video")).to_have_js_property("paused", value=False, timeout=PATIENCE)
    shot(page, shots, "clip-hover")
    clip.get_by_role("button", name="Open").click()
    viewer = page.get_by_role("dialog")
    video = viewer.locator("video")
    expect(video).to_have_js_property("paused", value=False, timeout=PATIENCE)
    page.keyboard.press(".")
    expect(viewer.get_by_role("button", name="Play")).to_be_visible()
    expect(video).to_have_js_property("paused", value=True)
    shot(page, shots, "clip-viewer")
    page.keyboard.press("k")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Library").click()
    page.get_by_role("button", name="Clips only").click()
    expect(page).to_have_url(re.compile("type=video"))
    expect(page.locator("[data-asset-id]")).to_have_count(1, timeout=PATIENCE)


def test_what_cannot_be_made_is_said_before_it_is_sent(desktop: Visit) -> None:
    page = desktop.page
    write(page, "x" * 4001)
    expect(page.get_by_role("button", name="Make", exact=True).first).to_be_disabled()
    expect(page.get_by_text("A prompt has at most 4000 characters.")).to_be_visible()


def test_the_same_on_a_phone(phone: Visit, shots: Path | None) -> None:
    page, prompt = phone.page, "a castle on a hill in the fog"
    page.get_by_role("button", name="What should be made?").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("textbox", name="Prompt", exact=True).fill(prompt)
    shot(page, shots, "phone-sheet")
    sheet.get_by_role("button", name="Make", exact=True).click()
    job = page.get_by_role("article", name=prompt).first
    cards = job.locator("[data-asset-id]")
    expect(cards).to_have_count(3, timeout=PATIENCE)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    shot(page, shots, "phone")
    page.get_by_role("link", name="Library").click()
    expect(page).to_have_url(re.compile(r"/library"))


def test_a_page_that_was_closed_finds_its_job_again(desktop: Visit) -> None:
    page = desktop.page
    write(page, "a silver rocket in space")
    make(page)
    page.goto("about:blank")
    desktop.open("/workspace")
    job = page.get_by_role("article", name="a silver rocket in space").first
    expect(job.locator("[data-asset-id]")).to_have_count(3, timeout=PATIENCE)


def test_an_address_is_kept_through_signing_in(desktop: Visit) -> None:
    page, password = desktop.page, "a long enough secret"
    key = desktop.studio.command("user", "create", "walker", "--role", "basic_user", "--api-key")
    with desktop.studio.client(key.strip()) as client:
        client.put("/api/me/password", json={"new_password": password}).raise_for_status()
    page.context.clear_cookies()
    desktop.open("/library?q=fox")
    expect(page).to_have_url(re.compile("/sign-in"), timeout=PATIENCE)
    page.get_by_role("textbox", name="User name").fill("walker")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/library\?q=fox"), timeout=PATIENCE)
    assert all("401" in fault for fault in desktop.faults)
    desktop.faults.clear()


def test_a_link_works_where_one_is_already_asked_to_sign_in(desktop: Visit) -> None:
    page = desktop.page
    page.context.clear_cookies()
    desktop.open("/sign-in")
    page.get_by_role("textbox", name="User name").wait_for()
    page.goto(desktop.studio.command("user", "link").strip())
    expect(page).to_have_url(re.compile("/workspace"), timeout=PATIENCE)
    desktop.faults.clear()
