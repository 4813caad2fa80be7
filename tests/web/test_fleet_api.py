"""Workers and measurements: what processes tell of themselves, and who may read it."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from fabula.core.machine import machine_name
from fabula.engines.base import EngineContext
from fabula.engines.pool import EnginePool, Limits
from fabula.engines.registry import EngineRegistry
from fabula.fleet import repository
from fabula.fleet.reporting import About, Reporter
from studio import CARD, Studio

ABOUT = About("worker-1", "worker", 3, ("image",), 2)


@pytest.fixture
def pool() -> EnginePool:
    options = {"fault_injection": True, "step_seconds": 0.02}
    return EnginePool(
        EngineRegistry(EngineContext("", options=options), [CARD]), Limits(ram=10**10)
    )


def reporter(studio: Studio, pool: EnginePool, about: About = ABOUT) -> Reporter:
    return Reporter(studio.database, pool, about, seconds=0.05)


@pytest.fixture
async def admin(studio: Studio) -> Any:
    async with await studio.person("root", "admin") as client:
        yield client


async def items(admin: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    answer = await admin.get(path)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_a_worker_tells_what_it_holds_and_does(
    studio: Studio, admin: httpx.AsyncClient, pool: EnginePool
) -> None:
    job = await studio.submit(enhance=False, steps=50)
    async with studio.working(pool=pool) as dispatcher:
        about = About(dispatcher.worker, "worker", 3, ("image", "video"), 2)
        await studio.when(job["id"], lambda job: job["progress"]["step"] >= 1)
        await reporter(studio, pool, about).report()
        (worker,) = await items(admin, "/api/workers")
        assert (worker["role"], worker["slots"], worker["cores"]) == ("worker", 2, 3)
        assert (worker["machine"], worker["silent"]) == (machine_name(), False)
        assert worker["ram_bytes"] == 10**10
        (engine,) = worker["engines"]
        assert (engine["engine_id"], engine["model"], engine["busy"]) == (
            "reference-card",
            "",
            True,
        )
        assert engine["ram_bytes"] > 10_000_000
        (doing,) = worker["jobs"]
        assert (doing["job_id"], doing["engine_id"]) == (job["id"], "reference-card")
        assert doing["steps"] == 50
        await studio.ended(job["id"])
    await pool.close()


async def test_what_was_measured_is_kept_for_the_next_process(
    studio: Studio, admin: httpx.AsyncClient, pool: EnginePool
) -> None:
    job = await studio.submit(enhance=False, steps=8)
    async with studio.working(pool=pool):
        await studio.ended(job["id"])
    await reporter(studio, pool).report()
    (seen,) = await items(admin, "/api/engine-measurements")
    assert (seen["engine_id"], seen["model"]) == ("reference-card", "")
    assert seen["machine"] == machine_name()
    assert seen["ram_bytes"] > 10_000_000
    assert seen["load_seconds"] > 0
    assert 5 < seen["steps_per_second"] <= 50
    assert (seen["fault"], seen["fault_at"]) == ("", None)
    await pool.close()
    afresh = EnginePool(pool.registry)
    await reporter(studio, afresh).recall()
    known = afresh.measurements.footprint(("reference-card", ""))
    assert known is not None
    assert known.ram == seen["ram_bytes"]


async def test_peaks_rise_at_once_and_sink_slowly_and_a_fault_stays(studio: Studio) -> None:
    async def note(**changes: Any) -> dict[str, Any]:
        seen = {"engine_id": "e", "model": "", "ram_bytes": 0, "device_bytes": 0, "fault": ""}
        seen |= {"load_seconds": None, "steps_per_second": None, "tokens_per_second": None}
        async with studio.database.system() as session:
            await repository.note(session, "m", [seen | changes])
        async with studio.database.system() as session:
            (row,) = await repository.measured_on(session, "m")
            return {name: getattr(row, name) for name in seen}

    assert (await note(ram_bytes=100, load_seconds=2.0))["ram_bytes"] == 100
    assert (await note(ram_bytes=300, device_bytes=40))["ram_bytes"] == 300
    after = await note(ram_bytes=100, fault="It tore.")
    assert (after["ram_bytes"], after["device_bytes"], after["load_seconds"]) == (250, 30, 2.0)
    after = await note(fault="")
    assert (after["ram_bytes"], after["fault"]) == (250, "It tore.")


async def test_a_worker_that_ends_takes_its_row_away(
    studio: Studio, admin: httpx.AsyncClient, pool: EnginePool
) -> None:
    task = asyncio.create_task(reporter(studio, pool).run())
    while not await items(admin, "/api/workers"):  # noqa: ASYNC110 - as a client would
        await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await items(admin, "/api/workers") == []


async def test_a_silent_worker_is_marked_and_then_swept(
    studio: Studio, admin: httpx.AsyncClient, pool: EnginePool
) -> None:
    async def age(seconds: int) -> None:
        async with studio.database.system() as session:
            await session.execute(
                text("UPDATE studio.workers SET beat_at = now() - make_interval(secs => :s)"),
                {"s": seconds},
            )

    await reporter(studio, pool).report()
    await age(60)
    (worker,) = await items(admin, "/api/workers")
    assert worker["silent"]
    await age(repository.SWEEP_SECONDS + 1)
    await reporter(studio, pool, About("worker-2", "server", 1)).report()
    (worker,) = await items(admin, "/api/workers")
    assert (worker["name"], worker["role"], worker["silent"]) == ("worker-2", "server", False)


async def test_lists_page_by_key(
    studio: Studio, admin: httpx.AsyncClient, pool: EnginePool
) -> None:
    for number in range(3):
        await reporter(studio, pool, About(f"worker-{number}", "worker", 1)).report()
    first = (await admin.get("/api/workers?limit=2")).json()
    then = (await admin.get(f"/api/workers?limit=2&cursor={first['next_cursor']}")).json()
    names = [worker["name"] for worker in (*first["items"], *then["items"])]
    assert names == ["worker-2", "worker-1", "worker-0"]
    assert then["next_cursor"] is None


async def test_a_report_is_one_statement_and_a_second_one_when_something_is_new(
    studio: Studio, pool: EnginePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was not written is told the next time."""
    job = await studio.submit(enhance=False, steps=2)
    async with studio.working(pool=pool):
        await studio.ended(job["id"])
    await pool.close()

    async def broken(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(repository, "note", broken)
        with pytest.raises(OSError):  # noqa: PT011 - the one that was raised
            await reporter(studio, pool).report()
    await reporter(studio, pool).report()
    assert await studio.scalar("SELECT count(*) FROM studio.engine_measurements") == 1
    assert await studio.scalar("SELECT count(*) FROM studio.workers") == 1
    assert pool.measurements.take() == []


async def test_only_admins_see_workers(studio: Studio) -> None:
    for path in ("/api/workers", "/api/engine-measurements"):
        assert (await studio.client.get(path)).status_code == 403
