"""Upscales: jobs of a picture that is there, which keep its words and get more pixels."""

import io
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image

from fabula.storage.infotext import read_infotext
from studio import Studio

PATH = "/api/jobs/upscale"


@pytest.fixture
def upscaler(studio: Studio, models_dir: Path) -> None:
    """The studio with the model of the set-up."""
    folder = Path(studio.services.registry.context.models_dir)
    for file in models_dir.glob("realesr*"):
        (folder / file.name).symlink_to(file)
    studio.services.registry.connect([], "")


async def picture(studio: Studio, **body: Any) -> dict[str, Any]:
    """A finished picture of the workspace."""
    job = await studio.made(**{"negative_prompt": "fog", "count": 2, **body})
    assert job["status"] == "completed", job["error"]
    found: dict[str, Any] = job["assets"][1]
    return found


async def upscaled(studio: Studio, **body: Any) -> dict[str, Any]:
    answer = await studio.client.post(PATH, json=body)
    assert answer.status_code == 202, answer.text
    async with studio.working():
        job = await studio.ended(answer.json()["id"])
    assert job["status"] == "completed", job["error"]
    return job


async def pixels_of(studio: Studio, asset: dict[str, Any]) -> tuple[Any, dict[str, str]]:
    data = (await studio.client.get(asset["url"])).content
    with Image.open(io.BytesIO(data)) as found:
        return np.asarray(found.convert("RGB")).astype(int), {**found.info}


@pytest.mark.usefixtures("upscaler")
async def test_a_picture_gets_more_pixels_and_keeps_its_words(studio: Studio) -> None:
    source = await picture(studio)
    job = await upscaled(studio, asset_id=source["id"], factor=4)
    (asset,) = job["assets"]
    assert (asset["width"], asset["height"]) == (4 * source["width"], 4 * source["height"])
    assert asset["seed"] == source["seed"]
    assert job["original_prompt"] == "a lighthouse"
    assert job["negative_prompt_used"] == "fog"
    assert job["params"]["upscale"] == {"asset_id": source["id"], "factor": 4}
    assert job["params"]["reference"] is None
    assert job["job_type"] == "sdxl_image_fast"
    assert job["engine"]["id"] == "real-esrgan"
    assert job["price"] == {"unit": 1, "total": 1}
    assert job["progress"]["steps"] == 1
    large, info = await pixels_of(studio, asset)
    small, _ = await pixels_of(studio, source)
    again = large.reshape(*small.shape[:1], 4, small.shape[1], 4, 3).mean(axis=(1, 3))
    assert np.abs(again - small).mean() < 6
    told = read_infotext(info["parameters"])
    assert (told.width, told.height) == (source["width"], source["height"])
    assert told.prompt == "a lighthouse"
    assert told.extras["Postprocess upscale by"] == "4"
    staged = (await studio.client.get(f"/api/workspace/assets/{asset['id']}")).json()
    assert staged["settings"]["task"] == "upscale"
    assert staged["settings"]["upscale"]["source"]["asset_id"] == source["id"]
    assert staged["model_used"] == "Real-ESRGAN, fast"
    assert staged["settings"]["effective"]["upscaler"] == "realesr-animevideov3-x4"
    last = "SELECT action FROM usage_logs ORDER BY created_at DESC LIMIT 1"
    assert await studio.scalar(last) == "upscale"


@pytest.mark.usefixtures("upscaler")
async def test_kept_and_upscaled_pictures_are_upscaled_again(studio: Studio) -> None:
    source = await picture(studio)
    kept = (await studio.client.post(f"/api/workspace/assets/{source['id']}/keep", json={})).json()
    job = await upscaled(studio, asset_id=kept["id"], destination="library")
    assert job["destination"] == "library"
    (asset,) = job["assets"]
    assert asset["width"] == 2 * source["width"]
    more = await upscaled(studio, asset_id=asset["id"], model="fast")
    assert more["assets"][0]["width"] == 4 * source["width"]
    repeated = await studio.client.post(f"/api/library/assets/{asset['id']}/again")
    assert repeated.status_code == 202
    assert repeated.json()["params"]["upscale"] == job["params"]["upscale"]
    assert repeated.json()["price"]["total"] == 1


@pytest.mark.usefixtures("upscaler")
async def test_a_picture_that_was_brought_along_is_upscaled(studio: Studio) -> None:
    out = io.BytesIO()
    Image.new("RGB", (40, 50), "navy").save(out, "PNG")
    file = {"file": ("boat.png", out.getvalue(), "image/png")}
    upload = (await studio.client.post("/api/uploads", files=file)).json()
    job = await upscaled(studio, asset_id=upload["id"])
    assert job["original_prompt"] == "A picture that was brought along"
    assert (job["width"], job["height"]) == (80, 100)
    assert job["rating"] == "general"


