"""``fabula user export`` and ``fabula user delete``, as they are run on the studio's machine."""

import asyncio
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import psycopg

from fabula.accounts import service
from fabula.core.database import Database

_SECRET = "a secret of this test"


def run(dsn: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {
        **os.environ,
        "FABULA_DATABASE_URL": dsn,
        "FABULA_DATA_DIR": str(folder),
        "FABULA_SECRET_KEY": _SECRET,
    }
    command = [sys.executable, "-m", "fabula", "user", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


async def fill(dsn: str) -> str:
    database = Database(dsn, pool_size=1, secret=_SECRET.encode())
    async with database.system() as session:
        await service.create_account(session, "root", "admin")
        ada = await service.create_account(session, "ada", "basic_user")
    await database.close()
    return str(ada.id)


async def test_an_account_is_exported_and_deleted(dsn: str, tmp_path: Path) -> None:
    ada = await fill(dsn)
    file = tmp_path / "files" / "workspace-temp" / ada / "a.png"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"not a picture")
    target = tmp_path / "out" / "ada.zip"
    exported = await asyncio.to_thread(run, dsn, tmp_path, "export", "ada", "--to", str(target))
    assert (exported.returncode, exported.stdout.strip()) == (0, str(target)), exported.stderr
    with zipfile.ZipFile(target) as whole:
        assert whole.testzip() is None
        assert "files/other/workspace-temp/a.png" in whole.namelist()
    refused = await asyncio.to_thread(run, dsn, tmp_path, "delete", "ada")
    assert (refused.returncode, "add --yes" in refused.stderr) == (1, True)
    deleted = await asyncio.to_thread(
        run, dsn, tmp_path, "delete", "ada", "--yes", "--reason", "asked by mail"
    )
    assert (deleted.returncode, "1 files" in deleted.stderr) == (0, True), deleted.stderr
    assert not file.exists()
    again = await asyncio.to_thread(run, dsn, tmp_path, "delete", "ada", "--yes")
    assert (again.returncode, "no account named ada" in again.stderr) == (1, True)
    last = await asyncio.to_thread(run, dsn, tmp_path, "delete", "root", "--yes")
    assert (last.returncode, "last admin" in last.stderr) == (1, True)
    with psycopg.connect(dsn) as connection:
        told = connection.execute(
            "SELECT action, metadata -> 'after' ->> 'reason' FROM user_activity_log "
            "WHERE resource_id = %s AND action ~ 'exported|deleted' ORDER BY created_at",
            [ada],
        ).fetchall()
    assert told == [("data.exported", None), ("account.deleted", "asked by mail")]
