"""Keys by which a request that is sent twice makes one job."""

import hashlib
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.caller import Caller
from fabula.generation import repository
from fabula.generation.errors import KeyReused
from fabula.models import IdempotencyKey


async def job_of(
    session: AsyncSession, caller: Caller, key: str | None, body: BaseModel
) -> UUID | None:
    """The job that the key made before; later requests with it wait until this one ends. Raises
    ``KeyReused`` for a key of another request."""
    if not key:
        return None
    await repository.lock_key(session, caller.user_id, key)
    known = await repository.idempotent_job(session, caller.user_id, key)
    if known and known.request_hash != _digest(body):
        raise KeyReused
    return known.job_id if known else None


async def remember(
    session: AsyncSession, caller: Caller, key: str | None, body: BaseModel, job_id: UUID
) -> None:
    """Tie the key, if there is one, to its job."""
    if not key:
        return
    session.add(
        IdempotencyKey(user_id=caller.user_id, key=key, request_hash=_digest(body), job_id=job_id)
    )
    await session.flush()


def _digest(body: BaseModel) -> str:
    return hashlib.sha256(body.model_dump_json().encode()).hexdigest()
