"""How a job ends: its status, its run, its previews and the news, in one transaction."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.clock import now
from fabula.events import live
from fabula.events.domain import DomainEvents
from fabula.generation import repository
from fabula.generation.events import JobClosed
from fabula.queue import leases


async def close_completed(
    session: AsyncSession,
    events: DomainEvents,
    *,
    lease: leases.Lease,
    run_seconds: float,
) -> None:
    await leases.finish(session, lease.job_id, lease.attempt, run_seconds=run_seconds)
    await repository.set_status(session, lease.job_id, "completed", completed_at=now())
    await _tell(session, events, lease.job_id, lease.user_id, succeeded=True)


async def close_failed(
    session: AsyncSession,
    events: DomainEvents,
    *,
    job_id: UUID,
    user_id: UUID,
    attempt: int,
    code: str,
    message: str,
) -> None:
    await leases.finish(session, job_id, attempt, error_code=code)
    await repository.set_status(
        session, job_id, "failed", error_message=message, completed_at=now()
    )
    await repository.fail_open_images(session, job_id)
    await _tell(session, events, job_id, user_id, succeeded=False)


async def _tell(
    session: AsyncSession, events: DomainEvents, job_id: UUID, user_id: UUID, *, succeeded: bool
) -> None:
    await repository.drop_previews(session, job_id)
    await events.emit(session, JobClosed(job_id, user_id, succeeded))
    status = "completed" if succeeded else "failed"
    await live.publish(session, user_id, "job.updated", {"job_id": str(job_id), "status": status})
