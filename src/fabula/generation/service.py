"""Rules of jobs: read, cancel, try again."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.caller import Caller
from fabula.core.database import elevated
from fabula.events import live
from fabula.generation import closing, repository, submit
from fabula.generation.errors import JobNotFound, WrongState
from fabula.generation.provenance import Provenance
from fabula.generation.repository import JobRow
from fabula.generation.submit import Desk
from fabula.prompting import ratings
from fabula.prompting.weights import service as weights
from fabula.queue import control


async def get_job(session: AsyncSession, caller: Caller, job_id: UUID) -> JobRow:
    row = await repository.get_job(session, caller.user_id, job_id, caller.mode)
    if row is None:
        raise JobNotFound
    return row


async def cancel(session: AsyncSession, caller: Caller, job_id: UUID, desk: Desk) -> None:
    """Cancel a job. A waiting one ends at once, a running one at its engine's next step.
    Cancelling a job that has ended changes nothing."""
    row = await get_job(session, caller, job_id)
    if row.run.state == "done":
        return
    async with elevated(session):
        waiting = await control.request_cancel(session, job_id)
        if waiting is not None:
            await closing.close_failed(
                session,
                desk.events,
                job_id=job_id,
                user_id=caller.user_id,
                attempt=waiting,
                code="cancelled",
                message="Cancelled before it started.",
            )
    await live.publish(session, caller.user_id, "queue.moved", {})


async def dismiss(session: AsyncSession, caller: Caller, job_id: UUID) -> None:
    """Put a failed job out of its person's sight. Doing it again changes nothing."""
    row = await get_job(session, caller, job_id)
    if row.job.status != "failed":
        raise WrongState("Only a failed job can be dismissed: cancel one that is on its way.")
    await repository.dismiss(session, caller.user_id, job_id)
    await live.publish(
        session, caller.user_id, "job.updated", {"job_id": str(job_id), "status": "failed"}
    )


async def rate(session: AsyncSession, caller: Caller, job_id: UUID, quality: int | None) -> None:
    """Say how good a finished job is, from 0 to 10, or take that back with None. The averages of
    its preset and of the set with its weights follow; an upscale used neither."""
    row = await get_job(session, caller, job_id)
    job = await repository.lock_job(session, caller.user_id, job_id)
    if job is None:
        raise JobNotFound
    if job.status != "completed":
        raise WrongState("Only a job that is finished can be rated: wait for its outputs.")
    old, new = job.quality_rating, None if quality is None else Decimal(quality)
    job.quality_rating = new
    await session.flush()
    plan = Provenance.model_validate(row.job.metadata_)
    if plan.task == "upscale":
        return
    async with elevated(session):
        if plan.preset:
            await ratings.move(session, "preset", plan.preset.id, old, new)
        if plan.weights and (same := await weights.set_with(session, plan.weights.hash)):
            await ratings.move(session, "weights", same, old, new)


async def retry(session: AsyncSession, caller: Caller, job_id: UUID, desk: Desk) -> UUID:
    """A new job with the parameters of one that failed, linked to it."""
    row = await get_job(session, caller, job_id)
    if row.job.status != "failed":
        raise WrongState("Only a failed job can be tried again: use `again` to repeat this one.")
    return await _repeat(session, caller, row, desk, retry_of=job_id)


async def again(session: AsyncSession, caller: Caller, job_id: UUID, desk: Desk) -> UUID:
    """A new job with the same parameters and the same seed."""
    row = await get_job(session, caller, job_id)
    return await _repeat(session, caller, row, desk, retry_of=None)


async def _repeat(
    session: AsyncSession, caller: Caller, row: JobRow, desk: Desk, *, retry_of: UUID | None
) -> UUID:
    plan = Provenance.model_validate(row.job.metadata_)
    destination = row.job.destination or "workspace"
    return await submit.resubmit(session, caller, plan, destination, desk, retry_of=retry_of)
