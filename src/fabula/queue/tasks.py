"""Housekeeping tasks and schedules, delivered by procrastinate from the schema ``queue``.

A task is deferred in the transaction of the rows that it is about. Generation jobs have their
own lease (``fabula.queue.leases``); see decision 0003.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

import procrastinate
import psycopg
from sqlalchemy.ext.asyncio import AsyncSession

if TYPE_CHECKING:
    from procrastinate.types import JSONValue

app = procrastinate.App(connector=procrastinate.PsycopgConnector())


@asynccontextmanager
async def opened(dsn: str) -> AsyncIterator[procrastinate.App]:
    """The app with connections of its own, for a worker."""
    connector = procrastinate.PsycopgConnector(
        conninfo=dsn, kwargs={"options": "-c search_path=queue,public"}, min_size=1, max_size=4
    )
    with app.replace_connector(connector):
        async with app.open_async():
            yield app


async def defer(session: AsyncSession, task: str, **arguments: object) -> None:
    """Queue a task that runs once the session's transaction has committed."""
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    if not isinstance(driver, psycopg.AsyncConnection):
        msg = "The session is not on psycopg."
        raise TypeError(msg)
    deferrer = app.configure_task(task, connection=driver)
    await deferrer.defer_async(**cast("dict[str, JSONValue]", arguments))


def worker_name() -> str:
    return f"housekeeping-{os.getpid()}"
