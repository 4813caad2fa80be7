"""Clips by ComfyUI: which files are taken, where a request goes, what comes back."""

import io
from collections.abc import AsyncIterator, Iterator
from typing import Any

import av
import httpx
import numpy as np
import pytest
from server_engines import engine_over
from servers.comfyui import WAN, FakeComfyUI

from fabula.engine_servers import service
from fabula.engines.base import (
    CancelToken,
    EngineError,
    EngineWarning,
    Pixels,
    VideoOutput,
    VideoRequest,
)
from fabula.engines.contract.video import look
from studio import Studio, studio

__all__ = ["studio"]


def node(class_type: str, title: str = "", **inputs: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"class_type": class_type, "inputs": inputs}
    return made | ({"_meta": {"title": title}} if title else {})


OWN = {
    "1": node("UNETLoader", unet_name="wan2.1_i2v_480p_14B_fp16.safetensors"),
    "2": node("CLIPLoader", clip_name=WAN["CLIPLoader"][1][0], type="wan"),
    "3": node("VAELoader", vae_name=WAN["VAELoader"][1][0]),
    "4": node("CLIPTextEncode", text="a hill", clip=["2", 0]),
    "5": node("CLIPTextEncode", text="fog", clip=["2", 0]),
    "6": node("LoadImage", image="a.png"),
    "7": node("ImageScale", image=["6", 0], width=64, height=80),
    "8": node("LoadImage", "fabula:last", image="b.png"),
    "9": node("ImageScale", image=["8", 0], width=64, height=80),
    "10": node(
        "WanFirstLastFrameToVideo", positive=["4", 0], negative=["5", 0], vae=["3", 0], width=64,
        height=80, length=9, batch_size=1, start_image=["7", 0], end_image=["9", 0],
    ),
    "11": node(
        "KSampler", seed=1, steps=3, cfg=5.0, sampler_name="euler", scheduler="normal", denoise=1.0,
        model=["1", 0], positive=["10", 0], negative=["10", 1], latent_image=["10", 2],
    ),
    "12": node("VAEDecode", samples=["11", 0], vae=["3", 0]),
    "13": node("VHS_VideoCombine", images=["12", 0], frame_rate=8, filename_prefix="x",
               format="video/webm"),
}  # fmt: skip


@pytest.fixture
def comfy() -> Iterator[FakeComfyUI]:
    with FakeComfyUI() as fake:
        yield fake


@pytest.fixture
async def admin(studio: Studio) -> AsyncIterator[httpx.AsyncClient]:
    async with await studio.person("root", "admin") as client:
        yield client


def request(**changes: Any) -> VideoRequest:
    plain: dict[str, Any] = {
        "prompt": "waves (slow)", "seed": 3, "width": 64, "height": 80, "frames": 9, "fps": 8.0,
        "steps": 3, "guidance_scale": 5.0, "negative_prompt": "haze",
    }  # fmt: skip
    return VideoRequest(**plain | changes)


def made(engine: Any, asked: VideoRequest) -> tuple[VideoOutput, list[EngineWarning]]:
    events = list(engine.run(asked, CancelToken()))
    assert isinstance(events[-1], VideoOutput)
    return events[-1], [event for event in events if isinstance(event, EngineWarning)]


def plain(shade: int) -> Pixels:
    return np.full((80, 64, 3), shade, np.uint8)


def test_the_models_are_chosen_by_what_the_clip_starts_from(comfy: FakeComfyUI) -> None:
    engine = engine_over("comfyui", comfy, clips=True)
    clip, notes = made(engine, request())
    assert notes == []
    assert clip.effective["model"] == "wan2.1_t2v_1.3B_fp16.safetensors"
    graph = comfy.bodies("/prompt")[0]["prompt"]
    assert graph["prompt"]["inputs"]["text"] == r"waves \(slow\)"
    assert graph["negative"]["inputs"]["text"] == "haze"
    assert graph["latent"]["inputs"]["length"] == 9
    assert graph["clip"]["inputs"]["fps"] == 8.0
    clip, _ = made(engine, request(first_frame=plain(30), last_frame=plain(200)))
    assert clip.effective["model"] == "wan2.1_i2v_480p_14B_fp16.safetensors"
    graph = comfy.bodies("/prompt")[1]["prompt"]
    assert graph["latent"]["class_type"] == "WanFirstLastFrameToVideo"
    assert graph["latent"]["inputs"]["clip_vision_end_image"] == ["last-seen", 0]


