"""Changes that people's pages follow, kept in ``studio.events`` and sent by NOTIFY.

NOTIFY inside a transaction serialises commits, so ``publish`` is for changes of state only;
progress goes through ``send_progress``, by itself, and is not kept.
"""

import json
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.models import StudioEvent

CHANNEL = "fabula_events"
_NOTIFY = text("SELECT pg_notify(:channel, :payload)")


async def publish(session: AsyncSession, user_id: UUID, kind: str, data: dict[str, Any]) -> None:
    """Tell the pages of one person, once the transaction commits. ``data`` holds ids, not rows."""
    event_id = await session.scalar(
        insert(StudioEvent)
        .values(user_id=user_id, type=kind, data=data)
        .returning(StudioEvent.id)
    )
    payload = json.dumps({"user": str(user_id), "id": event_id, "type": kind, "data": data})
    await session.execute(_NOTIFY, {"channel": CHANNEL, "payload": payload})


async def send_progress(
    connection: psycopg.AsyncConnection[Any], user_id: UUID, data: dict[str, Any]
) -> None:
    """Tell the pages how far a job is; ``connection`` is in autocommit."""
    payload = json.dumps({"user": str(user_id), "id": None, "type": "job.progress", "data": data})
    await connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, payload))


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
