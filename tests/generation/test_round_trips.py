"""What a job asks of the database: every transaction waits for the disk, every statement for an
answer, and both are most of what the studio adds to the time of a picture."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import event

from fabula.core.database import Database
from studio import Studio


@contextmanager
def transactions(database: Database) -> Iterator[list[list[str]]]:
    """The statements of each transaction from now on."""
    engine = database.engine.sync_engine
    found: list[list[str]] = []
    current: dict[int, list[str]] = {}

    def begin(connection: Any) -> None:
        current[id(connection)] = []
        found.append(current[id(connection)])

    def statement(connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        current[id(connection)].append(text)

    event.listen(engine, "begin", begin)
    event.listen(engine, "before_cursor_execute", statement)
    try:
        yield found
    finally:
        event.remove(engine, "begin", begin)
        event.remove(engine, "before_cursor_execute", statement)


async def test_accepting_a_job_takes_two_transactions(studio: Studio) -> None:
    await studio.made()
    with transactions(studio.database) as found:
        await studio.submit(enhance=False)
    who, accept = (len(statements) for statements in found)
    assert who <= 1
    # Two of them ask whether the servers and the choice of engines are still the same.
    assert accept <= 21


async def test_a_worker_needs_two_transactions_for_a_picture(studio: Studio) -> None:
    await studio.made()
    job = await studio.submit(enhance=False, steps=1)
    worker = replace(studio, database=Database(studio.database.dsn, pool_size=2, name="worker"))
    with transactions(worker.database) as found:
        async with worker.working(heartbeat_seconds=60):
            await studio.ended(job["id"])
    await worker.database.close()
    # A look that found nothing to claim or to sweep is one statement.
    claim, deliver = (len(statements) for statements in found if len(statements) > 1)
    assert claim <= 5
    assert deliver <= 15


async def test_every_further_picture_takes_one_transaction(studio: Studio) -> None:
    job = await studio.submit(enhance=False, steps=1, count=4)
    worker = replace(studio, database=Database(studio.database.dsn, pool_size=2, name="worker"))
    with transactions(worker.database) as found:
        async with worker.working(heartbeat_seconds=60):
            await studio.ended(job["id"])
    await worker.database.close()
    assert sum(len(statements) > 1 for statements in found) == 5