def test_a_workflow_of_ones_own_is_filled_and_its_clip_written_anew(comfy: FakeComfyUI) -> None:
    engine = engine_over("comfyui", comfy, clips=True, workflow=OWN)
    able = engine.capabilities()
    assert (able.first_frame, able.last_frame) == (True, True)
    with pytest.raises(EngineError, match="starts from a picture"):
        engine.run(request(), CancelToken())
    clip, notes = made(engine, request(first_frame=plain(30), last_frame=plain(200)))
    graph = comfy.bodies("/prompt")[0]["prompt"]
    assert (graph["4"]["inputs"]["text"], graph["5"]["inputs"]["text"]) == (
        r"waves \(slow\)",
        "haze",
    )
    assert graph["6"]["inputs"]["image"] != graph["8"]["inputs"]["image"]
    assert (graph["10"]["inputs"]["length"], graph["13"]["inputs"]["frame_rate"]) == (9, 8.0)
    found = look(clip.mp4)
    assert (found.codec, found.pixel_format, found.size) == ("h264", "yuv420p", (64, 80))
    assert (found.frames, notes) == (9, [])
    with av.open(io.BytesIO(clip.mp4)) as container:
        frames = [f.to_ndarray(format="rgb24").mean() for f in container.decode(video=0)]
    assert frames[0] < 60
    assert frames[-1] > 170


def test_a_clip_of_another_length_is_told(comfy: FakeComfyUI) -> None:
    engine = engine_over("comfyui", comfy, clips=True)
    comfy.clip_frames = 5
    clip, (note,) = made(engine, request())
    assert (note.code, clip.frames) == ("clip_changed", 5)
    assert "5 frames" in note.message


@pytest.mark.parametrize("broken", [b"no clip", b""])
def test_a_file_that_is_no_clip_is_an_error(comfy: FakeComfyUI, broken: bytes) -> None:
    comfy.clip_bytes = broken
    with pytest.raises(EngineError, match="no clip"):
        made(engine_over("comfyui", comfy, clips=True), request())


def test_what_wan_cannot_do_is_refused(comfy: FakeComfyUI) -> None:
    engine = engine_over("comfyui", comfy, clips=True)
    for wrong in ({"frames": 10}, {"width": 72}, {"model": "wan"}):
        with pytest.raises(EngineError) as caught:
            engine.run(request(**wrong), CancelToken())
        assert caught.value.code == "bad_request"


async def connected(admin: httpx.AsyncClient, fake: FakeComfyUI, **more: Any) -> dict[str, Any]:
    body = {"kind": "comfyui", "name": "Attic", "address": fake.address, **more}
    answer = await admin.post("/api/engine-servers", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_job_for_a_clip_can_choose_the_server(
    studio: Studio, admin: httpx.AsyncClient, comfy: FakeComfyUI
) -> None:
    server = await connected(admin, comfy)
    assert server["works"], server["fault"]
    assert len(server["clip_models"]) == 3
    engine = f"{server['engine_id']}-clips"
    kinds = (await studio.client.get("/api/job-types")).json()["items"]
    offered = {k["job_type"] for k in kinds if any(e["id"] == engine for e in k["engines"])}
    assert {"video_fast", "video_high"} <= offered
    assert not any("image" in name for name in offered)
    wanted = {"engine": engine}
    place = "/api/engine-defaults/video_fast"
    assert (await admin.put(place, json=wanted)).status_code == 204
    job = await studio.made(
        job_type="video_fast", width=64, height=80, seconds=0.6, fps=8, steps=3, engine=engine
    )
    assert job["status"] == "completed", job["error"]
    (asset,) = job["assets"]
    assert (asset["mime_type"], asset["width"], asset["height"]) == ("video/mp4", 64, 80)
    await admin.delete(f"/api/engine-servers/{server['id']}")
    assert (await admin.get("/api/engine-defaults")).json()["items"] == []


async def test_cancelling_a_clip_reaches_the_server(
    studio: Studio, admin: httpx.AsyncClient, comfy: FakeComfyUI
) -> None:
    comfy.stop_at = 2
    server = await connected(admin, comfy)
    async with studio.working():
        job = await studio.submit(
            job_type="video_fast", engine=f"{server['engine_id']}-clips", width=64, height=80
        )
        await studio.when(job["id"], lambda job: job["progress"]["step"] >= 1)
        await studio.client.post(f"/api/jobs/{job['id']}/cancel")
        ended = await studio.ended(job["id"])
    assert ended["error"]["code"] == "cancelled"
    assert len(comfy.interrupted) == 1


async def test_a_server_may_make_clips_alone_or_pictures_alone(
    studio: Studio, admin: httpx.AsyncClient, comfy: FakeComfyUI
) -> None:
    comfy.checkpoints = False
    server = await connected(admin, comfy)
    assert server["works"], server["fault"]

    async def engines() -> dict[str, bool]:
        items = (await admin.get("/api/engines")).json()["items"]
        return {e["id"]: e["available"] for e in items if e["id"].startswith("comfyui")}

    assert await engines() == {"comfyui-attic": False, "comfyui-attic-clips": True}
    comfy.faults = {"/": "500"}
    await service.check_all(studio.database)
    assert await engines() == {"comfyui-attic": False, "comfyui-attic-clips": False}
    comfy.faults, comfy.wan, comfy.checkpoints = {}, False, True
    await service.check_all(studio.database)
    assert await engines() == {"comfyui-attic": True}
