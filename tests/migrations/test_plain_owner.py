"""A database of one's own server, whose owner is no superuser."""

import os
import pwd
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import service
from fabula.core.database import Database, elevated
from fabula.core.embedded_postgres import OWNER, EmbeddedPostgres
from fabula.core.inventory import differences, read_inventory
from fabula.core.migrate import migrate

_JOBS = text("SELECT current_user::text, count(*) FROM jobs")
_IS_ADMIN = text("SELECT studio.caller_has('admin')")


@pytest.fixture(scope="module")
def plain_dsn() -> Iterator[str]:
    """An empty database on a server that no studio has been on, owned by the role ``plain``."""
    folder = Path(tempfile.mkdtemp(prefix="fabula-tests-"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder, fsync=False)
    server.acquire()
    ident = server.place.cluster / "pg_ident.conf"
    me = pwd.getpwuid(os.geteuid()).pw_name
    ident.write_text(f"{ident.read_text()}app {me} plain\n")
    with psycopg.connect(server.superuser_dsn(), autocommit=True) as admin:
        admin.execute("CREATE ROLE plain LOGIN CREATEROLE")
        admin.execute("CREATE DATABASE plain OWNER plain")
    server.release()
    server.acquire()  # starts with the new map of names
    yield server.dsn("plain").replace(f"user={OWNER}", "user=plain")
    server.release()
    shutil.rmtree(server.place.socket, ignore_errors=True)
    shutil.rmtree(folder)


@pytest.fixture
async def plain(plain_dsn: str) -> AsyncIterator[Database]:
    migrate(plain_dsn)
    database = Database(plain_dsn, pool_size=2, secret=bytes(32))
    yield database
    await database.close()


async def who_sees(session: AsyncSession) -> tuple[str, int]:
    row = (await session.execute(_JOBS)).one()
    return row[0], row[1]


async def test_the_owner_migrates_and_requests_run_as_people(
    plain: Database, plain_dsn: str
) -> None:
    assert differences(read_inventory(plain_dsn)) == []
    async with plain.system() as session:
        ada = await service.create_account(session, "ada", "admin")
        bob = await service.create_account(session, "bob", "basic_user")
        for account in (ada, bob):
            await session.execute(
                text("INSERT INTO jobs (user_id, job_type) VALUES (:id, 'sdxl_image_fast')"),
                {"id": account.id},
            )
        assert await who_sees(session) == ("plain", 2)
    async with plain.request(bob.id) as session:
        assert await who_sees(session) == ("fabula_app", 1)
        assert await session.scalar(_IS_ADMIN) is False
        async with elevated(session):
            assert await who_sees(session) == ("plain", 2)
        assert await who_sees(session) == ("fabula_app", 1)
    async with plain.request(ada.id) as session:
        assert await session.scalar(_IS_ADMIN) is True
        assert await who_sees(session) == ("fabula_app", 2)
    async with plain.request(None) as session:
        assert await who_sees(session) == ("fabula_app", 0)
