"""SQL of the workspace: sessions, cards, staged assets and their files."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.clock import now
from fabula.core.database import lock_named
from fabula.core.pagination import Cursor
from fabula.core.settings import get_settings
from fabula.generation.events import JobAccepted, OutputReady
from fabula.models import (
    Job,
    LibraryFile,
    WorkspaceAsset,
    WorkspaceFile,
    WorkspaceItem,
    WorkspaceSession,
)
from fabula.moderation.rating import Mode, modes_within

_OPEN = text("""
INSERT INTO workspace_sessions (user_id) VALUES (:user_id)
ON CONFLICT (user_id) WHERE is_active DO NOTHING
""")


@dataclass(frozen=True, slots=True)
class SessionRow:
    session: WorkspaceSession
    asset_count: int


@dataclass(frozen=True, slots=True)
class StagedRow:
    asset: WorkspaceAsset
    file: WorkspaceFile
    library_asset_id: UUID | None


async def active_session(session: AsyncSession, user_id: UUID) -> WorkspaceSession:
    """The person's active session, opened when there is none; two at once give one."""
    query = select(WorkspaceSession).where(
        WorkspaceSession.user_id == user_id, WorkspaceSession.is_active.is_(True)
    )
    found = (await session.scalars(query)).one_or_none()
    if found is None:
        await session.execute(_OPEN, {"user_id": user_id})
        found = (await session.scalars(query)).one()
    return found


async def open_session(session: AsyncSession, user_id: UUID, name: str | None) -> WorkspaceSession:
    """A new active session; the one before is closed, never two are active."""
    await lock_sessions(session, user_id)
    await _close_active(session, user_id)
    row = WorkspaceSession(
        user_id=user_id, is_active=True, **({"session_name": name} if name else {})
    )
    session.add(row)
    await session.flush()
    await session.refresh(row)
    return row


async def activate_session(session: AsyncSession, row: WorkspaceSession) -> None:
    await lock_sessions(session, row.user_id)
    await _close_active(session, row.user_id)
    row.is_active = True
    await session.flush()


async def _close_active(session: AsyncSession, user_id: UUID) -> None:
    await session.execute(
        update(WorkspaceSession)
        .where(WorkspaceSession.user_id == user_id, WorkspaceSession.is_active.is_(True))
        .values(is_active=False)
    )


async def lock_sessions(session: AsyncSession, user_id: UUID) -> None:
    """Two changes of a person's sessions wait for one another."""
    await lock_named(session, f"workspace_sessions:{user_id}")


async def session_of(
    session: AsyncSession, user_id: UUID, session_id: UUID
) -> WorkspaceSession | None:
    return (
        await session.scalars(
            select(WorkspaceSession).where(
                WorkspaceSession.id == session_id, WorkspaceSession.user_id == user_id
            )
        )
    ).one_or_none()


async def sessions(
    session: AsyncSession, user_id: UUID, mode: Mode, cursor: Cursor | None, limit: int
) -> list[SessionRow]:
    """A person's sessions, newest first, with how many outputs each still has, as far as the mode
    goes."""
    staged_here = (
        select(func.count())
        .select_from(WorkspaceAsset)
        .join(WorkspaceFile, WorkspaceFile.asset_id == WorkspaceAsset.id)
        .join(Job, Job.id == WorkspaceAsset.job_id)
        .where(
            WorkspaceFile.rating.in_(modes_within(mode)),
            Job.workspace_session_id == WorkspaceSession.id,
            WorkspaceAsset.user_id == user_id,
            WorkspaceAsset.expires_at > now(),
        )
        .correlate(WorkspaceSession)
        .scalar_subquery()
    )
    query = select(WorkspaceSession, staged_here).where(WorkspaceSession.user_id == user_id)
    if cursor:
        query = query.where(cursor.before(WorkspaceSession.created_at, WorkspaceSession.id))
    rows = await session.execute(
        query.order_by(WorkspaceSession.created_at.desc(), WorkspaceSession.id.desc()).limit(limit)
    )
    return [SessionRow(row, count) for row, count in rows]


async def attach_job(session: AsyncSession, job_id: UUID, session_id: UUID) -> None:
    await session.execute(
        update(Job).where(Job.id == job_id).values(workspace_session_id=session_id)
    )


async def add_cards(session: AsyncSession, event: JobAccepted, session_id: UUID) -> None:
    plan = event.provenance
    await session.execute(
        insert(WorkspaceItem),
        [
            {
                "session_id": session_id,
                "job_id": event.job_id,
                "user_id": event.user_id,
                "prompt": plan.prompt_original,
                "content_type": "image" if plan.frames == 1 else "video",
                "model_type": plan.model,
                "status": "generating",
                "seed": _int4(plan.seed + index),
                "reference_strength": 1 - plan.reference.strength if plan.reference else None,
                "metadata_": {"asset_index": index},
            }
            for index in range(plan.count)
        ],
    )


def _int4(seed: int) -> int | None:
    """This old table keeps seeds in 32 bits; a larger one is left to the asset's own row."""
    return seed if seed < 2**31 else None


