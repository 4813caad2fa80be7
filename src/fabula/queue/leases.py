"""Delivery of generation jobs: fair claims, leases with a heartbeat, and what a crash leaves.

``jobs`` says what a person sees; ``studio.job_runs`` says how the job is being delivered. A
worker claims one waiting row with ``FOR UPDATE SKIP LOCKED``, holds a lease and renews it. A
lease that ran out goes back to waiting while attempts remain. Every write of a worker names its
attempt, so a worker that comes back from the dead changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

WAKE_CHANNEL = "fabula_jobs"
PATIENCE_SECONDS = 30.0
"""For so long others whose model is loaded may come first, among equals."""

Ready = tuple[str, str | None]
"""An engine and a model that a worker has loaded; None stands for each of its models."""

# One candidate a person (a loose index scan), then the person with the fewest running jobs, then
# the one served least lately. Ties go by age, so that within a person the order is first in,
# first out. Cost grows with the number of people who wait, not with the number of jobs.
#
# Among people whose share is the same to the nearest whole job, one whose next job finds its model
# loaded here comes first. Whoever has waited for ``patience`` seconds counts as such, so that a
# stream of others with that model overtakes nobody for longer.
_CLAIM = text("""
WITH RECURSIVE people AS (
    (SELECT user_id FROM studio.job_runs
     WHERE state = 'waiting' AND lane = :lane ORDER BY user_id LIMIT 1)
    UNION ALL
    (SELECT next.user_id FROM people,
        LATERAL (SELECT user_id FROM studio.job_runs
                 WHERE state = 'waiting' AND lane = :lane AND user_id > people.user_id
                 ORDER BY user_id LIMIT 1) next)
), heads AS (
    SELECT head.job_id, head.priority, head.run_at,
           head.run_at <= now() - make_interval(secs => :patience)
           OR EXISTS (SELECT FROM unnest(CAST(:engines AS text[]), CAST(:models AS text[]))
                          AS ready (engine_id, model)
                      WHERE ready.engine_id = head.engine_id
                        AND coalesce(ready.model, head.model) = head.model) AS favoured,
           (SELECT count(*) FROM studio.job_runs r
            WHERE r.user_id = people.user_id AND r.state = 'running') AS running,
           coalesce(f.served * exp(-extract(epoch FROM now() - f.updated_at) / 600), 0) AS served
    FROM people
    CROSS JOIN LATERAL (
        SELECT job_id, priority, run_at, engine_id, model FROM studio.job_runs w
        WHERE w.state = 'waiting' AND w.lane = :lane AND w.user_id = people.user_id
              AND w.run_at <= now()
        ORDER BY priority DESC, run_at, job_id LIMIT 1) head
    LEFT JOIN studio.fair_share f ON f.user_id = people.user_id
)
SELECT w.job_id FROM studio.job_runs w JOIN heads h USING (job_id)
WHERE w.state = 'waiting'
ORDER BY h.priority DESC, h.running, round(h.served), h.favoured DESC, h.served, h.run_at
LIMIT 1 FOR UPDATE OF w SKIP LOCKED
""")

_START = text("""
WITH started AS (
    UPDATE studio.job_runs SET state = 'running', attempt = attempt + 1, worker = :worker,
        lease_until = now() + make_interval(secs => :lease), stage = 'loading', step = 0,
        started_at = coalesce(started_at, now())
    WHERE job_id = :job_id
    RETURNING job_id, user_id, attempt, cancel_requested
), shown AS (
    UPDATE jobs SET status = 'processing', attempts = started.attempt,
        started_at = coalesce(jobs.started_at, now())
    FROM started WHERE jobs.id = started.job_id
), served AS (
    INSERT INTO studio.fair_share (user_id, served) SELECT user_id, 1 FROM started
    ON CONFLICT (user_id) DO UPDATE SET
        served = studio.fair_share.served
                 * exp(-extract(epoch FROM now() - studio.fair_share.updated_at) / 600) + 1,
        updated_at = now()
)
SELECT job_id, user_id, attempt, cancel_requested FROM started
""")

_RENEW = text("""
UPDATE studio.job_runs SET lease_until = now() + make_interval(secs => :lease)
WHERE job_id = :job_id AND attempt = :attempt AND state = 'running'
RETURNING cancel_requested
""")

PROGRESS: LiteralString = """
WITH run AS (
    UPDATE studio.job_runs
    SET stage = %(stage)s, output_index = %(index)s, step = %(step)s, steps = %(steps)s
    WHERE job_id = %(job_id)s AND attempt = %(attempt)s AND state = 'running'
    RETURNING job_id)
SELECT pg_notify(%(channel)s, %(payload)s) FROM run
"""
"""Writes progress and tells it, in psycopg's form; a worker that lost its lease does neither."""

_HOLD = text("""
SELECT cancel_requested FROM studio.job_runs
WHERE job_id = :job_id AND attempt = :attempt AND state = 'running' FOR UPDATE
""")

