"""The studio's own PostgreSQL: started, shared, killed, brought back."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree
from typing import Any

import psutil
import psycopg
import pytest

from fabula.core.embedded_postgres import EmbeddedPostgres, PostgresError

WAIT_SECONDS = 60
OWNER = """
import sys, time
from pathlib import Path
import psycopg
from fabula.core.embedded_postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
with psycopg.connect(server.acquire(), autocommit=True) as connection:
    connection.execute("CREATE TABLE kept (n integer)")
    connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
print("ready", flush=True)
time.sleep(600)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that the server's user can reach."""
    path = Path(tempfile.mkdtemp(prefix="fabula-tests-"))
    path.chmod(0o755)
    yield path
    place = EmbeddedPostgres(path).place
    rmtree(place.socket, ignore_errors=True)
    rmtree(path)


@pytest.fixture
def make(folder: Path) -> Iterator[Callable[[], EmbeddedPostgres]]:
    """Makes servers of the data folder, which are stopped in the end."""
    made: list[EmbeddedPostgres] = []

    def one() -> EmbeddedPostgres:
        made.append(EmbeddedPostgres(folder))
        return made[-1]

    yield one
    for server in made:
        server.release()


def soon(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def value(dsn: str, query: str) -> Any:
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[call-overload]
    return row[0] if row else None


def run(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def postmaster(server: EmbeddedPostgres) -> int:
    return int((server.place.cluster / "postmaster.pid").read_text().split("\n", 1)[0])


def test_a_cold_start_makes_a_database(folder: Path, make: Callable[[], EmbeddedPostgres]) -> None:
    server = make()
    assert server.running_dsn() is None
    dsn = server.acquire()
    assert server.owner
    assert server.running_dsn() == dsn
    assert value(dsn, "SELECT current_database()") == "fabula"
    assert value(dsn, "SHOW server_encoding") == "UTF8"
    assert value(dsn, "SHOW data_checksums") == "on"
    assert value(dsn, "SHOW fsync") == "on"


def test_only_its_own_people_reach_it(make: Callable[[], EmbeddedPostgres]) -> None:
    server = make()
    dsn = server.acquire()
    assert value(dsn, "SHOW listen_addresses") == ""
    assert server.place.socket.stat().st_mode & 0o777 == 0o700
    assert server.place.cluster.stat().st_mode & 0o077 == 0
    assert len(str(server.place.socket / ".s.PGSQL.5432")) < 107
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(dsn.replace("user=fabula_owner", "user=stranger"))


def test_it_is_shared_and_outlives_those_who_share_it(
    make: Callable[[], EmbeddedPostgres],
) -> None:
    first, second = make(), make()
    dsn = first.acquire()
    assert second.acquire() == dsn
    assert (first.owner, second.owner) == (True, False)
    second.release()
    assert value(dsn, "SELECT 1") == 1
    first.release()
    assert first.running_dsn() is None


def test_the_next_owner_finds_everything(make: Callable[[], EmbeddedPostgres]) -> None:
    first = make()
    run(first.acquire(), "CREATE TABLE kept AS SELECT 7 AS n")
    first.release()
    second = make()
    assert value(second.acquire(), "SELECT n FROM kept") == 7
    assert second.owner


def test_a_server_that_is_killed_comes_back_with_its_data(
    make: Callable[[], EmbeddedPostgres],
) -> None:
    server = make()
    dsn = server.acquire()
    run(dsn, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    killed = postmaster(server)
    os.kill(killed, signal.SIGKILL)
    soon(lambda: server.running_dsn() and postmaster(server) != killed)
    assert value(dsn, "SELECT sum(n) FROM kept") == 500_500
    assert server.owner


def test_it_comes_back_every_time(make: Callable[[], EmbeddedPostgres]) -> None:
    server = make()
    server.acquire()
    seen = set()
    for _ in range(3):
        killed = postmaster(server)
        seen.add(killed)
        os.kill(killed, signal.SIGKILL)
        soon(lambda: server.running_dsn() and postmaster(server) not in seen)


def test_it_dies_with_its_owner_and_the_next_one_recovers(
    folder: Path, make: Callable[[], EmbeddedPostgres]
) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder)], stdout=subprocess.PIPE, text=True
    )
    with owner:
        assert owner.stdout
        assert owner.stdout.readline() == "ready\n"
        server = make()
        server.acquire()
        assert not server.owner
        left = postmaster(server)
        owner.kill()
    soon(lambda: not psutil.pid_exists(left))
    next_one = make()
    assert value(next_one.acquire(), "SELECT count(*) FROM kept") == 1000
    assert next_one.owner


def test_a_start_that_was_cut_short_is_begun_anew(
    make: Callable[[], EmbeddedPostgres],
) -> None:
    server = make()
    half = server.place.cluster.with_name("cluster.init")
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert value(server.acquire(), "SELECT 1") == 1
    assert not half.exists()


def test_a_folder_without_programs_is_named(folder: Path, tmp_path: Path) -> None:
    server = EmbeddedPostgres(folder, bin_dir=tmp_path)
    with pytest.raises(PostgresError, match=str(tmp_path)):
        server.acquire()
    server.release()


def test_tests_may_go_without_fsync(folder: Path) -> None:
    server = EmbeddedPostgres(folder, fsync=False)
    try:
        assert value(server.acquire(), "SHOW fsync") == "off"
    finally:
        server.release()