async def stage(session: AsyncSession, event: OutputReady) -> UUID:
    """Write the asset and its file; delivered twice, the rows are the same."""
    days = get_settings().workspace_days
    values = {
        "user_id": event.user_id,
        "asset_type": event.file.asset_type,
        "temp_storage_path": event.file.key,
        "file_size_bytes": event.file.size,
        "mime_type": event.file.mime_type,
        "duration_seconds": event.file.duration,
        "job_id": event.job_id,
        "asset_index": event.index,
        "generation_seed": event.seed,
        "original_prompt": event.provenance.prompt_original,
        "model_used": event.provenance.model,
        "generation_settings": event.provenance.dump(),
        "expires_at": now() + timedelta(days=days),
    }
    statement = upsert(WorkspaceAsset).values(**values)
    renewed = (
        "temp_storage_path", "file_size_bytes", "mime_type", "duration_seconds",
        "generation_settings",
    )  # fmt: skip
    asset_id: UUID | None = await session.scalar(
        statement.on_conflict_do_update(
            index_elements=["job_id", "asset_index"],
            set_={name: statement.excluded[name] for name in renewed},
        ).returning(WorkspaceAsset.id)
    )
    if asset_id is None:
        raise LookupError(event.job_id)
    await _write_file(session, asset_id, event)
    return asset_id


async def _write_file(session: AsyncSession, asset_id: UUID, event: OutputReady) -> None:
    facts: dict[str, Any] = {
        "bucket": event.file.bucket,
        "key": event.file.key,
        "thumbnail_key": event.file.thumbnail_key,
        "preview_key": event.file.preview_key,
        "thumbhash": event.file.thumbhash,
        "sha256": event.file.sha256,
        "width": event.file.width,
        "height": event.file.height,
        "rating": event.provenance.mode,
    }
    await session.execute(
        upsert(WorkspaceFile)
        .values(asset_id=asset_id, user_id=event.user_id, **facts)
        .on_conflict_do_update(index_elements=["asset_id"], set_=facts)
    )


async def card_generated(session: AsyncSession, event: OutputReady) -> None:
    await session.execute(
        update(WorkspaceItem)
        .where(
            WorkspaceItem.job_id == event.job_id,
            WorkspaceItem.metadata_["asset_index"].as_integer() == event.index,
            WorkspaceItem.status != "saved",
        )
        .values(
            status="generated",
            enhanced_prompt=event.provenance.prompt_final,
            storage_path=event.file.key,
            bucket_name=event.file.bucket,
        )
    )


async def cards_failed(session: AsyncSession, job_id: UUID) -> None:
    await session.execute(
        update(WorkspaceItem)
        .where(WorkspaceItem.job_id == job_id, WorkspaceItem.status == "generating")
        .values(status="failed")
    )


async def card_saved(session: AsyncSession, job_id: UUID, index: int) -> None:
    await session.execute(
        update(WorkspaceItem)
        .where(
            WorkspaceItem.job_id == job_id,
            WorkspaceItem.metadata_["asset_index"].as_integer() == index,
        )
        .values(status="saved")
    )


async def staged(
    session: AsyncSession,
    user_id: UUID,
    mode: Mode,
    *,
    cursor: Cursor | None = None,
    limit: int = 1,
    asset_id: UUID | None = None,
    job_id: UUID | None = None,
    session_id: UUID | None = None,
) -> list[StagedRow]:
    """A person's staged assets that have not expired, newest first, as far as the mode goes."""
    query = (
        select(WorkspaceAsset, WorkspaceFile, LibraryFile.asset_id)
        .join(WorkspaceFile, WorkspaceFile.asset_id == WorkspaceAsset.id)
        .outerjoin(LibraryFile, LibraryFile.source_asset_id == WorkspaceAsset.id)
        .where(
            WorkspaceAsset.user_id == user_id,
            WorkspaceAsset.expires_at > now(),
            WorkspaceFile.rating.in_(modes_within(mode)),
        )
    )
    if asset_id:
        query = query.where(WorkspaceAsset.id == asset_id)
    if job_id:
        query = query.where(WorkspaceAsset.job_id == job_id)
    if session_id:
        query = query.join(Job, Job.id == WorkspaceAsset.job_id).where(
            Job.workspace_session_id == session_id
        )
    if cursor:
        query = query.where(cursor.before(WorkspaceAsset.created_at, WorkspaceAsset.id))
    rows = await session.execute(
        query.order_by(WorkspaceAsset.created_at.desc(), WorkspaceAsset.id.desc()).limit(limit)
    )
    return [StagedRow(*row) for row in rows]


async def remove(
    session: AsyncSession, user_id: UUID, asset_id: UUID, mode: Mode
) -> StagedRow | None:
    """Take a staged asset out, as far as the mode goes; its file and thumbnail are named by the row
    returned."""
    found = (
        await session.execute(
            select(WorkspaceAsset, WorkspaceFile, LibraryFile.asset_id)
            .join(WorkspaceFile, WorkspaceFile.asset_id == WorkspaceAsset.id)
            .outerjoin(LibraryFile, LibraryFile.source_asset_id == WorkspaceAsset.id)
            .where(
                WorkspaceAsset.id == asset_id,
                WorkspaceAsset.user_id == user_id,
                WorkspaceFile.rating.in_(modes_within(mode)),
            )
            .with_for_update(of=WorkspaceAsset)
        )
    ).one_or_none()
    if found is None:
        return None
    await session.execute(delete(WorkspaceAsset).where(WorkspaceAsset.id == asset_id))
    return StagedRow(*found)


async def expired(session: AsyncSession, moment: datetime, limit: int) -> list[StagedRow]:
    """Assets whose time is over, locked for removal."""
    rows = await session.execute(
        select(WorkspaceAsset, WorkspaceFile)
        .join(WorkspaceFile, WorkspaceFile.asset_id == WorkspaceAsset.id)
        .where(WorkspaceAsset.expires_at <= moment)
        .order_by(WorkspaceAsset.expires_at)
        .limit(limit)
        .with_for_update(of=WorkspaceAsset, skip_locked=True)
    )
    return [StagedRow(asset, file, None) for asset, file in rows]


async def delete_assets(session: AsyncSession, ids: list[UUID]) -> None:
    await session.execute(delete(WorkspaceAsset).where(WorkspaceAsset.id.in_(ids)))
