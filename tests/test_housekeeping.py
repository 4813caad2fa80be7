"""What the studio tidies by itself."""

import asyncio
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from fabula import bootstrap, housekeeping
from fabula.core.clock import now
from fabula.core.errors import Unavailable
from fabula.core.settings import Settings
from fabula.queue import tasks
from studio import Studio, studio

__all__ = ["studio"]


def context(studio: Studio) -> Any:
    found = housekeeping.context_for(studio.database, studio.store)
    return SimpleNamespace(additional_context=found)


async def test_deleting_files_twice_is_fine(studio: Studio) -> None:
    await studio.made()
    blobs = [["workspace-temp", item.ref.key] async for item in studio.store.list("workspace-temp")]
    assert len(blobs) == 2
    for _ in range(2):
        await housekeeping.delete_files(context(studio), blobs)
    assert [item async for item in studio.store.list("workspace-temp")] == []


async def test_expiry_takes_what_is_over_and_leaves_the_rest(studio: Studio) -> None:
    old, young = (await studio.made(count=2))["assets"]
    async with studio.database.system() as session:
        await session.execute(
            text("UPDATE workspace_assets SET expires_at = now() WHERE id = :id"),
            {"id": old["id"]},
        )
    await housekeeping.expire_workspace(context(studio), 0)
    left = (await studio.client.get("/api/workspace/assets")).json()["items"]
    assert [item["id"] for item in left] == [young["id"]]
    queued = "SELECT args FROM queue.procrastinate_jobs WHERE task_name = 'storage.delete'"
    keys = [key for _, key in (await studio.scalar(queued))["blobs"]]
    assert sorted(key.rpartition("/")[2] for key in keys) == ["0.png", "0.thumb.webp"]


async def test_an_asset_over_its_time_is_gone_before_it_is_tidied(studio: Studio) -> None:
    asset = (await studio.made())["assets"][0]
    async with studio.database.system() as session:
        await session.execute(text("UPDATE workspace_assets SET expires_at = now()"))
    assert (await studio.client.get(f"/api/workspace/assets/{asset['id']}")).status_code == 404
    assert (await studio.client.get("/api/workspace/assets")).json()["items"] == []


async def test_old_events_keys_sessions_and_links_are_dropped(studio: Studio) -> None:
    await studio.client.post(
        "/api/jobs", json={"prompt": "a fox"}, headers={"Idempotency-Key": "old"}
    )
    before = await studio.scalar("SELECT count(*) FROM studio.events")
    async with studio.database.system() as session:
        for table in ("events", "idempotency_keys"):
            await session.execute(
                text(f"UPDATE studio.{table} SET created_at = now() - interval '3 days'")  # noqa: S608
            )
        await session.execute(
            text(
                "INSERT INTO auth.sessions (account_id, token_hash, expires_at) "
                "SELECT id, 'x', now() - interval '1 hour' FROM auth.accounts LIMIT 1"
            )
        )
    assert before > 0
    await housekeeping.tidy_tables(context(studio), 0)
    assert await studio.scalar("SELECT count(*) FROM studio.events") == 0
    assert await studio.scalar("SELECT count(*) FROM studio.idempotency_keys") == 0
    assert await studio.scalar("SELECT count(*) FROM auth.sessions") == 0
    assert await studio.scalar("SELECT count(*) FROM jobs") == 1


async def test_the_prompt_cache_is_built_again(studio: Studio) -> None:
    age = "SELECT config #>> '{promptCache,builtAt}' FROM system_config"
    await housekeeping.rebuild_prompt_cache(context(studio), 0)
    first = await studio.scalar(age)
    await housekeeping.rebuild_prompt_cache(context(studio), 0)
    assert first < await studio.scalar(age)


async def test_files_without_a_row_go_once_they_are_old(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await studio.made()
    known = {item.ref.key async for item in studio.store.list("workspace-temp")}
    orphan = f"{studio.caller.user_id}/{job['id']}/9.png"
    data = await studio.store.get("workspace-temp", f"{studio.caller.user_id}/{job['id']}/0.png")
    await studio.store.put("workspace-temp", orphan, data, "image/png")
    assert await housekeeping.remove_orphans(studio.database, studio.store) == 0
    later = now() + timedelta(hours=housekeeping.ORPHAN_HOURS + 1)
    monkeypatch.setattr(housekeeping, "now", lambda: later)
    assert await housekeeping.remove_orphans(studio.database, studio.store) == 1
    left = {item.ref.key async for item in studio.store.list("workspace-temp")}
    assert left == known


async def test_a_task_is_queued_with_its_transaction_or_not_at_all(studio: Studio) -> None:
    count = "SELECT count(*) FROM queue.procrastinate_jobs"
    async with studio.database.system() as session:
        await tasks.defer(session, "storage.delete", blobs=[])
        await session.rollback()
    assert await studio.scalar(count) == 0
    async with studio.database.system() as session:
        await tasks.defer(session, "storage.delete", blobs=[])
    assert await studio.scalar(count) == 1


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)

    async def made() -> set[bytes]:
        work = (asyncio.to_thread(bootstrap.secret_of, settings) for _ in range(8))
        return set(await asyncio.gather(*work))

    assert len(asyncio.run(made())) == 1
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["secret-key"]


@pytest.mark.parametrize("url", ["http://x/y", "s3://", "s3://bucket/prefix"])
def test_a_storage_that_cannot_be_is_refused_with_a_sentence(tmp_path: Path, url: str) -> None:
    with pytest.raises(Unavailable):
        bootstrap.build_store(Settings(data_dir=tmp_path, storage_url=url))
