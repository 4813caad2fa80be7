"""The database: one engine, and sessions that run as the person who asked.

A *request session* runs under the role ``fabula_app``, which cannot bypass row-level security,
with the caller's id set for the transaction. A *system session* runs as the owner and is for
workers and schedules. One session is one transaction, committed at its end.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

_ENTER = text(
    "SELECT set_config('role', 'fabula_app', true), set_config('fabula.user_id', :user, true), "
    "set_config('fabula.plain', :plain, true), set_config('fabula.adult', :adult, true)"
)
_LOCK_NAMED = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_ELEVATE = text("SELECT set_config('role', 'none', true)")
_RETURN = text("SELECT set_config('role', 'fabula_app', true)")
_AS_PERSON = "as_person"
"""In a session's ``info``: whether its transaction is under ``fabula_app`` just now."""


def engine_url(dsn: str) -> URL:
    """SQLAlchemy's form of any libpq DSN (URI or key=value)."""
    parts = {k: str(v) for k, v in conninfo_to_dict(dsn).items() if v is not None}
    host = parts.pop("host", None)
    query = {k: v for k, v in parts.items() if k not in {"user", "password", "dbname", "port"}}
    if host and host.startswith("/"):
        query["host"], host = host, None
    port = parts.get("port")
    return URL.create(
        "postgresql+psycopg",
        username=parts.get("user"),
        password=parts.get("password"),
        host=host,
        port=int(port) if port else None,
        database=parts.get("dbname"),
        query=query,
    )


class Database:
    """Connections of one process. ``dsn`` is any libpq DSN of the owner; ``secret`` is the
    studio's, which signs the trail: sessions carry it in ``info``."""

    def __init__(
        self, dsn: str, *, pool_size: int = 10, name: str = "fabula", secret: bytes = b""
    ) -> None:
        self.dsn = dsn
        self.name = name
        # A generic plan, chosen after five runs, makes selective filters many times slower.
        options = "-c plan_cache_mode=force_custom_plan -c timezone=UTC -c search_path=public,queue"
        self.engine: AsyncEngine = create_async_engine(
            engine_url(dsn),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            connect_args={"options": options, "application_name": name},
        )
        self._sessions = async_sessionmaker(
            self.engine, expire_on_commit=False, info={"secret": secret}
        )

    async def close(self) -> None:
        await self.engine.dispose()

    @asynccontextmanager
    async def system(self) -> AsyncIterator[AsyncSession]:
        """A transaction of the machine; row-level security does not apply."""
        async with self._sessions.begin() as session:
            yield session

    @asynccontextmanager
    async def request(
        self, user_id: UUID | None, *, plain: bool = False, adult: bool = False
    ) -> AsyncIterator[AsyncSession]:
        """A transaction of a person (or of nobody), held by row-level security; a ``plain`` one
        has none of the powers of the person's roles. ``adult``: the studio allows what is rated so;
        the person's age and choice are looked up."""
        async with self._sessions.begin() as session:
            enter = {
                "user": str(user_id or ""),
                "plain": "on" if plain else "",
                "adult": "on" if adult else "",
            }
            await session.execute(_ENTER, enter)
            session.info[_AS_PERSON] = True
            yield session

    async def connect(self) -> psycopg.AsyncConnection[tuple[object, ...]]:
        """A connection of its own, in autocommit, for LISTEN and NOTIFY."""
        return await psycopg.AsyncConnection.connect(
            self.dsn, autocommit=True, application_name=self.name
        )


@asynccontextmanager
async def elevated(session: AsyncSession) -> AsyncIterator[None]:
    """Run a few statements of a request's transaction as the machine.

    For columns that people may not write themselves, such as a job's status. The caller has
    checked ownership before. On an error the transaction is lost anyway, so the role is
    not restored then.
    """
    await session.flush()
    if not session.info.get(_AS_PERSON):
        yield
        await session.flush()
        return
    await session.execute(_ELEVATE)
    session.info[_AS_PERSON] = False
    yield
    await session.flush()
    await session.execute(_RETURN)
    session.info[_AS_PERSON] = True


async def lock_named(session: AsyncSession, name: str) -> None:
    """Until the transaction ends, another one that asks for the same name waits."""
    await session.execute(_LOCK_NAMED, {"name": name})
