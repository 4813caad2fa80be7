"""A folder with a tiny SDXL model, through the page, the API and the command line to kept
pictures."""

import io
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from real_browser import Visit, chromium, context_of, signed_in
from real_studio import RealStudio, running, until

pytestmark = [pytest.mark.diffusers, pytest.mark.browser]
PATIENCE = 60_000
PROMPT = "a red fox in snow"
SIDE = 64
STEPS = 40


@pytest.fixture(scope="module")
def studio(models_dir: Path) -> Iterator[RealStudio]:
    options = '{"precision": "float32", "sdxl_model": "tiny"}'
    with running(FABULA_MODELS_DIR=str(models_dir), FABULA_ENGINE_OPTIONS=options) as found:
        yield found


@pytest.fixture
def visit(studio: RealStudio) -> Iterator[Visit]:
    with chromium() as browser, context_of(browser) as context:
        found = signed_in(studio, context)
        yield found
        assert found.faults == []


@pytest.fixture(scope="module")
def client(studio: RealStudio) -> Iterator[httpx.Client]:
    key = studio.command("user", "create", "maker", "--role", "basic_user", "--api-key")
    with studio.client(key.strip()) as found:
        yield found


def make(page: Page, prompt: str) -> str:
    """Make one picture of the prompt; returns the id of its card."""
    page.get_by_role("textbox", name="Prompt", exact=True).fill(prompt)
    page.get_by_role("radiogroup", name="Pictures").get_by_role("radio", name="1").check()
    page.get_by_role("button", name="Make", exact=True).first.click()
    card = page.get_by_role("article", name=prompt).first.locator("[data-asset-id]")
    expect(card).to_have_count(1, timeout=PATIENCE)
    return card.get_attribute("data-asset-id") or ""


def pixels_of(visit: Visit, asset_id: str) -> Any:
    """A staged picture as the page's own session reads it."""
    base, request = visit.studio.base, visit.page.request
    asset = request.get(f"{base}/api/workspace/assets/{asset_id}").json()
    with Image.open(io.BytesIO(request.get(base + asset["url"]).body())) as picture:
        return np.asarray(picture.convert("RGB"))


def test_on_the_page_a_picture_is_made_changed_in_part_and_kept(visit: Visit) -> None:
    page, previews = visit.page, []
    page.on("response", lambda r: previews.append(r.status) if "/preview/" in r.url else None)
    expect(page.get_by_role("region", name="Settings")).to_contain_text("SDXL by diffusers")
    page.get_by_role("button", name="Advanced").click()
    page.get_by_role("slider", name="Steps").fill(str(STEPS))
    first = make(page, PROMPT)
    assert 200 in previews
    page.locator(f'[data-asset-id="{first}"]').get_by_role("button", name="Open").click()
    page.get_by_role("button", name="Change a part", exact=True).click()
    editor = page.get_by_role("dialog", name="Draw a part anew")
    editor.get_by_role("button", name="Rectangle").click()
    sheet = editor.get_by_role("img", name="What is painted is drawn anew").bounding_box()
    assert sheet is not None
    page.mouse.move(sheet["x"] + sheet["width"] / 2, sheet["y"] + sheet["height"] / 2)
    page.mouse.down()
    page.mouse.move(sheet["x"] + sheet["width"], sheet["y"] + sheet["height"], steps=3)
    page.mouse.up()
    editor.get_by_role("button", name="Done").click()
    expect(page.get_by_text("The painted part is drawn anew.")).to_be_visible()
    second = make(page, "a boat in snow")
    before, after = pixels_of(visit, first), pixels_of(visit, second)
    half = before.shape[0] // 2
    kept = np.ones(before.shape[:2], bool)
    kept[half - 1 :, half - 1 :] = False
    assert np.array_equal(before[kept], after[kept])
    assert not np.array_equal(before[half:, half:], after[half:, half:])
    card = page.locator(f'[data-asset-id="{second}"]')
    card.hover()
    card.get_by_role("button", name="Keep", exact=True).click()
    expect(card.get_by_role("button", name="Kept")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="Library").click()
    expect(page).to_have_url(re.compile("/library"))
    expect(page.locator("[data-asset-id]")).to_have_count(1, timeout=PATIENCE)


def test_by_the_api_with_previews(client: httpx.Client) -> None:
    types = {t["job_type"]: t for t in client.get("/api/job-types").json()["items"]}
    assert types["sdxl_image_fast"]["engine"]["id"] == "diffusers-sdxl"
    size = {"width": SIDE, "height": SIDE, "steps": 100}
    job = client.post("/api/jobs", json={"prompt": PROMPT, "seed": 3, **size}).json()
    seen: list[bytes] = []
    end = time.monotonic() + 60
    while job["status"] in {"queued", "processing"}:
        assert time.monotonic() < end
        if address := job["progress"]["preview_url"]:
            answer = client.get(address)
            seen += [answer.content] if answer.status_code == httpx.codes.OK else []
        job = client.get(f"/api/jobs/{job['id']}").json()
    assert job["status"] == "completed", job["error"]
    assert seen
    with Image.open(io.BytesIO(seen[0])) as preview:
        assert preview.format == "JPEG"
    (asset,) = job["assets"]
    kept = client.post(f"/api/workspace/assets/{asset['id']}/keep", json={})
    assert kept.status_code in {200, 201}, kept.text
    extended = {"asset_id": kept.json()["id"], "extend": {"right": 32}}
    body = {"prompt": PROMPT, "steps": 4, "reference": extended}
    grown = client.post("/api/jobs", json=body).json()

    def ended() -> bool:
        grown.update(client.get(f"/api/jobs/{grown['id']}").json())
        return grown["status"] in {"completed", "failed"}

    until(ended, "the picture has grown")
    assert grown["status"] == "completed", grown["error"]
    assert (grown["assets"][0]["width"], grown["assets"][0]["height"]) == (SIDE + 32, SIDE)


def test_by_the_command_line(studio: RealStudio, tmp_path: Path) -> None:
    size = ["--width", str(SIDE), "--height", str(SIDE), "--steps", "4"]
    place = Path(studio.command("generate", PROMPT, "--keep", "--seed", "3", *size).strip())
    source = np.asarray(Image.open(place).convert("RGB"))
    assert source.shape == (SIDE, SIDE, 3)
    white = np.zeros((SIDE, SIDE), np.uint8)
    white[:, SIDE // 2 :] = 255
    Image.fromarray(white).save(tmp_path / "mask.png")
    made = studio.command(
        "generate", "a boat", "--keep", "--steps", "4", "--reference", str(place),
        "--mask", str(tmp_path / "mask.png"), "--extend", "bottom=16",
    )  # fmt: skip
    pixels = np.asarray(Image.open(made.strip()).convert("RGB"))
    assert pixels.shape == (SIDE + 16, SIDE, 3)
    assert np.array_equal(pixels[:SIDE, : SIDE // 2], source[:, : SIDE // 2])
    assert not np.array_equal(pixels[:SIDE, SIDE // 2 :], source[:, SIDE // 2 :])
