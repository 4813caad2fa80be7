"""A walk through all that can go wrong with the jobs of an engine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from fabula.engines.base import EngineContext
from fabula.engines.pool import EnginePool, Limits
from fabula.engines.registry import EngineEntry, EngineRegistry
from fabula.storage.base import Blob
from fabula.storage.durable import StorageFull
from studio import Studio

PATH = "faulty_engine:Faulty"
STALL_SECONDS = 4.0
MOST_ATTEMPTS = 3


FAULTS = (
    "killed at load",
    "killed in the middle",
    "stuck",
    "crash",
    "ends early",
    "something unreadable",
    "something else",
    "a broken output",
)
"""What costs one attempt of a job."""


@dataclass
class Trial:
    """A studio whose jobs go to one engine that goes wrong. ``body`` asks for a small output."""

    studio: Studio
    pool: EnginePool
    orders: Path
    body: dict[str, Any]

    async def job(self, *orders: str) -> dict[str, Any]:
        """A job that meets these faults, once it has ended."""
        if "killed at load" in orders:
            await self._unloaded()
        self.orders.write_text("\n".join(orders))
        job = await self.studio.submit(enhance=False, **self.body)
        ended = await self.studio.ended(job["id"])
        assert self.orders.read_text() == "", "not all faults happened"
        return ended

    async def _unloaded(self) -> None:
        while self.pool.warm():
            await self.pool.free()
            await asyncio.sleep(0.02)

    async def credits(self) -> tuple[int, int]:
        """What can be spent, and what is held."""
        found = (await self.studio.client.get("/api/me/credits")).json()
        return found["balance"], found["reserved"]


def behind_faults(wrapped: EngineEntry, orders: Path) -> EngineEntry:
    """An engine that works, so that it goes wrong on demand."""
    orders.write_text("")
    options = {**wrapped.context.options, "wraps": wrapped.path, "orders": str(orders)}
    context = replace(wrapped.context, options=options)
    return replace(wrapped, path=PATH, context=context, info=replace(wrapped.info, id="faulty"))


@asynccontextmanager
async def trial(
    studio: Studio, wrapped: EngineEntry, orders: Path, **body: Any
) -> AsyncIterator[Trial]:
    """A studio at work, all of whose jobs are the engine's."""
    entry = behind_faults(wrapped, orders)
    registry = EngineRegistry(EngineContext(""))
    for known in (registry, studio.services.registry):
        known.connect([entry], "")
    studio.services.settings.credits_enabled = True
    pool = EnginePool(registry, Limits(stall_seconds=STALL_SECONDS))
    try:
        async with studio.working(pool=pool):
            yield Trial(studio, pool, orders, {**body, "engine": "faulty"})
    finally:
        await pool.close()


async def walk(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """No fault loses a job, hangs the worker or costs a credit twice, and the next job works."""
    monkeypatch.setattr("fabula.generation.runner.RETRY_DELAY_SECONDS", 0.0)
    first = await trial.job()
    assert first["status"] == "completed", first["error"]
    spent = price = 100 - (await trial.credits())[0]
    assert price > 0
    for fault in FAULTS:
        job = await trial.job(fault)
        assert (job["status"], job["attempts"]) == ("completed", 2), (fault, job["error"])
        spent += price
        assert await trial.credits() == (100 - spent, 0), fault
    job = await trial.job("out of memory")
    assert (job["status"], job["attempts"]) == ("completed", 1), job["error"]
    spent += price
    for faults, code, words in (
        (["killed in the middle"] * MOST_ATTEMPTS, "engine_died", "killed"),
        (["ends early"] * MOST_ATTEMPTS, "engine_failed", "without what it was asked"),
        (["out of memory"] * 2, "out_of_memory", "smaller size"),
    ):
        job = await trial.job(*faults)
        assert (job["status"], job["error"]["code"]) == ("failed", code)
        assert words in job["error"]["message"]
        assert await trial.credits() == (100 - spent, 0), code
    with monkeypatch.context() as patch:
        patch.setattr(trial.studio.store, "put", _full)
        job = await trial.job()
    assert (job["status"], job["error"]["code"]) == ("failed", "storage_full")
    assert await trial.credits() == (100 - spent, 0)
    last = await trial.job()
    assert last["status"] == "completed", last["error"]


async def _full(*_: object) -> Blob:
    raise StorageFull("The disk is full.")


async def ledger_is_right(trial: Trial) -> None:
    """Each job was paid or given back once, and all entries sum to nothing."""
    ended_twice = await trial.studio.scalar(
        "SELECT count(*) FROM (SELECT reference FROM studio.ledger_entries "
        "WHERE kind IN ('settle', 'release') GROUP BY reference "
        "HAVING count(DISTINCT kind) > 1 OR sum(amount) <> 0) twice"
    )
    assert ended_twice == 0
