"""Bringing a database to where the studio can work: structure, owner, seed content."""

import asyncio

from fabula.accounts import service as accounts
from fabula.core.database import Database
from fabula.core.migrate import migrate
from fabula.prompting.seeds import seed


def prepare(dsn: str) -> None:
    """Migrate and seed; quick when there is nothing to do, and safe when two do it at once."""
    migrate(dsn)
    asyncio.run(_seed(dsn))


async def _seed(dsn: str) -> None:
    database = Database(dsn, pool_size=1)
    try:
        async with database.system() as session:
            await accounts.ensure_owner(session)
            await seed(session)
    finally:
        await database.close()
