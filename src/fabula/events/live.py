"""Changes that people's pages follow, kept in ``studio.events`` and sent by NOTIFY.

NOTIFY inside a transaction serialises commits, so ``publish`` is for changes of state only;
progress goes over a ``ProgressWire``, by itself, and is not kept.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.database import Database
from fabula.core.logging import get_logger
from fabula.models import StudioEvent

log = get_logger(__name__)
CHANNEL = "fabula_events"
ACCESS_CHANGED = "access.changed"
"""Sent by triggers when a session or key ended or an account was suspended; never to pages."""

_PUBLISH = text("""
WITH kept AS (INSERT INTO studio.events (user_id, type, data)
              VALUES (:user_id, :kind, CAST(:data AS jsonb)) RETURNING id, data)
SELECT pg_notify(:channel, json_build_object(
    'user', CAST(:user_id AS uuid), 'id', id, 'type', CAST(:kind AS text), 'data', data)::text)
FROM kept
""")


_SEND = "SELECT pg_notify(%(channel)s, %(payload)s)"


async def publish(session: AsyncSession, user_id: UUID, kind: str, data: dict[str, Any]) -> None:
    """Tell the pages of one person, once the transaction commits. ``data`` holds ids, not rows."""
    told = {"channel": CHANNEL, "user_id": user_id, "kind": kind, "data": json.dumps(data)}
    await session.execute(_PUBLISH, told)


def message(user_id: UUID, kind: str, data: dict[str, Any]) -> dict[str, str]:
    """``channel`` and ``payload`` of a notification that is not kept."""
    payload = json.dumps({"user": str(user_id), "id": None, "type": kind, "data": data})
    return {"channel": CHANNEL, "payload": payload}


class ProgressWire:
    """Tells pages how far jobs are, over one connection in autocommit that is made when needed.

    Progress is worth no trouble: where the database does not answer, it is left out, and a crash
    of the database may forget the last of it (``synchronous_commit`` is off).
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._turn = asyncio.Lock()

    async def send(self, user_id: UUID, kind: str, data: dict[str, Any]) -> None:
        await self.run(_SEND, message(user_id, kind, data))

    async def run(self, statement: LiteralString, params: Mapping[str, object]) -> None:
        """One statement that is worth as little as progress; parameters are psycopg's."""
        async with self._turn:
            try:
                if self._connection is None or self._connection.closed:
                    self._connection = await self._database.connect()
                    await self._connection.execute("SET synchronous_commit = off")
                await self._connection.execute(statement, params)
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
