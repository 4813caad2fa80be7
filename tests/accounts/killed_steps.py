"""A job's whole way in processes that are killed before every statement and every commit.

Run as ``python killed_steps.py DSN``. A child is forked for each place, does the job for a person
of its own and is killed there; another one recovers as a studio would, and goes on. What the
ledger looked like in between and afterwards is printed as JSON, a line for each place.
"""

import asyncio
import json
import os
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
from ledger_facts import add_person, faults, held_by_ended_jobs
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.caller import Caller
from fabula.bootstrap import build_events
from fabula.core.database import Database
from fabula.core.logging import configure_logging
from fabula.core.settings import Settings
from fabula.engines.base import EngineContext, ImageOutput
from fabula.engines.registry import EngineRegistry
from fabula.generation import closing, outputs, repository
from fabula.generation.dispatch import sweep
from fabula.generation.events import StoredFile
from fabula.generation.provenance import Provenance
from fabula.generation.schemas import JobIn
from fabula.generation.submit import Desk, submit
from fabula.queue import leases
from fabula.storage.memory import MemoryStore

CARD = "fabula.engines.image.reference_card:ReferenceCard"
COUNT, DELIVERED = 3, 2
_EXPIRE = text("UPDATE studio.job_runs SET lease_until = now() WHERE state = 'running'")
_DONE = text("SELECT status = 'failed' FROM jobs WHERE id = :job_id")


class Studio:
    """The parts of a server and of a worker that a job passes through."""

    def __init__(self, database: Database) -> None:
        self.database = database
        store = MemoryStore()
        events = build_events(store, Settings(credits_enabled=True))
        self.desk = Desk(EngineRegistry(EngineContext(models_dir=""), [CARD]), events, store)

    async def job(self, person: UUID) -> None:
        """Ask for three pictures, get two, fail. Doing it again goes on where it stopped."""
        job_id = await self._submit(Caller(person, "", frozenset(["basic_user"])))
        async with self.database.system() as session:
            if await session.scalar(_DONE, {"job_id": job_id}):
                return
            lease = await leases.claim(session, lane="image", worker="w", lease_seconds=60)
        assert lease
        assert lease.job_id == job_id
        for index in range(DELIVERED):
            await self._hold(lease, lambda s, i=index: self._deliver(s, job_id, i))
        await self._hold(lease, lambda s: self._fail(s, lease))

    async def recover(self) -> None:
        """What a studio does about a worker that died: here without the wait."""
        async with self.database.system() as session:
            await session.execute(_EXPIRE)
        await sweep(self.database, self.desk.events)

    async def _submit(self, caller: Caller) -> UUID:
        body = JobIn(prompt="a lighthouse", count=COUNT, seed=1)
        async with self.database.request(caller.user_id) as session:
            return await submit(session, caller, body, self.desk, key="once")

    async def _hold(
        self, lease: leases.Lease, work: Callable[[AsyncSession], Awaitable[None]]
    ) -> None:
        async with self.database.system() as session:
            assert await leases.hold(session, lease)
            await work(session)

    async def _deliver(self, session: AsyncSession, job_id: UUID, index: int) -> None:
        row = await repository.job_for_worker(session, job_id)
        assert row
        plan = Provenance.model_validate(row.job.metadata_)
        if index in await repository.delivered_indexes(session, job_id):
            return
        picture = ImageOutput(index, 1, np.zeros((8, 8, 3), np.uint8), {})
        key = f"{row.job.user_id}/{job_id}/{index}"
        file = StoredFile("workspace-temp", key, key, "", "", 1, "image/png", 8, 8)
        await outputs.record_output(session, self.desk.events, row.job, plan, picture, file, [])

    async def _fail(self, session: AsyncSession, lease: leases.Lease) -> None:
        await closing.close_failed(
            session,
            self.desk.events,
            job_id=lease.job_id,
            user_id=lease.user_id,
            attempt=lease.attempt,
            code="oom",
            message="No memory.",
        )


def killed_at(database: Database, place: int) -> None:
    """Kill this process before a statement or commit, counted from 1."""
    passed = 0

    def step(*_: Any) -> None:
        nonlocal passed
        passed += 1
        if passed == place:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine.sync_engine, "before_cursor_execute", step)
    event.listen(database.engine.sync_engine, "commit", step)


async def whole(studio: Studio, work: Callable[[], Awaitable[None]]) -> None:
    """Do something and leave no connection open, so that the process can be forked."""
    await work()
    await studio.database.close()


def forked(studio: Studio, place: int, work: Callable[[], Awaitable[None]]) -> int:
    """Do the work in a child; returns how it ended, as ``os.waitpid`` says it."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    status = 1
    try:
        if place:
            killed_at(studio.database, place)
        asyncio.run(whole(studio, work))
        status = 0
    finally:
        if status:
            traceback.print_exc()
        os._exit(status)


def main(dsn: str) -> None:
    configure_logging("ERROR", "text")
    studio = Studio(Database(dsn, pool_size=1, secret=bytes(32)))
    with psycopg.connect(dsn, autocommit=True) as connection:
        # Once without a kill: what is compiled and set up by the first run, children inherit.
        first = add_person(connection, "first")
        asyncio.run(whole(studio, lambda: studio.job(first)))
        place, killed = 0, True
        while killed:
            place += 1
            told = one_place(connection, studio, place)
            killed = told["killed"]
            sys.stdout.write(json.dumps(told) + "\n")


def one_place(connection: psycopg.Connection[Any], studio: Studio, place: int) -> dict[str, Any]:
    """Kill a job at a place, recover, go on; ``killed`` is False when it ended before."""
    person = add_person(connection, f"p{place}")

    async def go_on() -> None:
        await studio.recover()
        await studio.job(person)

    killed = forked(studio, place, lambda: studio.job(person)) == signal.SIGKILL
    between = faults(connection) + [str(job) for job in held_by_ended_jobs(connection)]
    assert forked(studio, 0, go_on) == 0
    after = faults(connection) + [str(job) for job in held_by_ended_jobs(connection)]
    balances = connection.execute(
        "SELECT balance FROM studio.ledger_accounts WHERE user_id = %s ORDER BY kind", [person]
    )
    usage = connection.execute(
        "SELECT credits_consumed::integer FROM usage_logs WHERE user_id = %s", [person]
    )
    return {
        "killed": killed,
        "between": between,
        "after": after,
        "balances": [row[0] for row in balances],
        "usage": [row[0] for row in usage],
    }


if __name__ == "__main__":
    main(sys.argv[1])
