"""Bringing a database to where the studio can work: structure, owner, seed content."""

import asyncio

from fabula.accounts import guests, trail, two_factor
from fabula.accounts import service as accounts
from fabula.core.database import Database
from fabula.core.migrate import migrate
from fabula.core.settings import get_settings
from fabula.prompting.seeds import seed


def prepare(dsn: str, secret: bytes) -> None:
    """Migrate and seed; quick when there is nothing to do, and safe when two do it at once.
    ``secret`` is the studio's: it signs the trail."""
    migrate(dsn)
    asyncio.run(_seed(dsn, secret))


async def _seed(dsn: str, secret: bytes) -> None:
    database = Database(dsn, pool_size=1, secret=secret)
    try:
        async with database.system() as session:
            await trail.begin(session)
            await accounts.ensure_owner(session)
            await two_factor.seal_plain(session)
            if not get_settings().guest_access:
                await guests.close(session)
            await seed(session)
    finally:
        await database.close()
