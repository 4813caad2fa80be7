"""``fabula audit verify``, as it is run on the studio's machine."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from fabula.accounts import service
from fabula.core.database import Database

_SECRET = "a secret of this test"


def verify(dsn: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    env = {
        **os.environ,
        "FABULA_DATABASE_URL": dsn,
        "FABULA_DATA_DIR": str(folder),
        "FABULA_SECRET_KEY": _SECRET,
    }
    command = [sys.executable, "-m", "fabula", "audit", "verify", *options]
    return subprocess.run(
        command, env=env, capture_output=True, text=True, check=False, timeout=120
    )


async def fill(dsn: str) -> None:
    database = Database(dsn, pool_size=1, secret=_SECRET.encode())
    for name in ("ada", "bob"):
        async with database.system() as session:
            await service.create_account(session, name, "basic_user")
    await database.close()


async def test_it_prints_the_head_and_then_names_the_bad_row(dsn: str, tmp_path: Path) -> None:
    await fill(dsn)
    whole = await asyncio.to_thread(verify, dsn, tmp_path)
    assert (whole.returncode, "2 entries, all whole" in whole.stderr) == (0, True)
    head = whole.stdout.strip()
    assert head.startswith("2:")
    again = await asyncio.to_thread(verify, dsn, tmp_path, "--head", head)
    assert again.returncode == 0
    with psycopg.connect(make_conninfo(dsn, user="postgres")) as connection:
        connection.execute("SET session_replication_role = replica")
        row = connection.execute(
            "UPDATE user_activity_log SET action = 'x' WHERE metadata::text LIKE '%bob%' "
            "RETURNING id"
        ).fetchone()
    broken = await asyncio.to_thread(verify, dsn, tmp_path)
    assert broken.returncode == 1
    assert row
    assert "Entry 2 was changed" in broken.stdout
    assert str(row[0]) in broken.stdout
    odd = await asyncio.to_thread(verify, dsn, tmp_path, "--head", "nonsense")
    assert (odd.returncode, "NUMBER:HMAC" in odd.stderr) == (1, True)
