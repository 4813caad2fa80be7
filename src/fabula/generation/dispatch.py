"""A worker's loop: claim fairly, run, and take back what dead workers left."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from fabula.accounts.credits.service import lock_people
from fabula.core.database import Database
from fabula.core.logging import get_logger
from fabula.events import live
from fabula.events.domain import DomainEvents
from fabula.generation import closing
from fabula.generation.runner import JobRunner, RunnerTools, RunningJob, taken
from fabula.queue import leases

log = get_logger(__name__)
SWEEP_SECONDS = 5.0
IDLE_SECONDS = 2.0
_FAULT_SECONDS = 1.0
_TOLD_AT_ONCE = 50
_FAULTS = (SQLAlchemyError, psycopg.Error, OSError)


@dataclass(slots=True)
class Dispatcher:
    """Runs jobs of some lanes, ``slots`` at once, until it is stopped."""

    tools: RunnerTools
    worker: str
    lanes: tuple[str, ...]
    slots: int
    _running: dict[UUID, RunningJob] = field(default_factory=dict)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Work until ``stop``; then put running jobs back and return."""
        helpers = [
            asyncio.create_task(self._listen(), name="dispatch-listen"),
            asyncio.create_task(self._sweep_often(), name="dispatch-sweep"),
        ]
        try:
            while not self._stopping.is_set():
                self._wake.clear()
                if not await self._fill():
                    await self._idle()
        finally:
            for running in self._running.values():
                running.stop("shutdown")
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, *self._tasks, return_exceptions=True)

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()

    async def _fill(self) -> bool:
        """Give every free slot a job; False when there was nothing to do or no slot."""
        claimed = False
        for lane in self.lanes:
            while len(self._tasks) < self.slots and not self._stopping.is_set():
                try:
                    began = await self._claim(lane)
                except _FAULTS:
                    log.warning("dispatch.claim_failed", exc_info=True)
                    await asyncio.sleep(_FAULT_SECONDS)
                    return False
                if not began:
                    break
                claimed = True
        return claimed

    async def _claim(self, lane: str) -> bool:
        """Start the next job of a lane; False when nothing waits."""
        async with self.tools.database.system() as session:
            lease = await leases.claim(
                session,
                lane=lane,
                worker=self.worker,
                lease_seconds=self.tools.lease_seconds,
                ready=self.tools.engines.ready(),
            )
            running = await taken(session, lease) if lease else None
            if running is None:
                return False
            waiting = await leases.who_waits(session, lane, _TOLD_AT_ONCE)
        self._start(running)
        for user_id in waiting:
            await self.tools.wire.send(user_id, "queue.moved", {})
        return True

    def _start(self, running: RunningJob) -> None:
        lease = running.lease
        self._running[lease.job_id] = running
        task = asyncio.create_task(JobRunner(self.tools).run(running), name=f"job-{lease.job_id}")
        self._tasks.add(task)

        def ended(done: "asyncio.Task[None]") -> None:
            self._tasks.discard(done)
            if self._running.get(lease.job_id) is running:
                del self._running[lease.job_id]
            self._wake.set()
            if not done.cancelled() and (error := done.exception()):
                log.error("dispatch.job_crashed", job_id=str(lease.job_id), exc_info=error)

        task.add_done_callback(ended)

    async def _idle(self) -> None:
        """Sleep until there may be work: a notice, a job that ended, or some time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(IDLE_SECONDS):
                await self._wake.wait()

    async def _listen(self) -> None:
        while True:
            try:
                connection = await self.tools.database.connect()
                async with connection:
                    await connection.execute(f"LISTEN {leases.WAKE_CHANNEL}")
                    self._wake.set()
                    async for notice in connection.notifies():
                        self._hear(notice.payload)
            except _FAULTS as error:
                log.warning("dispatch.connection_lost", error=str(error))
            await asyncio.sleep(_FAULT_SECONDS)

    def _hear(self, payload: str) -> None:
        kind, _, job_id = payload.partition(":")
        if kind == "cancel" and (running := self._running.get(UUID(job_id))):
            running.stop("cancelled")
        self._wake.set()

    async def _sweep_often(self) -> None:
        while True:
            try:
                await sweep(self.tools.database, self.tools.events)
            except _FAULTS:
                log.warning("dispatch.sweep_failed", exc_info=True)
            await asyncio.sleep(SWEEP_SECONDS)


async def sweep(database: Database, events: DomainEvents) -> int:
    """Take back the jobs of workers that went silent; returns how many.

    One goes back to the queue while attempts remain, else it fails with the reason.
    """
    async with database.system() as session:
        rows = await leases.expired(session)
        await lock_people(session, (row.user_id for row in rows))
        for row in rows:
            if not row.cancel_requested and row.attempt < row.max_attempts:
                log.warning("job.taken_back", job_id=str(row.job_id), attempt=row.attempt)
                await leases.put_back(session, row.job_id, row.attempt)
                data = {"job_id": str(row.job_id), "status": "queued"}
                await live.publish(session, row.user_id, "job.updated", data)
                continue
            code, message = _ending(row)
            await closing.close_failed(
                session,
                events,
                job_id=row.job_id,
                user_id=row.user_id,
                attempt=row.attempt,
                code=code,
                message=message,
            )
    return len(rows)


def _ending(row: leases.Expired) -> tuple[str, str]:
    if row.cancel_requested:
        return "cancelled", "Cancelled."
    message = (
        f"The worker stopped in the middle of this job, {row.attempt} times in a row. "
        "Its logs may say why; try again when the machine has more memory free."
    )
    return "lease_expired", message
