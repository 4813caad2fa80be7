"""Running one job in a worker: rewrite, draw, store, hand over.

No transaction is held while an engine works. Every write first locks the run and checks the
attempt, so that a worker whose lease was lost changes nothing.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.database import Database
from fabula.core.errors import FabulaError
from fabula.core.logging import get_logger
from fabula.engine_servers import directory
from fabula.engines.base import (
    Cancelled,
    CancelToken,
    EngineError,
    EngineWarning,
    ImageOutput,
    ImageRequest,
    Progress,
    Reference,
)
from fabula.engines.pool import EnginePool
from fabula.events import live
from fabula.events.domain import DomainEvents
from fabula.generation import closing, outputs, repository
from fabula.generation.errors import ReferenceNotFound
from fabula.generation.progress import ProgressReporter
from fabula.generation.provenance import Provenance
from fabula.models import Job
from fabula.queue import leases
from fabula.queue.leases import Lease
from fabula.storage.base import BlobNotFound, BlobStore, StorageError
from fabula.storage.pictures import read_picture

log = get_logger(__name__)
RETRY_DELAY_SECONDS = 2.0


class LeaseLost(Exception):
    """Another worker has the job, or it was closed."""


Rewriter = Callable[[Job, Provenance], Awaitable[Provenance]]


@dataclass(slots=True)
class RunnerTools:
    """What running jobs needs; one for a worker."""

    database: Database
    store: BlobStore
    events: DomainEvents
    wire: live.ProgressWire
    engines: EnginePool
    rewrite: Rewriter
    lease_seconds: float
    heartbeat_seconds: float
    timeout_seconds: float


@dataclass(slots=True)
class RunningJob:
    """A job in the hands of this worker."""

    lease: Lease
    cancel: CancelToken = field(default_factory=CancelToken)
    reason: str = ""
    """Why ``cancel`` was set: ``cancelled``, ``lost``, ``timeout`` or ``shutdown``."""

    def stop(self, reason: str) -> None:
        self.reason = self.reason or reason
        self.cancel.cancel()


class JobRunner:
    def __init__(self, tools: RunnerTools) -> None:
        self._tools = tools

    async def run(self, running: RunningJob) -> None:
        """Run the job to an end, or put it back. Never raises for a fault of the job."""
        lease = running.lease
        with structlog.contextvars.bound_contextvars(
            job_id=str(lease.job_id), attempt=lease.attempt
        ):
            try:
                async with self._kept_alive(running):
                    await self._make(running)
            except LeaseLost:
                log.warning("job.lease_lost")
            except Cancelled:
                await self._stopped(running)
            except EngineError as error:
                await self._failed(running, error.code, str(error), retry=error.retryable)
            except StorageError as error:
                await self._failed(running, error.code, str(error), retry=True)
            except FabulaError as error:
                await self._failed(running, error.code, str(error), retry=False)
            except Exception:
                log.exception("job.crashed")
                message = "Something in the studio went wrong; the logs of the worker say what."
                await self._failed(running, "internal", message, retry=True)

    async def _make(self, running: RunningJob) -> None:
        lease = running.lease
        async with self._tools.database.system() as session:
            row = await repository.job_for_worker(session, lease.job_id)
            if row is None:
                raise LeaseLost
            plan = Provenance.model_validate(row.job.metadata_)
            delivered = await repository.delivered_indexes(session, lease.job_id)
            await self._announce(session, lease)
        if lease.cancel_requested:
            running.stop("cancelled")
        running.cancel.check()
        progress = ProgressReporter(self._tools.database, self._tools.wire, lease, plan.count)
        if plan.prompt_final is None or plan.negative_final is None:
            await progress.stage("rewriting")
            plan = await self._tools.rewrite(row.job, plan)
            await self._write(lease, lambda s: outputs.record_rewriting(s, lease, plan))
            running.cancel.check()
        started = time.monotonic()
        await progress.stage("loading")
        await self._draw(running, row.job, plan, delivered, progress)
        await self._write(
            lease,
            lambda s: closing.close_completed(
                s, self._tools.events, lease=lease, run_seconds=time.monotonic() - started
            ),
        )
        log.info("job.completed", seconds=round(time.monotonic() - started, 2))

    async def _draw(
        self,
        running: RunningJob,
        job: Job,
        plan: Provenance,
        delivered: set[int],
        progress: ProgressReporter,
    ) -> None:
        first = next((i for i in range(plan.count) if i not in delivered), plan.count)
        if first == plan.count:
            return
        request = await self._request(plan, first)
        warnings: list[dict[str, str]] = []
        async with self._tools.database.system() as session:
            await directory.refresh(session, self._tools.engines.registry)
        host = await self._tools.engines.host(plan.engine_id)
        async for event in host.run(request, running.cancel):
            match event:
                case Progress():
                    await progress.step(event)
                case EngineWarning():
                    warnings.append({"code": event.code, "message": event.message})
                case ImageOutput():
                    if event.index not in delivered:
                        await self._deliver(running.lease, job, plan, event, warnings)
                case _:
                    raise EngineError("The engine sent something that is not a picture.")

    async def _request(self, plan: Provenance, first: int) -> ImageRequest:
        return ImageRequest(
            prompt=plan.prompt_final or plan.prompt_original,
            negative_prompt=plan.negative_final or "",
            seed=plan.seed,
            width=plan.width,
            height=plan.height,
            steps=plan.steps,
            guidance_scale=plan.guidance_scale,
            count=plan.count,
            start_index=first,
            reference=await self._reference(plan),
            scheduler=plan.scheduler,
            model=plan.model_name,
        )

    async def _reference(self, plan: Provenance) -> Reference | None:
        if plan.reference is None:
            return None
        try:
            data = await self._tools.store.get(plan.reference.bucket, plan.reference.key)
        except BlobNotFound as error:
            raise ReferenceNotFound from error
        picture = await asyncio.to_thread(read_picture, data)
        return Reference(picture.pixels, plan.reference.strength)

    async def _deliver(
        self,
        lease: Lease,
        job: Job,
        plan: Provenance,
        output: ImageOutput,
        warnings: list[dict[str, str]],
    ) -> None:
        stored = await outputs.store_image(self._tools.store, job, plan, output)
        await self._write(
            lease,
            lambda s: outputs.record_image(
                s, self._tools.events, job, plan, output, stored, warnings
            ),
        )

    async def _write(self, lease: Lease, work: Callable[[AsyncSession], Awaitable[Any]]) -> None:
        """One transaction of the holder of the lease."""
        async with self._tools.database.system() as session:
            if not await leases.hold(session, lease):
                raise LeaseLost
            await work(session)

    async def _announce(self, session: AsyncSession, lease: Lease) -> None:
        data = {"job_id": str(lease.job_id), "status": "processing"}
        await live.publish(session, lease.user_id, "job.updated", data)

    @asynccontextmanager
    async def _kept_alive(self, running: RunningJob) -> AsyncIterator[None]:
        beat = asyncio.create_task(self._beat(running), name=f"beat-{running.lease.job_id}")
        try:
            yield
        finally:
            beat.cancel()
            with suppress(asyncio.CancelledError):
                await beat

    async def _beat(self, running: RunningJob) -> None:
        """Renew the lease. When the database does not answer, work goes on: the sweep and the
        attempt number decide later whose result counts."""
        deadline = time.monotonic() + self._tools.timeout_seconds
        while True:
            await asyncio.sleep(self._tools.heartbeat_seconds)
            if time.monotonic() > deadline:
                running.stop("timeout")
            try:
                async with self._tools.database.system() as session:
                    asked = await leases.renew(session, running.lease, self._tools.lease_seconds)
            except Exception:
                log.warning("job.heartbeat_failed", exc_info=True)
                continue
            if asked is None:
                running.stop("lost")
                return
            if asked:
                running.stop("cancelled")

    async def _stopped(self, running: RunningJob) -> None:
        match running.reason:
            case "lost":
                log.warning("job.lease_lost")
            case "shutdown":
                async with self._tools.database.system() as session:
                    await leases.put_back(session, running.lease.job_id, running.lease.attempt)
            case "timeout":
                minutes = self._tools.timeout_seconds / 60
                await self._failed(
                    running,
                    "timeout",
                    f"The engine took longer than {minutes:g} minutes.",
                    retry=False,
                )
            case _:
                await self._failed(running, "cancelled", "Cancelled.", retry=False)

    async def _failed(self, running: RunningJob, code: str, message: str, *, retry: bool) -> None:
        lease = running.lease
        async with self._tools.database.system() as session:
            if not await leases.hold(session, lease):
                return
            row = await repository.job_for_worker(session, lease.job_id)
            limit = (row.job.max_attempts or 1) if row else 1
            if retry and lease.attempt < limit:
                log.warning("job.put_back", code=code, reason=message)
                await leases.put_back(
                    session, lease.job_id, lease.attempt, RETRY_DELAY_SECONDS * lease.attempt
                )
                return
            log.warning("job.failed", code=code, reason=message)
            await closing.close_failed(
                session,
                self._tools.events,
                job_id=lease.job_id,
                user_id=lease.user_id,
                attempt=lease.attempt,
                code=code,
                message=message,
            )