@pytest.mark.usefixtures("upscaler")
async def test_one_key_makes_one_job(studio: Studio) -> None:
    source = await picture(studio)
    headers = {"Idempotency-Key": "k"}
    body = {"asset_id": source["id"]}
    first = await studio.client.post(PATH, json=body, headers=headers)
    second = await studio.client.post(PATH, json=body, headers=headers)
    assert first.json()["id"] == second.json()["id"]
    other = await studio.client.post(PATH, json=body | {"factor": 4}, headers=headers)
    assert other.status_code == 409


@pytest.mark.usefixtures("upscaler")
async def test_a_failed_upscale_is_tried_again(studio: Studio) -> None:
    source = await picture(studio)
    queued = (await studio.client.post(PATH, json={"asset_id": source["id"]})).json()
    await studio.client.post(f"/api/jobs/{queued['id']}/cancel")
    retried = await studio.client.post(f"/api/jobs/{queued['id']}/retry")
    assert retried.status_code == 202
    async with studio.working():
        ended = await studio.ended(retried.json()["id"])
    assert ended["status"] == "completed", ended["error"]
    assert ended["params"]["upscale"] == queued["params"]["upscale"]


@pytest.mark.usefixtures("upscaler")
async def test_a_source_that_is_gone_by_then_fails_the_job_with_a_sentence(studio: Studio) -> None:
    source = await picture(studio)
    queued = (await studio.client.post(PATH, json={"asset_id": source["id"]})).json()
    for ref in [*studio.store._files]:
        await studio.store.delete(ref.bucket, ref.key)
    async with studio.working():
        ended = await studio.ended(queued["id"])
    assert ended["status"] == "failed"
    assert "The picture is not there" in ended["error"]["message"]


@pytest.mark.usefixtures("upscaler")
@pytest.mark.parametrize(
    ("size", "body", "field", "words"),
    [
        ((4100, 40), {"factor": 2}, "factor", "8192 x 8192"),
        ((2000, 1500), {"factor": 4}, "factor", "Take factor 2."),
        ((20, 20), {"factor": 2}, "asset_id", "too few"),
        ((64, 64), {"model": "gigapixel"}, "model", "It has fast, careful."),
        ((64, 64), {"factor": 3}, "factor", ""),
    ],
)
async def test_what_cannot_be_upscaled_is_refused_before_it_is_queued(
    studio: Studio, size: tuple[int, int], body: dict[str, Any], field: str, words: str
) -> None:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, "PNG")
    file = {"file": ("boat.png", out.getvalue(), "image/png")}
    upload = (await studio.client.post("/api/uploads", files=file)).json()
    answer = await studio.client.post(PATH, json={"asset_id": upload["id"], **body})
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field
    assert words in answer.json()["detail"]
    assert await studio.scalar("SELECT count(*) FROM jobs") == 0


@pytest.mark.usefixtures("upscaler")
async def test_nobody_upscales_the_picture_of_another(studio: Studio) -> None:
    source = await picture(studio)
    async with await studio.person("bo") as other:
        for asset_id in (source["id"], str(uuid4())):
            answer = await other.post(PATH, json={"asset_id": asset_id})
            assert answer.status_code == 422
            assert answer.json()["error"] == "reference_not_found"


async def test_without_the_model_it_says_what_to_run(studio: Studio) -> None:
    source = await picture(studio)
    possible = (await studio.client.get("/api/upscaling")).json()
    assert not possible["available"]
    assert "fabula setup" in possible["remedy"]
    answer = await studio.client.post(PATH, json={"asset_id": source["id"]})
    assert answer.status_code == 409
    assert "fabula setup" in answer.json()["detail"]


@pytest.mark.usefixtures("upscaler")
async def test_what_is_possible_is_listed(studio: Studio) -> None:
    found = (await studio.client.get("/api/upscaling")).json()
    assert found["engine"]["id"] == "real-esrgan"
    assert (found["models"], found["factors"]) == (["fast", "careful"], [2, 4])
    assert (found["credits"], found["max_side"]) == (1, 8192)
    kinds = (await studio.client.get("/api/job-types")).json()["items"]
    assert all(e["id"] != "real-esrgan" for kind in kinds for e in kind["engines"])
