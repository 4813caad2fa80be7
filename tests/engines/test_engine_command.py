"""``fabula engine``, as it is run on the studio's machine."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import psycopg
from servers.a1111 import FakeA1111

KEY = "sk-very-private"


async def test_a_server_is_connected_chosen_and_removed(dsn: str, tmp_path: Path) -> None:
    env = {**os.environ, "FABULA_DATABASE_URL": dsn, "FABULA_DATA_DIR": str(tmp_path)}

    async def fabula(*words: str, given: str = "") -> tuple[int, str, str]:
        command = [sys.executable, "-m", "fabula", "engine", *words]
        done = await asyncio.to_thread(
            subprocess.run, command, env=env, input=given, capture_output=True, text=True,
            check=False, timeout=120,
        )  # fmt: skip
        return done.returncode, done.stdout.strip(), done.stderr

    with FakeA1111(key=KEY, username="ann") as fake:
        words = ("add", "a1111", fake.address, "--name", "Hall", "--key-file", "-")
        words += ("--username", "ann")
        code, engine_id, told = await fabula(*words, given=f"{KEY}\n")
        assert (code, engine_id) == (0, "a1111-hall"), told
        assert "version unknown, answered in" in told
        assert "2 models: harbour.safetensors [0a1b2c3d4e], meadow" in told
        assert (await fabula("default", "sdxl_image_fast", engine_id))[0] == 0
    code, _, told = await fabula("test", "Hall")
    assert code == 1
    assert "does not answer" in told
    assert (await fabula("list"))[1].startswith("a1111-hall\tHall\t")
    assert (await fabula("remove", "a1111-hall"))[0] == 0
    with psycopg.connect(dsn) as connection:
        rows = connection.execute(
            "SELECT action FROM user_activity_log WHERE action LIKE 'engine%' ORDER BY created_at"
        ).fetchall()
        config = connection.execute("SELECT config::text FROM system_config").fetchone()
    assert [row[0] for row in rows] == [
        "engine_server.added", "engine.chosen", "engine_server.tested", "engine_server.removed",
    ]  # fmt: skip
    assert config
    assert "engineDefault" not in config[0]
