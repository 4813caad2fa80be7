"""``fabula model``, as it is run on the studio's machine."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import psycopg

from model_samples import write_checkpoint, write_folder, write_lora


async def test_files_are_installed_shown_and_removed(dsn: str, tmp_path: Path) -> None:
    env = {**os.environ, "FABULA_DATABASE_URL": dsn, "FABULA_DATA_DIR": str(tmp_path / "data")}

    async def fabula(*words: str) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "fabula", "model", *words]
        done = await asyncio.to_thread(
            subprocess.run, command, env=env, capture_output=True, text=True, check=False,
            timeout=120,
        )  # fmt: skip
        return done.returncode, done.stdout.strip(), done.stderr

    folder = tmp_path / "data" / "models"
    ink = write_lora(tmp_path / "from" / "ink.safetensors", **{"modelspec.trigger_phrase": "wash"})
    code, place, told = await fabula("install", str(ink))
    assert (code, place) == (0, str(folder / "loras" / "ink.safetensors")), told
    assert "lora sdxl" in told
    harbour = write_folder(tmp_path / "from" / "harbour")
    assert (await fabula("install", str(harbour), "--link"))[0] == 0
    assert (folder / "sdxl" / "harbour").is_symlink()
    code, _, told = await fabula("install", str(ink))
    assert code == 1
    assert "already" in told
    pickled = tmp_path / "x.ckpt"
    pickled.write_bytes(b"PK\x03\x04")
    code, _, told = await fabula("install", str(pickled))
    assert code == 1
    assert "Pickles run code" in told
    write_checkpoint(folder / "sdxl" / "single.safetensors")
    code, counted, _ = await fabula("scan", "--sums")
    assert (code, counted) == (0, "3 found, 1 new or changed, 0 gone")
    rows = {line.split("\t")[0]: line.split("\t")[1:] for line in
            (await fabula("list"))[1].splitlines()}  # fmt: skip
    assert rows["ink"][:2] == ["lora", "sdxl"]
    assert "wash" in (await fabula("show", "ink"))[1]
    code, _, told = await fabula("remove", "harbour")
    assert code == 1
    assert "configuration of single" in told
    assert (await fabula("remove", "harbour", "--force"))[0] == 0
    assert harbour.is_dir()
    assert (await fabula("remove", "gone"))[0] == 1
    with psycopg.connect(dsn) as connection:
        found = connection.execute(
            "SELECT action FROM user_activity_log WHERE action LIKE 'model%' ORDER BY created_at"
        ).fetchall()
    assert [row[0] for row in found] == [
        "model_file.installed", "model_file.installed", "model_folders.scanned",
        "model_file.removed",
    ]  # fmt: skip
