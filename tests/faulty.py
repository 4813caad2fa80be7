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
    await passes(trial, *FAULTS)
    await memory_runs_out(trial)
    before = await trial.credits()
    for fault, code, words in (
        ("killed in the middle", "engine_died", "killed"),
        ("ends early", "engine_failed", "without what it was asked"),
    ):
        job = await trial.job(*[fault] * MOST_ATTEMPTS)
        assert (job["status"], job["error"]["code"]) == ("failed", code)
        assert words in job["error"]["message"]
        assert await trial.credits() == before, code
    with monkeypatch.context() as patch:
        patch.setattr(trial.studio.store, "put", _full)
        job = await trial.job()
    assert (job["status"], job["error"]["code"]) == ("failed", "storage_full")
    assert await trial.credits() == before
    await passes(trial)
    await ledger_is_right(trial)


async def passes(trial: Trial, *faults: str) -> None:
    """A job without a fault, and one for each fault, which takes a second attempt."""
    before, held = await trial.credits()
    job = await trial.job()
    assert job["status"] == "completed", job["error"]
    after, held = await trial.credits()
    price = before - after
    assert price > 0
    assert held == 0
    for number, fault in enumerate(faults, 1):
        job = await trial.job(fault)
        assert (job["status"], job["attempts"]) == ("completed", 2), (fault, job["error"])
        assert await trial.credits() == (after - number * price, 0), fault


async def memory_runs_out(trial: Trial) -> None:
    """Once costs no attempt; twice ends the job, with a way on and the credits back."""
    job = await trial.job("out of memory")
    assert (job["status"], job["attempts"]) == ("completed", 1), job["error"]
    before = await trial.credits()
    job = await trial.job("out of memory", "out of memory")
    assert (job["status"], job["attempts"]) == ("failed", 1)
    assert job["error"]["code"] == "out_of_memory"
    assert "smaller size" in job["error"]["message"]
    assert await trial.credits() == before


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
