"""WAN in a whole studio: from the request and from the command line to a clip that is kept."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from fabula.storage.clips import clip_facts
from real_studio import RealStudio, running, until

pytestmark = pytest.mark.diffusers

CLIP = {
    "prompt": "a red fox in snow", "enhance": False, "seed": 5, "job_type": "video_fast",
    "width": 64, "height": 64, "fps": 8, "seconds": 0.625, "steps": 4, "destination": "library",
}  # fmt: skip


@pytest.fixture(scope="module")
def studio(wan_dir: Path) -> Iterator[RealStudio]:
    options = json.dumps({"precision": "float32"})
    with running(FABULA_MODELS_DIR=str(wan_dir), FABULA_ENGINE_OPTIONS=options) as found:
        yield found


@pytest.fixture(scope="module")
def client(studio: RealStudio) -> Iterator[httpx.Client]:
    key = studio.command("user", "create", "ada", "--role", "premium_user", "--api-key")
    with studio.client(key.strip()) as found:
        yield found


def made(client: httpx.Client, **body: Any) -> dict[str, Any]:
    """A finished job."""
    answer = client.post("/api/jobs", json={**CLIP, **body})
    assert answer.status_code == 202, answer.text
    place = f"/api/jobs/{answer.json()['id']}"
    until(lambda: client.get(place).json()["status"] in {"completed", "failed"}, "the job ends")
    job: dict[str, Any] = client.get(place).json()
    assert job["status"] == "completed", job["error"]
    return job


def test_a_clip_is_made_and_kept(client: httpx.Client) -> None:
    job = made(client)
    assert (job["engine"]["id"], job["warnings"]) == ("diffusers-wan", [])
    (ref,) = job["assets"]
    assert (ref["mime_type"], ref["duration_seconds"]) == ("video/mp4", 0.625)
    data = client.get(ref["url"]).content
    facts = clip_facts(data)
    assert (facts.width, facts.height, facts.frames, facts.fps) == (64, 64, 5, 8)
    kept = client.get(f"/api/library/assets/{ref['id']}").json()
    assert (kept["asset_type"], kept["duration_seconds"]) == ("video", 0.625)
    poster = client.get(kept["thumbnail_url"])
    assert poster.headers["content-type"] == "image/webp"
    preview = client.get(kept["preview_url"])
    assert clip_facts(preview.content).duration == pytest.approx(0.625, abs=0.1)
    assert client.get(made(client)["assets"][0]["url"]).content == data


def test_a_length_between_two_is_moved_and_said(client: httpx.Client) -> None:
    job = made(client, seconds=0.75)
    assert job["params"]["clip"]["frames"] == 5
    (warning,) = job["warnings"]
    assert warning["code"] == "frames_snapped"
    assert "5 frames" in warning["message"]


def test_a_clip_starts_from_a_picture_and_ends_with_another(
    client: httpx.Client, tmp_path: Path
) -> None:
    frames = {}
    for name, level in (("first_frame", 40), ("last_frame", 215)):
        Image.fromarray(np.full((96, 96, 3), level, np.uint8)).save(tmp_path / "frame.png")
        file = {"file": ("frame.png", (tmp_path / "frame.png").read_bytes(), "image/png")}
        frames[name] = client.post("/api/uploads", files=file).json()["id"]
    job = made(client, **frames, model="ends")
    assert job["params"]["model"] == "ends"
    assert job["params"]["clip"]["last_frame"]


def test_a_picture_is_a_single_frame(client: httpx.Client) -> None:
    job = made(client, job_type="image_fast", fps=None, seconds=None)
    assert job["engine"]["id"] == "diffusers-wan-frame"
    assert job["assets"][0]["mime_type"] == "image/png"


def test_models_and_lengths_are_listed(client: httpx.Client) -> None:
    rows = {row["job_type"]: row for row in client.get("/api/job-types").json()["items"]}
    limits = rows["video_fast"]["limits"]
    assert "ends" in limits["models"]
    clip = limits["clip"]
    assert clip["seconds"] == {"minimum": 0.562, "maximum": 5.063, "default": 81 / 16, "step": 0.25}
    assert (clip["first_frame"], clip["last_frame"]) == (True, True)
    refused = client.post("/api/jobs", json={**CLIP, "model": "none-such"})
    assert (refused.status_code, refused.json()["field"]) == (422, "model")


def test_the_command_line_makes_a_clip(studio: RealStudio, tmp_path: Path) -> None:
    printed = studio.command(
        "generate", "a red fox in snow", "--video", "--no-enhance", "--seconds", "0.5625",
        "--width", "64", "--height", "64", "--steps", "2", "--seed", "3", "--keep",
        "--out", str(tmp_path),
    )  # fmt: skip
    target = tmp_path / "fabula-3-0.mp4"
    assert str(target) in printed
    assert clip_facts(target.read_bytes()).frames == 9
