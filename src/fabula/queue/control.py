"""What people may ask of a job that is on its way."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.queue.leases import WAKE_CHANNEL

_CANCEL = text("""
UPDATE studio.job_runs SET cancel_requested = true
WHERE job_id = :job_id AND state <> 'done' RETURNING state, attempt
""")


async def request_cancel(session: AsyncSession, job_id: UUID) -> int | None:
    """Mark a job as unwanted and tell its worker.

    Returns the attempt number when the job still waits, so that the caller can close it; None
    when a worker has it.
    """
    row = (await session.execute(_CANCEL, {"job_id": job_id})).first()
    if row is None:
        return None
    if row.state == "waiting":
        return int(row.attempt)
    await session.execute(
        text("SELECT pg_notify(:channel, :payload)"),
        {"channel": WAKE_CHANNEL, "payload": f"cancel:{job_id}"},
    )
    return None
