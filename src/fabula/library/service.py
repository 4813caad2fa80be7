"""Rules of the library: find, change, remove."""

import re
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.caller import Caller
from fabula.core.database import elevated
from fabula.core.errors import NotFound
from fabula.core.pagination import Cursor
from fabula.events import live
from fabula.library import repository
from fabula.library.repository import Filters, ShelvedRow
from fabula.moderation.policy import screen
from fabula.moderation.rating import rating_of
from fabula.queue.tasks import defer

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
MAX_WORDS = 12


class AssetNotFound(NotFound):
    code = "asset_not_found"

    def __init__(self) -> None:
        super().__init__("There is nothing like that in your library: it may have been deleted.")


def search_words(query: str) -> str | None:
    """What a person typed, as a query of PostgreSQL's: all words, the last one as a beginning.
    None when there is no word in it."""
    words = _WORD.findall(query)[:MAX_WORDS]
    if not words:
        return None
    return " & ".join([*words[:-1], f"{words[-1]}:*"])


async def list_assets(
    session: AsyncSession,
    caller: Caller,
    *,
    query: str | None,
    asset_type: str | None,
    favorite: bool | None,
    cursor: Cursor | None,
    limit: int,
) -> list[ShelvedRow]:
    words = search_words(query) if query else None
    if query and query.strip() and words is None:
        return []
    filters = Filters(words=words, asset_type=asset_type, favorite=favorite)
    return await repository.shelf(session, caller.user_id, caller.mode, filters, cursor, limit)


async def get_asset(session: AsyncSession, caller: Caller, asset_id: UUID) -> ShelvedRow:
    row = await repository.get(session, caller.user_id, asset_id, caller.mode)
    if row is None:
        raise AssetNotFound
    return row


async def change_asset(
    session: AsyncSession, caller: Caller, asset_id: UUID, changes: dict[str, Any]
) -> ShelvedRow:
    """Change title, tags or favourite; what is not named stays."""
    row = await get_asset(session, caller, asset_id)
    words = changes.get("title"), *(changes.get("tags") or ())
    screen(words, mode=rating_of(row.file.rating))
    columns = {"title": "custom_title"}
    values = {columns.get(name, name): value for name, value in changes.items()}
    if values:
        await repository.change(session, asset_id, values)
        await session.refresh(row.asset)
        await live.publish(session, caller.user_id, "library.changed", {"asset_id": str(asset_id)})
    return row


async def remove_asset(session: AsyncSession, caller: Caller, asset_id: UUID) -> None:
    """Delete the asset; its files go after the commit."""
    row = await get_asset(session, caller, asset_id)
    blobs = [[row.file.bucket, key] for key in row.file.keys]
    await repository.remove(session, asset_id)
    async with elevated(session):
        await defer(session, "storage.delete", blobs=blobs)
    await live.publish(session, caller.user_id, "library.changed", {"asset_id": str(asset_id)})
