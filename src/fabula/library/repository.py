"""SQL of the library."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.pagination import Cursor
from fabula.models import LibraryAsset, LibraryFile

# Matches whole words and the beginning of the last one, in the person's own shelf only.
_MATCH = text("""
user_library.id IN (
    SELECT asset_id FROM studio.library_words
    WHERE user_id = :owner AND words @@ to_tsquery('english', :words))
""")


@dataclass(frozen=True, slots=True)
class ShelvedRow:
    asset: LibraryAsset
    file: LibraryFile


@dataclass(frozen=True, slots=True)
class Filters:
    words: str | None = None
    asset_type: str | None = None
    favorite: bool | None = None


async def shelf(
    session: AsyncSession, user_id: UUID, filters: Filters, cursor: Cursor | None, limit: int
) -> list[ShelvedRow]:
    """A person's kept assets, newest first."""
    query = (
        select(LibraryAsset, LibraryFile)
        .join(LibraryFile, LibraryFile.asset_id == LibraryAsset.id)
        .where(LibraryAsset.user_id == user_id)
    )
    if filters.words:
        query = query.where(_MATCH.bindparams(owner=user_id, words=filters.words))
    if filters.asset_type:
        query = query.where(LibraryAsset.asset_type == filters.asset_type)
    if filters.favorite:
        query = query.where(LibraryAsset.is_favorite.is_(True))
    if cursor:
        query = query.where(cursor.before(LibraryAsset.created_at, LibraryAsset.id))
    rows = await session.execute(
        query.order_by(LibraryAsset.created_at.desc(), LibraryAsset.id.desc()).limit(limit)
    )
    return [ShelvedRow(*row) for row in rows]


async def get(session: AsyncSession, user_id: UUID, asset_id: UUID) -> ShelvedRow | None:
    row = (
        await session.execute(
            select(LibraryAsset, LibraryFile)
            .join(LibraryFile, LibraryFile.asset_id == LibraryAsset.id)
            .where(LibraryAsset.id == asset_id, LibraryAsset.user_id == user_id)
        )
    ).one_or_none()
    return ShelvedRow(*row) if row else None


async def kept_from(
    session: AsyncSession, user_id: UUID, source_asset_id: UUID
) -> ShelvedRow | None:
    row = (
        await session.execute(
            select(LibraryAsset, LibraryFile)
            .join(LibraryFile, LibraryFile.asset_id == LibraryAsset.id)
            .where(LibraryFile.source_asset_id == source_asset_id, LibraryAsset.user_id == user_id)
        )
    ).one_or_none()
    return ShelvedRow(*row) if row else None


async def lock_source(session: AsyncSession, source_asset_id: UUID) -> None:
    """Two savings of one asset wait for one another."""
    await session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"keep:{source_asset_id}", 0)))
    )


async def change(session: AsyncSession, asset_id: UUID, values: dict[str, Any]) -> None:
    await session.execute(update(LibraryAsset).where(LibraryAsset.id == asset_id).values(**values))


async def remove(session: AsyncSession, asset_id: UUID) -> None:
    await session.execute(delete(LibraryAsset).where(LibraryAsset.id == asset_id))


async def shelved_output(session: AsyncSession, job_id: UUID, index: int) -> UUID | None:
    """The library asset that a job delivered straight to the shelf."""
    found: UUID | None = await session.scalar(
        select(LibraryFile.asset_id).where(
            LibraryFile.job_id == job_id,
            LibraryFile.asset_index == index,
            LibraryFile.source_asset_id.is_(None),
        )
    )
    return found
