"""Who may see the workers, and how they are shown."""

from datetime import timedelta
from typing import Literal, cast

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.caller import Caller
from fabula.accounts.permissions import Permission
from fabula.core.clock import now
from fabula.core.pagination import Cursor
from fabula.fleet import repository
from fabula.fleet.schemas import EngineMeasurementOut, WarmEngineOut, WorkerJobOut, WorkerOut
from fabula.models import EngineMeasurement, Worker

SILENT_SECONDS = 30
"""After so long without a sign a worker is thought to be gone; several heartbeats."""


async def find_workers(
    session: AsyncSession, caller: Caller | None, cursor: Cursor | None, limit: int | None
) -> list[Worker]:
    """Workers, newest first. ``caller`` is None for the command line."""
    if caller is not None:
        caller.require(Permission.ENGINES)
    return await repository.workers(session, cursor, limit)


async def shown(session: AsyncSession, rows: list[Worker]) -> list[WorkerOut]:
    """Workers with what they do now."""
    jobs: dict[str, list[WorkerJobOut]] = {}
    for each in await repository.doing(session, [row.name for row in rows]):
        out = WorkerJobOut(
            job_id=each.job_id,
            job_type=each.job_type,
            engine_id=each.engine_id,
            stage=each.stage,
            step=each.step,
            steps=each.steps,
        )
        jobs.setdefault(each.worker, []).append(out)
    return [_worker_out(row, jobs.get(row.name, [])) for row in rows]


async def find_measurements(
    session: AsyncSession, caller: Caller, cursor: Cursor | None, limit: int
) -> list[EngineMeasurement]:
    caller.require(Permission.ENGINES)
    return await repository.measurements(session, cursor, limit)


def measurement_out(row: EngineMeasurement) -> EngineMeasurementOut:
    return EngineMeasurementOut.model_validate(row, from_attributes=True)


def _worker_out(row: Worker, jobs: list[WorkerJobOut]) -> WorkerOut:
    return WorkerOut(
        id=row.id,
        name=row.name,
        role=cast("Literal['worker', 'server']", row.role),
        machine=row.machine,
        version=row.version,
        lanes=row.lanes,
        slots=row.slots,
        cores=row.cores,
        ram_bytes=row.ram_bytes,
        ram_free_bytes=row.ram_free_bytes,
        device=row.device,
        device_bytes=row.device_bytes,
        device_free_bytes=row.device_free_bytes,
        engines=[WarmEngineOut(**engine) for engine in row.engines],
        jobs=jobs,
        started_at=row.created_at,
        beat_at=row.beat_at,
        silent=row.beat_at < now() - timedelta(seconds=SILENT_SECONDS),
    )
