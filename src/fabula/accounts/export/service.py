"""Who may have an archive of everything, and how often."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import throttle, trail
from fabula.accounts.caller import Caller
from fabula.accounts.export.archive import Archive
from fabula.accounts.trail import Action
from fabula.core.database import Database
from fabula.core.errors import TooMany
from fabula.storage.base import BlobStore

ARCHIVES = 3
REFILL_SECONDS = 1200.0


async def begin(database: Database, store: BlobStore, caller: Caller) -> Archive:
    """The caller's own archive, one entry of the trail. Raises ``TooMany`` where there were
    ``ARCHIVES`` lately; a further one comes every ``REFILL_SECONDS``."""
    async with database.system() as session:
        wait = await throttle.take_turn(
            session, f"export\n{caller.user_id}", ARCHIVES, REFILL_SECONDS
        )
    if wait:
        raise TooMany(
            f"You have asked for your data {ARCHIVES} times lately: wait for {wait} s, and the "
            "archives that you have are complete.",
            retry_after=wait,
        )
    async with database.system() as session:
        await trail.record(session, caller, Action.DATA_EXPORTED, "account", caller.user_id)
    return Archive(database, store, caller.user_id, caller.username)


async def as_machine(
    session: AsyncSession, database: Database, store: BlobStore, person: UUID, username: str
) -> Archive:
    """Somebody's archive on the machine of the studio, whose owner can read all of it anyway."""
    await trail.record(session, None, Action.DATA_EXPORTED, "account", person)
    return Archive(database, store, person, username)
