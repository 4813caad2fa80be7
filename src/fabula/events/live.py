"""Changes that people's pages follow, kept in ``studio.events`` and sent by NOTIFY.

NOTIFY inside a transaction serialises commits, so ``publish`` is for changes of state only;
progress goes over a ``ProgressWire``, by itself, and is not kept.
"""

import asyncio
import json
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.database import Database
from fabula.core.logging import get_logger
from fabula.models import StudioEvent

log = get_logger(__name__)
CHANNEL = "fabula_events"
ACCESS_CHANGED = "access.changed"
"""Sent by triggers when a session or key ended or an account was suspended; never to pages."""

_NOTIFY = text("SELECT pg_notify(:channel, :payload)")


async def publish(session: AsyncSession, user_id: UUID, kind: str, data: dict[str, Any]) -> None:
    """Tell the pages of one person, once the transaction commits. ``data`` holds ids, not rows."""
    event_id = await session.scalar(
        insert(StudioEvent).values(user_id=user_id, type=kind, data=data).returning(StudioEvent.id)
    )
    payload = json.dumps({"user": str(user_id), "id": event_id, "type": kind, "data": data})
    await session.execute(_NOTIFY, {"channel": CHANNEL, "payload": payload})


class ProgressWire:
    """Tells pages how far jobs are, over one connection in autocommit that is made when needed.

    Progress is worth no trouble: where the database does not answer, it is left out.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._turn = asyncio.Lock()

    async def send(self, user_id: UUID, kind: str, data: dict[str, Any]) -> None:
        payload = json.dumps({"user": str(user_id), "id": None, "type": kind, "data": data})
        async with self._turn:
            try:
                if self._connection is None or self._connection.closed:
                    self._connection = await self._database.connect()
                await self._connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, payload))
            except psycopg.Error as error:
                log.warning("progress.not_sent", error=type(error).__name__)
                self._connection = None

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()


async def events_after(
    session: AsyncSession, user_id: UUID, last_id: int, limit: int
) -> list[StudioEvent]:
    """Kept events that a page missed while it was away, oldest first."""
    rows = await session.scalars(
        select(StudioEvent)
        .where(StudioEvent.user_id == user_id, StudioEvent.id > last_id)
        .order_by(StudioEvent.id)
        .limit(limit)
    )
    return list(rows)
