"""Jobs in a worker: faults, cancellation, second deliveries, leases that were lost."""

import asyncio
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import text

from fabula.generation import dispatch
from fabula.queue import leases
from studio import Studio


async def progressed(studio: Studio, job_id: str) -> dict[str, Any]:
    """The job, once its engine has made a step."""
    return await studio.when(job_id, lambda job: job["progress"]["step"] >= 1)


async def test_progress_names_the_step_and_shows_a_preview(studio: Studio) -> None:
    job = await studio.submit(steps=40)
    async with studio.working(step_seconds=0.05):
        running = await progressed(studio, job["id"])
        progress = running["progress"]
        assert running["status"] == "processing"
        assert progress["stage"] == "generating"
        assert 0 < progress["fraction"] < 1
        assert (progress["steps"], progress["index"]) == (40, 0)
        await studio.when(job["id"], lambda job: job["progress"]["preview_url"])
        shown = await studio.client.get(f"/api/jobs/{job['id']}/preview/0")
        assert shown.headers["content-type"] in {"image/webp", "image/jpeg"}
        await studio.client.post(f"/api/jobs/{job['id']}/cancel")
        await studio.ended(job["id"])
    assert (await studio.client.get(f"/api/jobs/{job['id']}/preview/0")).status_code == 404


async def test_a_running_job_is_cancelled_at_its_next_step(studio: Studio) -> None:
    job = await studio.submit(steps=60)
    after = await studio.submit(steps=2)
    async with studio.working(step_seconds=0.2):
        await progressed(studio, job["id"])
        await studio.client.post(f"/api/jobs/{job['id']}/cancel")
        ended = await studio.ended(job["id"])
        assert (ended["status"], ended["error"]["code"]) == ("failed", "cancelled")
        assert ended["assets"] == []
        assert (await studio.ended(after["id"]))["status"] == "completed"


async def test_outputs_that_came_before_a_cancellation_stay(studio: Studio) -> None:
    job = await studio.submit(steps=4, count=6)
    async with studio.working(step_seconds=0.1):
        running = await studio.when(job["id"], lambda job: job["assets"])
        await studio.client.post(f"/api/jobs/{job['id']}/cancel")
        ended = await studio.ended(job["id"])
    assert ended["status"] == "failed"
    assert 0 < len(ended["assets"]) < 6
    assert ended["assets"][: len(running["assets"])] == running["assets"]


