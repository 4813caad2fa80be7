"""SQL of leaving: what is locked, what is removed, and what is left to do."""

from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.models import Account, Erasure

# In the order in which a worker locks: the run of a job before the rows that its outputs name.
_LOCK_RUNS = text("""
SELECT job_id FROM studio.job_runs WHERE user_id = :person AND state <> 'done'
ORDER BY job_id FOR UPDATE
""")
_LOCK_PROFILE = text("SELECT FROM profiles WHERE id = :person FOR UPDATE")
_DROP_PREVIEWS = text("DELETE FROM studio.job_previews WHERE user_id = :person")
_DROP_ERASURE = text("""
DELETE FROM studio.erasures
WHERE user_id = :person AND requested_at <= now() - make_interval(secs => :settled)
RETURNING user_id
""")


async def lock_open_jobs(session: AsyncSession, person: UUID) -> list[UUID]:
    """A person's jobs that wait or run, held so that no worker writes an output meanwhile."""
    return list(await session.scalars(_LOCK_RUNS, {"person": person}))


async def lock_profile(session: AsyncSession, person: UUID) -> None:
    """New rows that name the person wait, and fail when the person is gone."""
    await session.execute(_LOCK_PROFILE, {"person": person})


async def remove_account(session: AsyncSession, person: UUID) -> None:
    """The account with every row that hangs on it, and a note that files are left."""
    session.add(Erasure(user_id=person))
    await session.flush()
    await drop_previews(session, person)
    await session.execute(delete(Account).where(Account.id == person))


async def drop_previews(session: AsyncSession, person: UUID) -> None:
    """They are kept without a foreign key."""
    await session.execute(_DROP_PREVIEWS, {"person": person})


async def erasures(session: AsyncSession) -> list[UUID]:
    """People who have left and whose files may still be there."""
    return list(await session.scalars(select(Erasure.user_id).order_by(Erasure.requested_at)))


async def end_erasure(session: AsyncSession, person: UUID, settled_seconds: float) -> bool:
    """Forget an erasure that was asked for long enough ago; whether it is over."""
    values = {"person": person, "settled": settled_seconds}
    return await session.scalar(_DROP_ERASURE, values) is not None