_BACK = text("""
UPDATE studio.job_runs SET state = 'waiting', stage = 'waiting', worker = NULL, step = 0,
    lease_until = NULL, run_at = now() + make_interval(secs => :delay)
WHERE job_id = :job_id AND attempt = :attempt AND state = 'running'
""")

_BACK_JOB = text("UPDATE jobs SET status = 'queued' WHERE id = :job_id AND status = 'processing'")

_FINISH = text("""
UPDATE studio.job_runs SET state = 'done', stage = 'done', lease_until = NULL,
    finished_at = now(), error_code = :error_code, run_seconds = :run_seconds
WHERE job_id = :job_id AND attempt = :attempt AND state <> 'done'
""")

_EXPIRED = text("""
SELECT r.job_id, r.user_id, r.attempt, j.max_attempts, r.cancel_requested
FROM studio.job_runs r JOIN jobs j ON j.id = r.job_id
WHERE r.state = 'running' AND r.lease_until < now()
ORDER BY r.lease_until LIMIT 100 FOR UPDATE OF r SKIP LOCKED
""")

_WHO_WAITS = text("""
SELECT DISTINCT user_id FROM studio.job_runs WHERE state = 'waiting' AND lane = :lane LIMIT :limit
""")

_POSITIONS = text("""
SELECT job_id, rank() OVER (PARTITION BY lane ORDER BY turn, run_at, job_id) AS place
FROM (SELECT job_id, lane, run_at,
             row_number() OVER (PARTITION BY lane, user_id
                                ORDER BY priority DESC, run_at, job_id) AS turn
      FROM studio.job_runs WHERE state = 'waiting') waiting
""")


@dataclass(frozen=True, slots=True)
class Lease:
    """A worker's right to run one attempt of a job."""

    job_id: UUID
    user_id: UUID
    attempt: int
    cancel_requested: bool


@dataclass(frozen=True, slots=True)
class Expired:
    """A running job whose worker has gone silent."""

    job_id: UUID
    user_id: UUID
    attempt: int
    max_attempts: int
    cancel_requested: bool


async def claim(
    session: AsyncSession,
    *,
    lane: str,
    worker: str,
    lease_seconds: float,
    ready: Sequence[Ready] = (),
) -> Lease | None:
    """Take the next job of a lane, or None when nothing waits. What is ``ready`` at this worker is
    preferred among equals."""
    preferred = {
        "engines": [engine for engine, _ in ready],
        "models": [model for _, model in ready],
        "patience": PATIENCE_SECONDS if ready else 0.0,
    }
    job_id = await session.scalar(_CLAIM, {"lane": lane, **preferred})
    if job_id is None:
        return None
    row = (
        await session.execute(_START, {"job_id": job_id, "worker": worker, "lease": lease_seconds})
    ).one()
    return Lease(row.job_id, row.user_id, row.attempt, row.cancel_requested)


async def renew(session: AsyncSession, lease: Lease, lease_seconds: float) -> bool | None:
    """Renew a lease. Returns whether a cancellation was asked for, None when it is lost."""
    cancel: bool | None = await session.scalar(
        _RENEW, {"job_id": lease.job_id, "attempt": lease.attempt, "lease": lease_seconds}
    )
    return cancel


async def hold(session: AsyncSession, lease: Lease) -> bool:
    """Lock the run for a write of its worker; False when the lease is lost."""
    params = {"job_id": lease.job_id, "attempt": lease.attempt}
    return (await session.execute(_HOLD, params)).first() is not None


async def put_back(session: AsyncSession, job_id: UUID, attempt: int, delay: float = 0) -> None:
    """Return a running job to the queue; the attempt stays counted."""
    await session.execute(_BACK, {"job_id": job_id, "attempt": attempt, "delay": delay})
    await session.execute(_BACK_JOB, {"job_id": job_id})
    await wake_workers(session)


async def finish(
    session: AsyncSession,
    job_id: UUID,
    attempt: int,
    *,
    error_code: str | None = None,
    run_seconds: float | None = None,
) -> None:
    """Close the run; the caller writes the job's own status in the same transaction."""
    await session.execute(
        _FINISH,
        {
            "job_id": job_id,
            "attempt": attempt,
            "error_code": error_code,
            "run_seconds": run_seconds,
        },
    )


async def expired(session: AsyncSession) -> list[Expired]:
    """Lock running jobs whose lease ran out."""
    rows = await session.execute(_EXPIRED)
    return [Expired(*row) for row in rows]


async def who_waits(session: AsyncSession, lane: str, limit: int) -> list[UUID]:
    """People with waiting jobs, at most ``limit``: their places change when one is claimed."""
    return list(await session.scalars(_WHO_WAITS, {"lane": lane, "limit": limit}))


async def queue_positions(session: AsyncSession) -> dict[UUID, int]:
    """Place in the queue of every waiting job, 1 first, as the fair order would serve them."""
    rows = await session.execute(_POSITIONS)
    return {row.job_id: row.place for row in rows}


async def wake_workers(session: AsyncSession) -> None:
    """Tell idle workers, once the transaction commits, that there is work."""
    await session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": WAKE_CHANNEL})
