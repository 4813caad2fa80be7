"""Running one job in a worker: rewrite, draw, store, hand over.

No transaction is held while an engine works. Every write first locks the run and checks the
attempt, so that a worker whose lease was lost changes nothing.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import refusals
from fabula.accounts.caller import Caller
from fabula.accounts.content.service import mode_of
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
    Progress,
    VideoOutput,
)
from fabula.engines.pool import EnginePool
from fabula.events import live
from fabula.events.domain import DomainEvents
from fabula.generation import closing, outputs, repository
from fabula.generation.errors import ModeWithdrawn
from fabula.generation.output_files import Output, store_output
from fabula.generation.progress import ProgressReporter
from fabula.generation.provenance import Provenance
from fabula.generation.requests import request_for
from fabula.generation.submit import judge
from fabula.models import Job
from fabula.moderation.policy import ContentRefused
from fabula.moderation.rating import strictest
from fabula.queue import leases
from fabula.queue.leases import Lease
from fabula.storage.base import BlobStore, StorageError

log = get_logger(__name__)
RETRY_DELAY_SECONDS = 2.0
OUT_OF_MEMORY = "out_of_memory"
NO_OUTPUT = "The engine sent neither a picture nor a clip."


class LeaseLost(Exception):
    """Another worker has the job, or it was closed."""


Rewriter = Callable[[Job, Provenance], Awaitable[Provenance]]
Work = Callable[[AsyncSession], Awaitable[None]]


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
    adult_mode: bool = False


@dataclass(slots=True)
class RunningJob:
    """A job in the hands of this worker."""

    lease: Lease
    job: Job
    delivered: set[int]
    """Indexes of outputs that earlier attempts have delivered."""
    closed: bool = False
    """Whether the job has ended well, in the transaction of its last output."""
    cancel: CancelToken = field(default_factory=CancelToken)
    reason: str = ""
    """Why ``cancel`` was set: ``cancelled``, ``lost``, ``timeout`` or ``shutdown``."""

    def stop(self, reason: str) -> None:
        self.reason = self.reason or reason
        self.cancel.cancel()


async def taken(session: AsyncSession, lease: Lease) -> RunningJob | None:
    """A job that was claimed in this transaction, whose person's pages are told; None when it was
    removed meanwhile."""
    row = await repository.job_for_worker(session, lease.job_id)
    if row is None:
        return None
    again = lease.attempt > 1
    delivered = await repository.delivered_indexes(session, lease.job_id) if again else set()
    data = {"job_id": str(lease.job_id), "status": "processing"}
    await live.publish(session, lease.user_id, "job.updated", data)
    return RunningJob(lease, row.job, delivered)


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
            except ContentRefused as refusal:
                owner = Caller(lease.user_id, "", frozenset())
                await refusals.note(self._tools.database, owner, refusal, "worker")
                await self._failed(running, refusal.code, str(refusal), retry=False)
            except FabulaError as error:
                await self._failed(running, error.code, str(error), retry=False)
            except Exception:
                log.exception("job.crashed")
                message = "Something in the studio went wrong; the logs of the worker say what."
                await self._failed(running, "internal", message, retry=True)

    async def _make(self, running: RunningJob) -> None:
        lease = running.lease
        plan = Provenance.model_validate(running.job.metadata_)
        await self._demand_mode(lease, plan)
        if lease.cancel_requested:
            running.stop("cancelled")
        running.cancel.check()
        progress = ProgressReporter(self._tools.database, self._tools.wire, lease, plan.count)
        if plan.prompt_final is None or plan.negative_final is None:
            await progress.stage("rewriting")
            plan = await self._tools.rewrite(running.job, plan)
            await self._write(lease, lambda s: outputs.record_rewriting(s, lease, plan))
            running.cancel.check()
        judge(plan)
        await progress.stage("loading")
        started = time.monotonic()

        async def close(session: AsyncSession) -> None:
            took = time.monotonic() - started
            await closing.close_completed(
                session, self._tools.events, lease=lease, run_seconds=took
            )

        await self._draw(running, plan, progress, close)
        if not running.closed:
            await self._write(lease, close)
        log.info("job.completed", seconds=round(time.monotonic() - started, 2))

    async def _demand_mode(self, lease: Lease, plan: Provenance) -> None:
        """Raises ``ModeWithdrawn`` for content for adults whose person may no longer see it."""
        if plan.mode == "general":
            return
        async with self._tools.database.system() as session:
            allowed = await mode_of(session, lease.user_id, adult_mode=self._tools.adult_mode)
        if strictest(plan.mode, allowed) != plan.mode:
            raise ModeWithdrawn

    async def _draw(
        self,
        running: RunningJob,
        plan: Provenance,
        progress: ProgressReporter,
        close: Work,
    ) -> None:
        """Make the outputs that are missing; the last one closes the job with it."""
        missing = [index for index in range(plan.count) if index not in running.delivered]
        if not missing:
            return
        async with self._tools.database.system() as session:
            await directory.refresh(session, self._tools.engines.registry)
        try:
            await self._work(running, plan, progress, close, missing)
        except EngineError as error:
            if error.code != OUT_OF_MEMORY:
                raise
            log.warning("job.out_of_memory", reason=str(error))
            await self._tools.engines.free()
            await progress.stage("loading")
            await self._work_again(running, plan, progress, close, missing)

    async def _work_again(
        self,
        running: RunningJob,
        plan: Provenance,
        progress: ProgressReporter,
        close: Work,
        missing: list[int],
    ) -> None:
        """The one more try after memory ran out. More of them would end alike."""
        try:
            await self._work(running, plan, progress, close, missing)
        except EngineError as error:
            if error.code != OUT_OF_MEMORY:
                raise
            raise EngineError(still_too_little(error, plan), code=OUT_OF_MEMORY) from error

    async def _work(
        self,
        running: RunningJob,
        plan: Provenance,
        progress: ProgressReporter,
        close: Work,
        missing: list[int],
    ) -> None:
        """Let the engine make what is ``missing``, from which each output is taken that came."""
        request = await request_for(plan, self._tools.store, missing[0])
        warnings: list[dict[str, str]] = []
        engine = await self._tools.engines.host(plan.engine_id)
        async with aclosing(engine.run(request, running.cancel)) as events:
            async for event in events:
                match event:
                    case Progress():
                        await progress.step(event)
                    case EngineWarning():
                        warnings.append({"code": event.code, "message": event.message})
                    case ImageOutput() | VideoOutput():
                        if event.index in missing:
                            missing.remove(event.index)
                            then = None if missing else close
                            await self._deliver(running, plan, event, warnings, then)
                    case _:
                        raise EngineError(NO_OUTPUT, retryable=True)
        if missing:
            raise EngineError("The engine ended without what it was asked for.", retryable=True)

    async def _deliver(
        self,
        running: RunningJob,
        plan: Provenance,
        output: Output,
        warnings: list[dict[str, str]],
        then: Work | None,
    ) -> None:
        job, events = running.job, self._tools.events
        stored = await store_output(self._tools.store, job, plan, output)

        async def record(session: AsyncSession) -> None:
            await outputs.record_output(session, events, job, plan, output, stored, warnings)
            if then:
                await then(session)

        await self._write(running.lease, record)
        running.closed = then is not None

    async def _write(self, lease: Lease, work: Work) -> None:
        """One transaction of the holder of the lease."""
        async with self._tools.database.system() as session:
            if not await leases.hold(session, lease):
                raise LeaseLost
            await work(session)

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
                if not running.closed:
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


def still_too_little(error: EngineError, plan: Provenance) -> str:
    """The engine's own words, and what can be done."""
    less = "a smaller size or a shorter clip" if plan.frames > 1 else "a smaller size"
    return (
        f"{error} It was tried twice, the second time with nothing else loaded. Take {less}; an "
        "admin can choose a smaller model, or keep less of it on the graphics card with the option "
        "offload."
    )
