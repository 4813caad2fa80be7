"""SQL of the trail: the log that people read, and the chain that proves it.

What is signed is the row as PostgreSQL stores it, so that nothing is lost between writing and
checking. ``user_id`` is left out because the removal of an account empties it; the chain's
``actor_id`` is signed in its place.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_LOCK_HEAD = text("SELECT seq, mac FROM studio.trail_head FOR UPDATE")
_ADD = text("""
INSERT INTO public.user_activity_log AS l
    (user_id, action, resource_type, resource_id, metadata, ip_address, user_agent)
VALUES (:user_id, :action, :resource_type, :resource_id, CAST(:metadata AS jsonb),
        CAST(:address AS inet), :agent)
RETURNING l.id, (to_jsonb(l) - 'user_id')::text AS stored
""")
_LINK = text("""
WITH link AS (INSERT INTO studio.trail_chain (seq, entry_id, actor_id, mac)
              VALUES (:seq, :entry_id, :actor_id, :mac))
UPDATE studio.trail_head SET seq = :seq, mac = :mac, signature = :signature
""")
_PAGE = 1000
_SNAPSHOT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
_UTC = text("SELECT set_config('TimeZone', 'UTC', true)")
# A page of the chain first: else the whole log may be read for every page.
_WALK = text("""
SELECT c.seq, c.entry_id, c.actor_id, c.mac, l.user_id,
       (to_jsonb(l) - 'user_id')::text AS stored, p.id IS NOT NULL AS actor_lives
FROM (SELECT * FROM studio.trail_chain WHERE seq > :after ORDER BY seq LIMIT :limit) c
LEFT JOIN public.user_activity_log l ON l.id = c.entry_id
LEFT JOIN public.profiles p ON p.id = c.actor_id
ORDER BY c.seq
""")
_HEAD = text("SELECT seq, mac, signature FROM studio.trail_head")
_UNKNOWN = text("""
SELECT l.id FROM public.user_activity_log l
WHERE NOT EXISTS (SELECT FROM studio.trail_chain c WHERE c.entry_id = l.id)
ORDER BY l.created_at, l.id LIMIT 1
""")
_ACCOUNTS = text("SELECT EXISTS (SELECT FROM auth.accounts)")


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain; ``seq`` is 0 and the rest empty before the first entry."""

    seq: int
    mac: bytes
    signature: bytes = b""


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the chain with its row of the log; ``stored`` is None where the row is gone."""

    seq: int
    entry_id: UUID
    actor_id: UUID | None
    mac: bytes
    user_id: UUID | None
    stored: str | None
    actor_lives: bool


async def lock_head(session: AsyncSession) -> Head:
    """The end of the chain, held until the transaction ends: entries come one after another."""
    row = (await session.execute(_LOCK_HEAD)).one()
    return Head(row.seq, bytes(row.mac))


async def add_entry(session: AsyncSession, values: dict[str, Any]) -> tuple[UUID, str]:
    """Write a row of the log; its id, and its stored columns as text."""
    row = (await session.execute(_ADD, values)).one()
    return row.id, row.stored


async def link(session: AsyncSession, entry_id: UUID, actor_id: UUID | None, head: Head) -> None:
    """Append an entry to the chain and move its end there."""
    values = {"seq": head.seq, "mac": head.mac, "signature": head.signature}
    await session.execute(_LINK, {**values, "entry_id": entry_id, "actor_id": actor_id})


async def walk(session: AsyncSession) -> AsyncIterator[Link]:
    """Every link of the chain with its row of the log, in order."""
    await session.execute(_UTC)
    after = 0
    while rows := (await session.execute(_WALK, {"after": after, "limit": _PAGE})).all():
        for row in rows:
            yield Link(
                row.seq, row.entry_id, row.actor_id, bytes(row.mac), row.user_id, row.stored,
                row.actor_lives,
            )  # fmt: skip
        after = rows[-1].seq


async def begin_snapshot(session: AsyncSession) -> None:
    """What is written from here on is not seen; the first statement of a transaction."""
    await session.execute(_SNAPSHOT)


async def head(session: AsyncSession) -> Head | None:
    row = (await session.execute(_HEAD)).one_or_none()
    return Head(row.seq, bytes(row.mac), bytes(row.signature)) if row else None


async def outside_the_chain(session: AsyncSession) -> UUID | None:
    """A row of the log that the chain does not know, or None."""
    found: UUID | None = await session.scalar(_UNKNOWN)
    return found


async def has_accounts(session: AsyncSession) -> bool:
    return bool(await session.scalar(_ACCOUNTS))
