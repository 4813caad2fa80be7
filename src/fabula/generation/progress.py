"""Telling people how far a job is: at most four times a second, and never in their way."""

import time

from fabula.core.database import Database
from fabula.engines.base import Progress
from fabula.events import live
from fabula.events.live import ProgressWire
from fabula.generation import repository
from fabula.generation.views import fraction_done, preview_url
from fabula.queue import leases
from fabula.queue.leases import Lease

INTERVAL_SECONDS = 0.25


class ProgressReporter:
    """Writes the progress of one job to its run and sends it to the person's pages."""

    def __init__(self, database: Database, wire: ProgressWire, lease: Lease, count: int) -> None:
        self._database = database
        self._wire = wire
        self._lease = lease
        self._count = count
        self._next = 0.0
        self._started = time.monotonic()
        self._preview: tuple[int, int] | None = None

    async def stage(self, stage: str) -> None:
        await self._send(stage, 0, 0, 0)

    async def step(self, progress: Progress) -> None:
        """Report a step; steps that come too quickly are left out, last ones never are."""
        last = progress.step >= progress.steps
        if not last and time.monotonic() < self._next:
            return
        self._next = time.monotonic() + INTERVAL_SECONDS
        if progress.preview:
            await self._keep_preview(progress, progress.preview)
        await self._send("generating", progress.index, progress.step, progress.steps)

    async def _keep_preview(self, progress: Progress, picture: bytes) -> None:
        async with self._database.system() as session:
            await repository.save_preview(
                session,
                self._lease.job_id,
                self._lease.user_id,
                progress.index,
                progress.step,
                picture,
            )
        self._preview = (progress.index, progress.step)

    async def _send(self, stage: str, index: int, step: int, steps: int) -> None:
        fraction = fraction_done(stage, index, step, steps, self._count)
        data = {
            "job_id": str(self._lease.job_id),
            "stage": stage,
            "step": step,
            "steps": steps,
            "fraction": fraction,
            "index": index,
            "preview_url": preview_url(self._lease.job_id, *self._preview)
            if self._preview
            else None,
            "eta_seconds": self._eta(fraction),
        }
        run = {
            "job_id": self._lease.job_id,
            "attempt": self._lease.attempt,
            "stage": stage,
            "index": index,
            "step": step,
            "steps": steps,
        }
        told = live.message(self._lease.user_id, "job.progress", data)
        await self._wire.run(leases.PROGRESS, run | told)

    def _eta(self, fraction: float) -> float | None:
        """From this job's own pace, once it has shown one."""
        if fraction < 0.05:
            return None
        elapsed = time.monotonic() - self._started
        return round(elapsed / fraction * (1 - fraction), 1)
