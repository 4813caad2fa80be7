"""Rules of the workspace: keep, discard, expire."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.caller import Caller
from fabula.core.database import elevated
from fabula.core.errors import NotFound
from fabula.core.pagination import Cursor
from fabula.events import live
from fabula.library import saving
from fabula.library.repository import ShelvedRow
from fabula.models import WorkspaceSession
from fabula.moderation.policy import screen
from fabula.moderation.rating import rating_of
from fabula.queue.tasks import defer
from fabula.storage.base import BlobStore
from fabula.workspace import repository
from fabula.workspace.repository import StagedRow

EXPIRY_BATCH = 200
MOST_OUTPUTS = 100


class AssetNotFound(NotFound):
    code = "asset_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such picture: it may have been discarded or have expired.")


class SessionNotFound(NotFound):
    code = "session_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such session in your workspace.")


async def get_asset(session: AsyncSession, caller: Caller, asset_id: UUID) -> StagedRow:
    rows = await repository.staged(session, caller.user_id, caller.mode, asset_id=asset_id)
    if not rows:
        raise AssetNotFound
    return rows[0]


async def list_assets(
    session: AsyncSession,
    caller: Caller,
    cursor: Cursor | None,
    limit: int,
    *,
    session_id: UUID | None = None,
) -> list[StagedRow]:
    return await repository.staged(
        session, caller.user_id, caller.mode, cursor=cursor, limit=limit, session_id=session_id
    )


async def open_session(
    session: AsyncSession, caller: Caller, name: str | None
) -> repository.SessionRow:
    """Begin a new session; what comes next is gathered there."""
    if name:
        screen([name])
    return repository.SessionRow(
        await repository.open_session(session, caller.user_id, name), asset_count=0
    )


async def change_session(
    session: AsyncSession,
    caller: Caller,
    session_id: UUID,
    *,
    name: str | None,
    active: bool | None,
) -> WorkspaceSession:
    """Rename a session, or make it the active one again."""
    row = await repository.session_of(session, caller.user_id, session_id)
    if row is None:
        raise SessionNotFound
    if name:
        screen([name])
        row.session_name = name
        await session.flush()
    if active and not row.is_active:
        await repository.activate_session(session, row)
    return row


async def keep_job(
    session: AsyncSession, caller: Caller, job_id: UUID, store: BlobStore
) -> list[ShelvedRow]:
    """Keep all outputs of a job that are still staged."""
    rows = await _staged_of(session, caller, job_id)
    return [await keep(session, caller, row.asset.id, store, title=None, tags=[]) for row in rows]


async def discard_job(session: AsyncSession, caller: Caller, job_id: UUID) -> int:
    """Discard all staged outputs of a job; what was kept of them stays. Returns how many."""
    rows = await _staged_of(session, caller, job_id)
    for row in rows:
        await discard(session, caller, row.asset.id)
    return len(rows)


async def _staged_of(session: AsyncSession, caller: Caller, job_id: UUID) -> list[StagedRow]:
    """A job has at most ``MOST_OUTPUTS`` outputs, so that there is no page of them."""
    rows = await repository.staged(
        session, caller.user_id, caller.mode, job_id=job_id, limit=MOST_OUTPUTS
    )
    if not rows:
        raise AssetNotFound
    return rows[::-1]


async def keep(
    session: AsyncSession,
    caller: Caller,
    asset_id: UUID,
    store: BlobStore,
    *,
    title: str | None,
    tags: list[str],
) -> ShelvedRow:
    """Copy a staged asset to the library. Keeping it twice gives the same library asset, also
    after the staged one is gone."""
    rows = await repository.staged(session, caller.user_id, caller.mode, asset_id=asset_id)
    if not rows:
        known = await saving.kept_from(session, caller, asset_id)
        if known is None:
            raise AssetNotFound
        return known
    row = rows[0]
    kept = await saving.save(session, caller, _source(row), store, title=title, tags=tags)
    async with elevated(session):
        await repository.card_saved(session, row.asset.job_id, row.asset.asset_index)
    return kept


def _source(row: StagedRow) -> saving.Source:
    asset, file = row.asset, row.file
    return saving.Source(
        asset_id=asset.id,
        job_id=asset.job_id,
        index=asset.asset_index,
        asset_type=asset.asset_type,
        mime_type=asset.mime_type,
        size=asset.file_size_bytes,
        duration=asset.duration_seconds,
        seed=asset.generation_seed,
        prompt=asset.original_prompt,
        model=asset.model_used,
        settings=asset.generation_settings or {},
        file=file,
        rating=rating_of(file.rating),
    )


async def discard(session: AsyncSession, caller: Caller, asset_id: UUID) -> None:
    """Remove a staged asset and its files. What is gone already is fine; what was
    kept stays in the library."""
    async with elevated(session):
        row = await repository.remove(session, caller.user_id, asset_id, caller.mode)
        if row is None:
            return
        await _delete_files(session, [row])
        data = {"asset_id": str(asset_id), "job_id": str(row.asset.job_id)}
        await live.publish(session, caller.user_id, "asset.removed", data)


async def expire(session: AsyncSession, moment: datetime) -> int:
    """Remove staged assets whose time is over; returns how many."""
    rows = await repository.expired(session, moment, EXPIRY_BATCH)
    if not rows:
        return 0
    await repository.delete_assets(session, [row.asset.id for row in rows])
    await _delete_files(session, rows)
    for row in rows:
        data = {"asset_id": str(row.asset.id), "job_id": str(row.asset.job_id)}
        await live.publish(session, row.asset.user_id, "asset.removed", data)
    return len(rows)


async def _delete_files(session: AsyncSession, rows: list[StagedRow]) -> None:
    """The files go after the commit, by a task that is queued with it."""
    blobs = [[row.file.bucket, key] for row in rows for key in row.file.keys]
    await defer(session, "storage.delete", blobs=blobs)
