"""SQL of workers and measurements. Sessions are the machine's."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.pagination import Cursor
from fabula.models import EngineMeasurement, JobRun, Worker

SWEEP_SECONDS = 600
MEASUREMENT_DAYS = 90

_BEAT = text("""
WITH swept AS (DELETE FROM studio.workers
               WHERE beat_at < now() - make_interval(secs => :sweep_seconds) AND id <> :id)
INSERT INTO studio.workers (id, name, role, machine, version, lanes, slots, cores, ram_bytes,
    ram_free_bytes, device, device_bytes, device_free_bytes, engines)
VALUES (:id, :name, :role, :machine, :version, :lanes, :slots, :cores, :ram_bytes,
    :ram_free_bytes, :device, :device_bytes, :device_free_bytes, CAST(:engines AS jsonb))
ON CONFLICT (id) DO UPDATE SET ram_bytes = excluded.ram_bytes,
    ram_free_bytes = excluded.ram_free_bytes, device = excluded.device,
    device_bytes = excluded.device_bytes, device_free_bytes = excluded.device_free_bytes,
    engines = excluded.engines, beat_at = now()
""")

# A run without a process left says nothing of memory. Peaks rise at once and sink by a quarter of
# the way a time, so that one small picture does not make a model look small.
_NOTE = text("""
INSERT INTO studio.engine_measurements AS old (machine, engine_id, model, ram_bytes, device_bytes,
    load_seconds, steps_per_second, tokens_per_second, fault, fault_at)
SELECT :machine, engine_id, model, ram_bytes, device_bytes, load_seconds, steps_per_second,
       tokens_per_second, fault, CASE WHEN fault <> '' THEN now() END
FROM jsonb_to_recordset(CAST(:seen AS jsonb)) AS seen (engine_id text, model text,
    ram_bytes bigint, device_bytes bigint, load_seconds float8, steps_per_second float8,
    tokens_per_second float8, fault text)
ON CONFLICT (machine, engine_id, model) DO UPDATE SET
    ram_bytes = CASE WHEN excluded.ram_bytes = 0 THEN old.ram_bytes
        ELSE greatest(excluded.ram_bytes, (old.ram_bytes * 3 + excluded.ram_bytes) / 4) END,
    device_bytes = CASE WHEN excluded.ram_bytes = 0 THEN old.device_bytes
        ELSE greatest(excluded.device_bytes,
                      (old.device_bytes * 3 + excluded.device_bytes) / 4) END,
    load_seconds = coalesce(excluded.load_seconds, old.load_seconds),
    steps_per_second = coalesce(excluded.steps_per_second, old.steps_per_second),
    tokens_per_second = coalesce(excluded.tokens_per_second, old.tokens_per_second),
    fault = CASE WHEN excluded.fault <> '' THEN excluded.fault ELSE old.fault END,
    fault_at = coalesce(excluded.fault_at, old.fault_at),
    measured_at = now()
""")

_FORGET = text(
    "DELETE FROM studio.engine_measurements "
    "WHERE measured_at < now() - make_interval(days => :days)"
)


@dataclass(frozen=True, slots=True)
class Doing:
    """A job in the hands of a worker."""

    worker: str
    job_id: UUID
    job_type: str
    engine_id: str
    stage: str
    step: int
    steps: int


async def beat(session: AsyncSession, row: dict[str, Any]) -> None:
    """Write a worker's row, and sweep those that have been silent for ``SWEEP_SECONDS``."""
    engines = json.dumps(row["engines"])
    await session.execute(_BEAT, row | {"engines": engines, "sweep_seconds": SWEEP_SECONDS})


async def remove(session: AsyncSession, worker_id: UUID) -> None:
    await session.execute(delete(Worker).where(Worker.id == worker_id))


async def workers(
    session: AsyncSession, cursor: Cursor | None = None, limit: int | None = None
) -> list[Worker]:
    """Workers, newest first."""
    query = select(Worker)
    if cursor:
        query = query.where(cursor.before(Worker.created_at, Worker.id))
    query = query.order_by(Worker.created_at.desc(), Worker.id.desc()).limit(limit)
    return list(await session.scalars(query))


async def doing(session: AsyncSession, names: Sequence[str]) -> list[Doing]:
    """What workers do now, by their names."""
    rows = await session.execute(
        select(
            func.coalesce(JobRun.worker, ""),
            JobRun.job_id,
            JobRun.job_type,
            JobRun.engine_id,
            JobRun.stage,
            JobRun.step,
            JobRun.steps,
        )
        .where(JobRun.state == "running", JobRun.worker.in_(names))
        .order_by(JobRun.started_at)
    )
    return [Doing(*row) for row in rows]


async def note(session: AsyncSession, machine: str, seen: list[dict[str, Any]]) -> None:
    """Keep measurements, each named by column; a model of an engine occurs once."""
    await session.execute(_NOTE, {"machine": machine, "seen": json.dumps(seen)})


async def measured_on(session: AsyncSession, machine: str) -> list[EngineMeasurement]:
    query = select(EngineMeasurement).where(EngineMeasurement.machine == machine)
    return list(await session.scalars(query))


async def measurements(
    session: AsyncSession, cursor: Cursor | None = None, limit: int | None = None
) -> list[EngineMeasurement]:
    """Measurements, the ones first made last come first."""
    query = select(EngineMeasurement)
    if cursor:
        query = query.where(cursor.before(EngineMeasurement.created_at, EngineMeasurement.id))
    query = query.order_by(EngineMeasurement.created_at.desc(), EngineMeasurement.id.desc())
    return list(await session.scalars(query.limit(limit)))


async def forget_old(session: AsyncSession) -> None:
    """Drop what was not measured again in ``MEASUREMENT_DAYS``: machines come and go."""
    await session.execute(_FORGET, {"days": MEASUREMENT_DAYS})
