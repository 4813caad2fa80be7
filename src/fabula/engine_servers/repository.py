"""SQL of connected servers. Sessions are the machine's."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.pagination import Cursor
from fabula.models import EngineServer

# Changes with every write of any row, whoever writes it.
_MARK = text(
    "SELECT coalesce(string_agg(xmin::text || ':' || ctid::text, ',' ORDER BY id), '') "
    "FROM studio.engine_servers"
)


async def mark(session: AsyncSession) -> str:
    """A text that stands for the present state of the table."""
    return str(await session.scalar(_MARK))


async def servers(
    session: AsyncSession, cursor: Cursor | None = None, limit: int | None = None
) -> list[EngineServer]:
    """Servers, newest first."""
    query = select(EngineServer)
    if cursor:
        query = query.where(cursor.before(EngineServer.created_at, EngineServer.id))
    query = query.order_by(EngineServer.created_at.desc(), EngineServer.id.desc()).limit(limit)
    return list(await session.scalars(query))


async def server(
    session: AsyncSession, server_id: UUID, *, lock: bool = False
) -> EngineServer | None:
    query = select(EngineServer).where(EngineServer.id == server_id)
    return await session.scalar(query.with_for_update() if lock else query)


async def taken(session: AsyncSession, begin: str) -> set[str]:
    """Engine ids that begin in a way."""
    query = select(EngineServer.engine_id).where(EngineServer.engine_id.startswith(begin))
    return set(await session.scalars(query))


async def named(session: AsyncSession, name: str) -> EngineServer | None:
    return await session.scalar(select(EngineServer).where(EngineServer.name == name))


async def note_check(
    session: AsyncSession, server_id: UUID, address: str, found: Mapping[str, Any]
) -> None:
    """Keep what a server said, unless it lies elsewhere by now."""
    await session.execute(
        update(EngineServer)
        .where(EngineServer.id == server_id, EngineServer.address == address)
        .values(**found, checked_at=func.now())
    )
