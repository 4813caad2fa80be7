"""SQL of the library."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.database import elevated, lock_named
from fabula.core.pagination import Cursor
from fabula.models import LibraryAsset, LibraryFile
from fabula.moderation.rating import Mode, modes_within

_RECENT = 2000
_WANTED = """
    user_id = :owner
    AND (CAST(:asset_type AS text) IS NULL OR asset_type = :asset_type)
    AND (CAST(:favorite AS boolean) IS NOT TRUE OR is_favorite)
    AND (SELECT f.rating FROM studio.library_files f WHERE f.asset_id = user_library.id)
        = ANY(:ratings)
    AND (CAST(:at AS timestamptz) IS NULL OR (created_at, id) < (:at, CAST(:id AS uuid)))
"""
_FOUND = "words @@ to_tsquery('english', :words)"
# Two ways to the same page. A word that is common is found among the newest assets; a rare one has
# few matches in the index of words. The planner cannot tell them apart, since its estimate for the
# beginning of a word is a constant, so each way is held to its plan by LATERAL and OFFSET 0.
_AMONG_NEWEST = text(f"""
WITH newest AS MATERIALIZED (
    SELECT id, created_at FROM user_library WHERE {_WANTED}
    ORDER BY created_at DESC, id DESC LIMIT {_RECENT})
SELECT newest.id FROM newest, LATERAL (
    SELECT FROM studio.library_words WHERE asset_id = newest.id AND {_FOUND} OFFSET 0) hit
ORDER BY newest.created_at DESC, newest.id DESC LIMIT :limit
""")  # noqa: S608 - made of constants
_AMONG_MATCHES = text(f"""
WITH matches AS MATERIALIZED (
    SELECT asset_id FROM studio.library_words WHERE user_id = :owner AND {_FOUND})
SELECT asset.id FROM matches, LATERAL (
    SELECT id, created_at FROM user_library
    WHERE id = matches.asset_id AND {_WANTED} OFFSET 0) asset
ORDER BY asset.created_at DESC, asset.id DESC LIMIT :limit
""")  # noqa: S608 - made of constants


@dataclass(frozen=True, slots=True)
class ShelvedRow:
    asset: LibraryAsset
    file: LibraryFile


@dataclass(frozen=True, slots=True)
class Filters:
    words: str | None = None
    asset_type: str | None = None
    favorite: bool | None = None


def _shelved(user_id: UUID, mode: Mode) -> Select[LibraryAsset, LibraryFile]:
    return (
        select(LibraryAsset, LibraryFile)
        .join(LibraryFile, LibraryFile.asset_id == LibraryAsset.id)
        .where(LibraryAsset.user_id == user_id, LibraryFile.rating.in_(modes_within(mode)))
    )


async def shelf(
    session: AsyncSession,
    user_id: UUID,
    mode: Mode,
    filters: Filters,
    cursor: Cursor | None,
    limit: int,
) -> list[ShelvedRow]:
    """A person's kept assets, newest first, as far as the mode goes."""
    query = _shelved(user_id, mode)
    if filters.words:
        found = await _searched(session, user_id, mode, filters, cursor, limit)
        query = query.where(LibraryAsset.id.in_(found))
    if filters.asset_type:
        query = query.where(LibraryAsset.asset_type == filters.asset_type)
    if filters.favorite:
        query = query.where(LibraryAsset.is_favorite.is_(True))
    if cursor:
        query = query.where(cursor.before(LibraryAsset.created_at, LibraryAsset.id))
    rows = await session.execute(
        query.order_by(LibraryAsset.created_at.desc(), LibraryAsset.id.desc()).limit(limit)
    )
    return [ShelvedRow(asset, file) for asset, file in rows]


async def _searched(
    session: AsyncSession,
    user_id: UUID,
    mode: Mode,
    filters: Filters,
    cursor: Cursor | None,
    limit: int,
) -> list[UUID]:
    """The assets of a page of a search.

    Looked up as the machine: under row-level security PostgreSQL does not give the index of words
    an operator that is not leak-proof, and reads the whole table. Both queries name the owner, and
    the assets themselves are read as the person.
    """
    params = {
        "owner": user_id,
        "words": filters.words,
        "asset_type": filters.asset_type,
        "favorite": filters.favorite,
        "ratings": list(modes_within(mode)),
        "at": cursor.created_at if cursor else None,
        "id": cursor.id if cursor else None,
        "limit": limit,
    }
    async with elevated(session):
        near = list(await session.scalars(_AMONG_NEWEST, params))
        if len(near) >= limit:
            return near
        return list(await session.scalars(_AMONG_MATCHES, params))


async def get(
    session: AsyncSession, user_id: UUID, asset_id: UUID, mode: Mode
) -> ShelvedRow | None:
    row = (
        await session.execute(_shelved(user_id, mode).where(LibraryAsset.id == asset_id))
    ).one_or_none()
    return ShelvedRow(*row) if row else None


async def kept_from(
    session: AsyncSession, user_id: UUID, source_asset_id: UUID, mode: Mode
) -> ShelvedRow | None:
    query = _shelved(user_id, mode).where(LibraryFile.source_asset_id == source_asset_id)
    row = (await session.execute(query)).one_or_none()
    return ShelvedRow(*row) if row else None


async def lock_source(session: AsyncSession, source_asset_id: UUID) -> None:
    """Two savings of one asset wait for one another."""
    await lock_named(session, f"keep:{source_asset_id}")


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