async def test_a_fault_that_may_pass_is_tried_again_up_to_the_limit(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fabula.generation.runner.RETRY_DELAY_SECONDS", 0.0)
    job = await studio.submit()
    async with studio.working(fail_at_step=2):
        ended = await studio.ended(job["id"])
    assert (ended["status"], ended["attempts"], ended["max_attempts"]) == ("failed", 3, 3)
    assert ended["error"]["message"] == "The card tore, as asked."
    assert ended["error"]["retryable"]


async def test_an_engine_that_dies_fails_its_job_and_not_the_worker(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fabula.generation.runner.RETRY_DELAY_SECONDS", 0.0)
    job = await studio.submit(steps=5)
    short = await studio.submit(steps=2)
    async with studio.working(die_at_step=4):
        ended = await studio.ended(job["id"])
        assert (ended["status"], ended["error"]["code"]) == ("failed", "engine_died")
        assert (await studio.ended(short["id"]))["status"] == "completed"


async def test_an_engine_that_takes_too_long_is_stopped(studio: Studio) -> None:
    job = await studio.submit(steps=60)
    async with studio.working(step_seconds=0.2, timeout_seconds=0.3):
        ended = await studio.ended(job["id"])
    assert (ended["status"], ended["error"]["code"]) == ("failed", "timeout")


async def test_a_worker_that_stops_puts_its_job_back(studio: Studio) -> None:
    job = await studio.submit(steps=60)
    async with studio.working(step_seconds=0.1):
        await progressed(studio, job["id"])
    waiting = await studio.job(job["id"])
    assert (waiting["status"], waiting["queue_position"]) == ("queued", 1)
    async with studio.working():
        ended = await studio.ended(job["id"])
    assert (ended["status"], ended["attempts"]) == ("completed", 2)


async def test_a_second_delivery_leaves_rows_and_files_as_they_are(studio: Studio) -> None:
    job = await studio.made(count=3)
    files = {key: await studio.store.get("workspace-temp", key) for key in await keys(studio)}
    async with studio.database.system() as session:
        await session.execute(text("UPDATE images SET status = 'pending'"))
        await session.execute(text("ALTER TABLE jobs DISABLE TRIGGER guard_status"))
        await session.execute(text("UPDATE jobs SET status = 'queued'"))
        await session.execute(
            text("UPDATE studio.job_runs SET state = 'waiting', run_seconds = NULL")
        )
    async with studio.working():
        again = await studio.ended(job["id"])
    assert [a["id"] for a in again["assets"]] == [a["id"] for a in job["assets"]]
    assert await studio.scalar("SELECT count(*) FROM images") == 3
    assert await studio.scalar("SELECT count(*) FROM workspace_items") == 3
    assert files == {k: await studio.store.get("workspace-temp", k) for k in await keys(studio)}


async def keys(studio: Studio) -> list[str]:
    return [listed.ref.key async for listed in studio.store.list("workspace-temp")]


async def test_a_resumed_job_draws_only_what_is_missing(studio: Studio) -> None:
    job = await studio.submit(count=4, steps=4)
    async with studio.working(step_seconds=0.1):
        running = await studio.when(job["id"], lambda job: len(job["assets"]) >= 2)
    before = running["assets"]
    async with studio.working():
        ended = await studio.ended(job["id"])
    assert [asset["asset_index"] for asset in ended["assets"]] == [0, 1, 2, 3]
    assert ended["assets"][: len(before)] == before


async def test_a_worker_that_lost_its_lease_changes_nothing(studio: Studio) -> None:
    job = await studio.submit(steps=60)
    async with studio.working(step_seconds=0.05, heartbeat_seconds=30):
        await progressed(studio, job["id"])
        async with studio.database.system() as session:
            await session.execute(
                text("UPDATE studio.job_runs SET attempt = 2, worker = 'another'")
            )
        await asyncio.sleep(0.5)
        stale = await studio.scalar("SELECT step FROM studio.job_runs")
        await asyncio.sleep(0.5)
        assert await studio.scalar("SELECT step FROM studio.job_runs") == stale
    assert await studio.scalar("SELECT count(*) FROM workspace_assets") == 0
    assert await studio.scalar("SELECT worker FROM studio.job_runs") == "another"


async def test_the_sweep_takes_back_jobs_of_silent_workers_until_no_attempt_is_left(
    studio: Studio,
) -> None:
    job = await studio.submit()
    events = studio.services.desk.events
    for attempt in (1, 2, 3):
        async with studio.database.system() as session:
            lease = await leases.claim(session, lane="image", worker="dead", lease_seconds=-1)
        assert lease is not None
        assert lease.attempt == attempt
        assert await dispatch.sweep(studio.database, events) == 1
        assert await dispatch.sweep(studio.database, events) == 0
        shown = await studio.job(job["id"])
        assert shown["status"] == ("queued" if attempt < 3 else "failed")
    assert shown["error"]["code"] == "lease_expired"
    assert "3 times" in shown["error"]["message"]
    assert await studio.scalar("SELECT status FROM workspace_items") == "failed"


async def test_a_reference_that_is_gone_fails_the_job_with_a_way_on(studio: Studio) -> None:
    asset = (await studio.made())["assets"][0]
    job = await studio.submit(reference={"asset_id": asset["id"], "strength": 0.5})
    for key in await keys(studio):
        await studio.store.delete("workspace-temp", key)
    async with studio.working():
        ended = await studio.ended(job["id"])
    assert ended["error"]["code"] == "reference_not_found"


async def test_strength_draws_from_the_reference_to_the_prompt(studio: Studio) -> None:
    source = (await studio.made(seed=1))["assets"][0]
    distances = []

    async def pixels(url: str) -> Any:
        data = (await studio.client.get(url)).content
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=float)

    original = await pixels(source["url"])
    for strength in (0.0, 0.3, 0.6, 1.0):
        reference = {"asset_id": source["id"], "strength": strength}
        made = (await studio.made(seed=99, reference=reference))["assets"][0]
        distances.append(float(np.abs(await pixels(made["url"]) - original).mean()))
    assert distances == sorted(distances)
    assert distances[0] < distances[-1]
