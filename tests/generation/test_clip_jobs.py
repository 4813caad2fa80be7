"""Clips from the request to the library, made by the engine that moves pictures."""

import asyncio
import io
import json
import zipfile
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image
from sqlalchemy import text

from fabula.accounts.export.archive import Archive
from fabula.accounts.leaving.erasure import erase_files
from fabula.storage.clips import clip_facts, tags_of
from fabula.storage.infotext import read_infotext
from studio import Studio

SMALL = {"job_type": "video_fast", "width": 256, "height": 256, "seconds": 1, "fps": 8}


def png(seed: int, width: int = 320, height: int = 240) -> bytes:
    corners = np.random.default_rng(seed).integers(0, 256, (3, 4, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(corners).resize((width, height)).save(out, "PNG")
    return out.getvalue()


async def brought(studio: Studio, seed: int = 1) -> str:
    """The id of a picture that the person brought along."""
    file = {"file": ("a.png", png(seed), "image/png")}
    answer = await studio.client.post("/api/uploads", files=file)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def clip(studio: Studio, **body: Any) -> dict[str, Any]:
    """A finished job of a small clip that starts from a picture."""
    first = await brought(studio)
    job = await studio.made(**{**SMALL, "first_frame": first, **body})
    assert job["status"] == "completed", job["error"]
    return job


async def refusal(studio: Studio, **body: Any) -> dict[str, Any]:
    answer = await studio.client.post("/api/jobs", json={"prompt": "a fox", **SMALL, **body})
    assert answer.status_code == 422, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def test_a_clip_is_staged_with_poster_preview_and_duration(studio: Studio) -> None:
    job = await clip(studio, prompt="slow zoom in")
    assert (job["format"], job["count"]) == ("video", 1)
    (ref,) = job["assets"]
    assert (ref["mime_type"], ref["duration_seconds"]) == ("video/mp4", 1.0)
    staged = (await studio.client.get(f"/api/workspace/assets/{ref['id']}")).json()
    assert (staged["asset_type"], staged["duration_seconds"]) == ("video", 1.0)
    data = (await studio.client.get(staged["url"])).content
    facts = clip_facts(data)
    assert (facts.width, facts.height, facts.frames, facts.fps) == (256, 256, 8, 8)
    assert staged["file_size_bytes"] == len(data)
    poster = await studio.client.get(staged["thumbnail_url"])
    assert poster.headers["content-type"] == "image/webp"
    preview = await studio.client.get(staged["preview_url"])
    assert preview.headers["content-type"] == "video/mp4"
    assert clip_facts(preview.content).duration == pytest.approx(1, abs=0.1)


async def test_a_player_reads_ranges_of_a_signed_link(studio: Studio) -> None:
    (ref,) = (await clip(studio))["assets"]
    whole = (await studio.client.get(ref["url"])).content
    part = await studio.client.get(ref["url"], headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole)}"
    assert part.content == whole[100:200]
    assert whole.find(b"moov") < whole.find(b"mdat"), "a player begins before it has all"
    changed = ref["url"].replace(".mp4?", ".thumb.webp?")
    assert (await studio.client.get(changed)).status_code == 403


async def test_the_file_says_how_it_was_made(studio: Studio) -> None:
    job = await clip(studio, prompt="ein Fuchs, slow zoom in", motion={"easing": "linear"})
    data = (await studio.client.get(job["assets"][0]["url"])).content
    tags = tags_of(data)
    said = read_infotext(tags["comment"])
    assert (said.prompt, said.seed) == ("ein Fuchs, slow zoom in", 7)
    record = json.loads(tags["fabula"])
    assert record["engine"]["id"] == "motion"
    assert record["clip"]["motion"] == {"easing": "linear"}
    assert record["clip"]["frames"] == 8
    assert len(record["clip"]["first_frame"]["sha256"]) == 64
    assert record["effective"]["camera"] == "slow zoom in"
    assert job["id"] not in tags["fabula"]


async def test_the_reading_of_the_prompt_is_said(studio: Studio) -> None:
    named = await clip(studio, prompt="a slow pan left over the sea, in a loop")
    assert [note["message"] for note in named["warnings"]] == [
        "Understood as: slow pan left, in a loop."
    ]
    none = await clip(studio, prompt="the sea")
    assert "names no camera move" in none["warnings"][0]["message"]
    chosen = await clip(studio, prompt="pan left", motion={"kind": "zoom-out", "loop": False})
    assert chosen["warnings"] == []
    assert chosen["params"]["clip"]["motion"]["kind"] == "zoom-out"


async def test_the_record_of_a_clip(studio: Studio) -> None:
    job = await clip(studio)
    async with studio.database.system() as session:
        row = (
            await session.execute(
                text("SELECT v.* FROM videos v JOIN jobs j ON j.video_id = v.id WHERE j.id = :id"),
                {"id": job["id"]},
            )
        ).one()
    assert (row.status, row.duration, row.resolution, row.format) == ("completed", 1, "256p", "mp4")
    assert row.video_url.endswith(f"{job['id']}/0.mp4")
    assert row.preview_url.endswith("0.preview.mp4")
    assert row.reference_image_url.startswith("reference_images/")
    assert row.expires_at is None
    assert row.metadata["provenance"]["frames"] == 8
    assert await studio.scalar("SELECT content_type FROM workspace_items") == "video"


async def test_a_second_delivery_leaves_one_record_and_the_same_file(studio: Studio) -> None:
    job = await clip(studio)
    key = await studio.scalar("SELECT key FROM studio.workspace_files")
    before = await studio.store.get("workspace-temp", key)
    async with studio.database.system() as session:
        await session.execute(text("UPDATE videos SET status = 'processing'"))
        await session.execute(text("ALTER TABLE jobs DISABLE TRIGGER guard_status"))
        await session.execute(text("UPDATE jobs SET status = 'queued'"))
        await session.execute(
            text("UPDATE studio.job_runs SET state = 'waiting', run_seconds = NULL")
        )
    async with studio.working():
        again = await studio.ended(job["id"])
    assert again["assets"][0]["id"] == job["assets"][0]["id"]
    assert await studio.scalar("SELECT count(*) FROM videos") == 1
    assert await studio.scalar("SELECT status FROM videos") == "completed"
    assert await studio.store.get("workspace-temp", key) == before


async def test_kept_downloaded_found_and_deleted(studio: Studio) -> None:
    (ref,) = (await clip(studio))["assets"]
    kept = (await studio.client.post(f"/api/workspace/assets/{ref['id']}/keep", json={})).json()
    assert (kept["asset_type"], kept["duration_seconds"]) == ("video", 1.0)
    await studio.client.delete(f"/api/workspace/assets/{ref['id']}")
    found = await studio.client.get("/api/library/assets", params={"type": "video"})
    assert [asset["id"] for asset in found.json()["items"]] == [kept["id"]]
    other = await studio.client.get("/api/library/assets", params={"type": "image"})
    assert other.json()["items"] == []
    load = await studio.client.get(f"/api/library/assets/{kept['id']}/download")
    assert load.headers["content-disposition"].endswith('.mp4"')
    assert load.headers["content-type"] == "video/mp4"
    assert clip_facts(load.content).frames == 8
    assert (await studio.client.get(kept["preview_url"])).status_code == 200
    again = await studio.client.post(f"/api/library/assets/{kept['id']}/again")
    assert again.json()["params"]["clip"]["frames"] == 8
    await studio.client.delete(f"/api/library/assets/{kept['id']}")
    queued = await studio.scalar(
        "SELECT args->'blobs' FROM queue.procrastinate_jobs "
        "WHERE task_name = 'storage.delete' ORDER BY id DESC LIMIT 1"
    )
    assert [key.rpartition("/")[2].partition(".")[2] for _, key in queued] == [
        "mp4", "thumb.webp", "preview.mp4",
    ]  # fmt: skip


async def test_the_archive_of_a_person_holds_a_clip_without_its_small_files(studio: Studio) -> None:
    (ref,) = (await clip(studio))["assets"]
    await studio.client.post(f"/api/workspace/assets/{ref['id']}/keep", json={})
    made = Archive(studio.database, studio.store, studio.caller.user_id, "ada")
    whole = zipfile.ZipFile(io.BytesIO(b"".join([chunk async for chunk in made.chunks()])))
    files = sorted(name for name in whole.namelist() if name.startswith("files/"))
    assert [name.split("/")[1] for name in files] == ["library", "uploads", "workspace"]
    assert [name.rpartition(".")[2] for name in files] == ["mp4", "png", "mp4"]
    for name in (files[0], files[2]):
        assert clip_facts(whole.read(name)).frames == 8


async def test_clips_leave_with_their_person(studio: Studio) -> None:
    job = await clip(studio)
    await studio.client.post(f"/api/workspace/assets/{job['assets'][0]['id']}/keep", json={})
    password = "long enough to be one"
    await studio.client.put("/api/me/password", json={"new_password": password})
    body = {"username": "ada", "password": password}
    gone = await studio.client.post("/api/me/delete", json=body)
    assert gone.status_code == 204, gone.text
    # Staged and kept, each with poster and preview; the picture brought along with its thumbnail.
    assert await erase_files(studio.database, studio.store) == 8
    for bucket in ("workspace-temp", "user-library", "reference_images"):
        assert [item async for item in studio.store.list(bucket)] == []
    assert await studio.scalar("SELECT count(*) FROM videos") == 0


async def test_straight_to_the_library(studio: Studio) -> None:
    job = await clip(studio, destination="library")
    (ref,) = job["assets"]
    assert ref["saved"]
    kept = (await studio.client.get(f"/api/library/assets/{ref['id']}")).json()
    assert (kept["asset_type"], kept["duration_seconds"]) == ("video", 1.0)
    assert (await studio.client.get(kept["preview_url"])).status_code == 200


async def test_the_first_frame_is_drawn_where_none_is_given(studio: Studio) -> None:
    job = await studio.made(**SMALL, prompt="zoom in on a red car in the desert", steps=4)
    assert job["status"] == "completed", job["error"]
    (ref,) = job["assets"]
    staged = (await studio.client.get(f"/api/workspace/assets/{ref['id']}")).json()
    assert staged["settings"]["effective"]["subjects"] == ["red automobile"]
    assert job["params"]["clip"]["first_frame"] is None


async def test_a_clip_takes_the_shape_of_its_first_frame(studio: Studio) -> None:
    wide = {"job_type": "video_fast", "seconds": 1}
    job = await studio.submit(**wide, first_frame=await brought(studio))
    assert job["width"] / job["height"] == pytest.approx(4 / 3, abs=0.02)
    assert job["width"] * job["height"] == pytest.approx(1280 * 720, rel=0.03)
    plain = await studio.submit(**wide)
    assert (plain["width"], plain["height"]) == (1280, 720)
    assert plain["params"]["clip"]["frames"] == 24


async def test_from_one_picture_to_another(studio: Studio) -> None:
    job = await clip(studio, last_frame=await brought(studio, 2), motion={"kind": "still"})
    data = (await studio.client.get(job["assets"][0]["url"])).content
    with av.open(io.BytesIO(data)) as container:
        frames = [f.to_ndarray(format="rgb24").astype(int) for f in container.decode(video=0)]
    pictures = [
        np.asarray(
            Image.open(io.BytesIO(png(seed))).crop((40, 0, 280, 240)).resize((256, 256)), int
        )
        for seed in (1, 2)
    ]
    assert abs(frames[0] - pictures[0]).mean() < 6
    assert abs(frames[-1] - pictures[1]).mean() < 6
    assert abs(frames[0] - pictures[1]).mean() > 20


async def test_a_running_clip_is_cancelled(studio: Studio) -> None:
    long = {**SMALL, "seconds": 15, "fps": 24, "width": 1280, "height": 720}
    job = await studio.submit(**long, first_frame=await brought(studio))
    async with studio.working():
        running = await studio.when(job["id"], lambda job: job["progress"]["step"] >= 1)
        assert running["progress"]["steps"] == 360
        await studio.when(job["id"], lambda job: job["progress"]["preview_url"])
        await studio.client.post(f"/api/jobs/{job['id']}/cancel")
        ended = await studio.ended(job["id"])
    assert (ended["status"], ended["error"]["code"]) == ("failed", "cancelled")
    assert ended["assets"] == []
    assert await studio.scalar("SELECT count(*) FROM videos") == 0


async def test_a_first_frame_that_goes_away_fails_the_job_with_a_sentence(studio: Studio) -> None:
    job = await studio.submit(**SMALL, first_frame=await brought(studio))
    await studio.store.delete(
        "reference_images", await studio.scalar("SELECT key FROM studio.uploads")
    )
    async with studio.working():
        ended = await studio.ended(job["id"])
    assert ended["error"]["code"] == "reference_not_found"
    assert "first frame" in ended["error"]["message"]


NOBODY = "00000000-0000-0000-0000-000000000000"
PICTURE = {"job_type": "sdxl_image_fast", "seconds": None, "fps": None}
WRONG = [
    ("seconds", {"seconds": 16}, "from 1 to 15"),
    ("fps", {"fps": 61}, "from 8 to 60"),
    ("count", {"count": 2}, "at most 1 clip"),
    ("width", {"width": 100}, "from 256"),
    ("first_frame", {"first_frame": NOBODY}, "Choose another picture"),
    ("last_frame", {"last_frame": NOBODY}, "needs a first frame"),
    ("reference", {"reference": {"asset_id": NOBODY}}, "first_frame"),
    ("motion.kind", {"motion": {"kind": "somersault"}}, "zoom-in"),
    ("motion.easing", {"motion": {"easing": "bouncy"}}, "ease-in-out"),
    ("motion.strength", {"motion": {"strength": 1.5}}, "less than or equal to 1"),
    ("motion", {**PICTURE, "motion": {"kind": "orbit"}}, "video job type"),
    ("seconds", {**PICTURE, "seconds": 3}, "video job type"),
    ("engine", {"engine": "sketchbook"}, "does not do jobs of the type video_fast"),
    ("engine", {**PICTURE, "engine": "motion"}, "does not do jobs of the type sdxl_image_fast"),
    ("scheduler", {"scheduler": "euler"}, "no samplers"),
    ("model", {"model": "harbour"}, "has no model harbour"),
]


@pytest.mark.parametrize(("field", "body", "words"), WRONG)
async def test_what_cannot_be_made_is_refused_by_name(
    studio: Studio, field: str, body: dict[str, Any], words: str
) -> None:
    said = await refusal(studio, **body)
    assert field in json.dumps(said)
    assert words in json.dumps(said)
    assert await studio.scalar("SELECT count(*) FROM jobs") == 0


async def test_nobody_starts_from_a_picture_of_somebody_else(studio: Studio) -> None:
    first = await brought(studio)
    async with await studio.person("eve") as eve:
        answer = await eve.post("/api/jobs", json={"prompt": "x", **SMALL, "first_frame": first})
    assert answer.status_code == 422
    assert answer.json()["field"] == "first_frame"


async def test_two_clips_of_one_request_are_equal(studio: Studio) -> None:
    first = await brought(studio)
    one, two = await asyncio.gather(
        *(studio.submit(**SMALL, first_frame=first, motion={"kind": "orbit"}) for _ in range(2))
    )
    async with studio.working():
        made = [await studio.ended(job["id"]) for job in (one, two)]
    files = [(await studio.client.get(job["assets"][0]["url"])).content for job in made]
    assert files[0] == files[1]


async def test_the_job_table_says_what_clips_can_be(studio: Studio) -> None:
    rows = (await studio.client.get("/api/job-types")).json()["items"]
    row = next(row for row in rows if row["job_type"] == "video_fast")
    assert (row["available"], row["engine"]["id"], row["engine"]["stand_in"]) == (
        True, "motion", True,
    )  # fmt: skip
    assert "no video model" in row["engine"]["summary"]
    clip = row["limits"]["clip"]
    assert (clip["seconds"]["maximum"], clip["seconds"]["default"]) == (15, 5)
    assert clip["fps"]["default"] == 24
    assert "orbit" in clip["motion"]["kinds"]
    picture = next(row for row in rows if row["job_type"] == "sdxl_image_fast")
    assert picture["limits"]["clip"] is None


async def test_an_engine_for_clips_is_chosen_by_name(studio: Studio) -> None:
    rows = (await studio.client.get("/api/job-types")).json()["items"]
    row = next(row for row in rows if row["job_type"] == "video_fast")
    assert "motion" in {engine["id"] for engine in row["engines"]}
    assert all(engine["limits"]["clip"] for engine in row["engines"])
    job = await studio.submit(**SMALL, engine="motion")
    assert job["engine"]["id"] == "motion"


async def test_a_configuration_of_the_model_counts_before_the_engines_own(studio: Studio) -> None:
    async with studio.database.system() as session:
        await session.execute(
            text(
                "INSERT INTO model_config_history (model_type, config_name, config_data, is_active)"
                """ VALUES ('WAN', 'test', '{"frames": 48, "width": 640}', true)"""
            )
        )
    job = await studio.submit(job_type="video_fast")
    assert (job["width"], job["height"]) == (640, 720)
    assert job["params"]["clip"]["frames"] == 48
