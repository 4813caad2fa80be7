"""One row, many writers: each key is written alone, and readers see it at once."""

import asyncio

import pytest
from sqlalchemy import text

from fabula.core.database import Database
from fabula.core.errors import Invalid, Unavailable
from fabula.runtime_config import repository, service
from fabula.runtime_config.service import RuntimeConfig


async def stored(database: Database) -> object:
    async with database.system() as session:
        return await session.scalar(text("SELECT config FROM system_config"))


async def patch(database: Database, key: str, value: object) -> None:
    async with database.system() as session:
        await service.patch(session, key, value)


@pytest.mark.parametrize(
    "value", [1, 0.5, True, None, "a \u72d0", [1, [2]], {"a": {"b": [None]}}, "", {}]
)
async def test_any_json_value_is_kept(database: Database, value: object) -> None:
    await patch(database, "kept", "yes")
    await patch(database, "key", value)
    assert await stored(database) == {"kept": "yes", "key": value}
    async with database.system() as session:
        assert await repository.value(session, "key") == value


async def test_twenty_writers_at_once_lose_nothing(database: Database) -> None:
    """Each on a connection of its own, all of them waiting for the same row."""

    wide = Database(database.dsn, pool_size=20)

    async def write(number: int) -> None:
        for turn in range(5):
            await patch(wide, f"writer {number}", turn)

    try:
        await asyncio.gather(*(write(number) for number in range(20)))
    finally:
        await wide.close()
    assert await stored(database) == {f"writer {number}": 4 for number in range(20)}


async def test_a_writer_that_waits_keeps_what_was_written_meanwhile(database: Database) -> None:
    """Health, settings and cache at once: the second writer waits for the first one's commit."""
    async with database.system() as session:
        await service.patch(session, "promptCache", {"hash": "x"})
        second = asyncio.create_task(patch(database, "workerHealthCache", {"isHealthy": True}))
        await asyncio.sleep(0.1)
        assert not second.done()
    await second
    assert await stored(database) == {
        "promptCache": {"hash": "x"},
        "workerHealthCache": {"isHealthy": True},
    }


async def test_keys_can_be_taken_out(database: Database) -> None:
    await patch(database, "a", 1)
    await patch(database, "b", 2)
    async with database.system() as session:
        await service.remove(session, "a")
    assert await stored(database) == {"b": 2}


async def test_a_path_that_is_not_there(database: Database) -> None:
    async with database.system() as session:
        assert await repository.value(session, "no", "such", "key") is None


async def test_readers_read_once_for_each_change(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = 0
    read = repository.read

    async def counted(session: object) -> object:
        nonlocal reads
        reads += 1
        return await read(session)  # type: ignore[arg-type]

    monkeypatch.setattr(repository, "read", counted)
    config = RuntimeConfig()
    for turn in range(3):
        await patch(database, "turn", turn)
        for _ in range(4):
            async with database.system() as session:
                assert (await config.read(session))["turn"] == turn
    assert reads == 3


async def test_a_write_past_us_is_seen(database: Database) -> None:
    config = RuntimeConfig()
    async with database.system() as session:
        assert await config.read(session) == {}
    async with database.system() as session:
        await session.execute(text("UPDATE system_config SET config = '{\"theirs\": 1}'"))
    async with database.system() as session:
        assert await config.read(session) == {"theirs": 1}


async def test_what_was_rolled_back_is_not_believed(database: Database) -> None:
    config = RuntimeConfig()
    async with database.system() as session:
        await service.patch(session, "draft", 1)
        assert await config.read(session) == {"draft": 1}
        await session.rollback()
    async with database.system() as session:
        assert await config.read(session) == {}


async def test_a_missing_row_is_said_and_made_again(database: Database) -> None:
    async with database.system() as session:
        await session.execute(text("DELETE FROM system_config"))
    with pytest.raises(Unavailable, match="missing"):
        await patch(database, "a", 1)
    with pytest.raises(Unavailable):
        async with database.system() as session:
            await service.remove(session, "a")
    with pytest.raises(Unavailable):
        async with database.system() as session:
            await RuntimeConfig().read(session)
    async with database.system() as session:
        await service.ensure(session)
        await service.ensure(session)
        await service.patch(session, "a", 1)
    assert await stored(database) == {"a": 1}


@pytest.mark.parametrize("key", ["", "a\x00b"])
async def test_a_setting_needs_a_name(database: Database, key: str) -> None:
    with pytest.raises(Invalid):
        await patch(database, key, 1)
