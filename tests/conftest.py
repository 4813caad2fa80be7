"""A PostgreSQL for the tests, a fresh migrated database for each, and no way to the network."""

import ipaddress
import os
import shutil
import socket
import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from fabula.accounts import service
from fabula.accounts.caller import Caller
from fabula.core.database import Database
from fabula.core.embedded_postgres import OWNER, EmbeddedPostgres
from fabula.core.migrate import migrate

TEMPLATE = "fabula_template"
SECRET = b"of the studio in the tests"
_ROOM_BYTES = 2 * 2**30
MakeCaller = Callable[..., Awaitable[Caller]]


@dataclass(frozen=True)
class Server:
    """One server of a test process, with a connection that makes and drops databases."""

    postgres: EmbeddedPostgres
    admin: psycopg.Connection[tuple[Any, ...]]

    def create(self, template: str = "template1") -> str:
        """A new database of the studio's owner; returns their DSN."""
        name = f"test_{uuid.uuid4().hex}"
        self.admin.execute(
            f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy OWNER {OWNER}"
        )
        return self.postgres.dsn(name)

    def drop(self, dsn: str) -> None:
        name = psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]
        self.admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def as_superuser(dsn: str) -> str:
    """The DSN of a database for what its owner may not do."""
    return make_conninfo(dsn, user="postgres")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Each process of pytest-xdist runs a server of its own."""
    folder = Path(tempfile.mkdtemp(prefix="fabula-tests-", dir=_memory_folder()))
    folder.chmod(0o755)  # the server may run as another user, who must pass through
    postgres = EmbeddedPostgres(folder, fsync=False)
    try:
        postgres.acquire()
        with psycopg.connect(postgres.superuser_dsn(), autocommit=True) as admin:
            yield Server(postgres, admin)
    finally:
        postgres.release()
        shutil.rmtree(postgres.place.socket, ignore_errors=True)
        shutil.rmtree(folder)


def _memory_folder() -> str | None:
    """Where files stay in memory, if there is room: a database is made twenty times as fast
    there. None is the usual folder for temporary files."""
    shared = Path("/dev/shm")  # noqa: S108 - a mount, and mkdtemp makes a private folder in it
    roomy = shared.is_dir() and os.access(shared, os.W_OK)
    return str(shared) if roomy and shutil.disk_usage(shared).free > _ROOM_BYTES else None


@pytest.fixture(scope="session")
def template(server: Server) -> str:
    """The name of a migrated database, to clone."""
    server.admin.execute(f"CREATE DATABASE {TEMPLATE} OWNER {OWNER}")
    migrate(server.postgres.dsn(TEMPLATE))
    return TEMPLATE


@pytest.fixture
def empty_dsn(server: Server) -> Iterator[str]:
    """A fresh database without any table."""
    dsn = server.create()
    yield dsn
    server.drop(dsn)


@pytest.fixture
def dsn(server: Server, template: str) -> Iterator[str]:
    """A fresh migrated database of the owner."""
    dsn = server.create(template)
    yield dsn
    server.drop(dsn)


@pytest.fixture(scope="module")
def shared_dsn(server: Server, template: str) -> Iterator[str]:
    """A migrated database for a whole module of tests that only read."""
    dsn = server.create(template)
    yield dsn
    server.drop(dsn)


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    database = Database(dsn, pool_size=4, name="test", secret=SECRET)
    yield database
    await database.close()


@pytest.fixture
def make_caller(database: Database) -> MakeCaller:
    """Makes an account with its profile and one role."""

    async def make(name: str = "ada", role: str = "basic_user") -> Caller:
        async with database.system() as session:
            account = await service.create_account(session, name, role)
            return Caller(account.id, account.username, frozenset([role]))

    return make


@pytest.fixture
def connection(dsn: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection of the superuser to the migrated database, in autocommit."""
    with psycopg.connect(as_superuser(dsn), autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session", autouse=True)
def _shut_network() -> Iterator[None]:
    """Only this machine can be reached: loopback addresses and Unix sockets."""
    connect, connect_ex, resolve = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def only_here(host: object) -> None:
        name = os.fsdecode(host) if isinstance(host, bytes) else str(host)
        if not _is_here(name):
            raise PermissionError(f"Tests stay on this machine, and this one asked for {name}.")

    def checked_connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:
            only_here(address[0])
        connect(self, address)

    def checked_connect_ex(self: socket.socket, address: Any) -> int:
        if self.family != socket.AF_UNIX:
            only_here(address[0])
        return connect_ex(self, address)

    def checked_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host is not None:
            only_here(host)
        return resolve(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", checked_connect)
        patch.setattr(socket.socket, "connect_ex", checked_connect_ex)
        patch.setattr(socket, "getaddrinfo", checked_resolve)
        yield


def _is_here(host: str) -> bool:
    if host in {"localhost", ""}:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
