"""Housekeeping tasks and schedules, delivered by procrastinate from the schema ``queue``.

A task is deferred in the transaction of the rows that it is about. Generation jobs have their
own lease (``fabula.queue.leases``); see decision 0003.
"""

import os
from typing import Any

import procrastinate
import psycopg
from sqlalchemy.ext.asyncio import AsyncSession

app = procrastinate.App(connector=procrastinate.PsycopgConnector())


def opened(dsn: str) -> procrastinate.App:
    """The app with connections of its own, for a worker."""
    connector = procrastinate.PsycopgConnector(
        conninfo=dsn, kwargs={"options": "-c search_path=queue,public"}, min_size=1, max_size=4
    )
    return app.with_connector(connector)


async def defer(session: AsyncSession, task: str, **arguments: Any) -> None:
    """Queue a task that runs once the session's transaction has committed."""
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    if not isinstance(driver, psycopg.AsyncConnection):
        msg = "The session is not on psycopg."
        raise TypeError(msg)
    await app.configure_task(task, connection=driver).defer_async(**arguments)


def worker_name() -> str:
    return f"housekeeping-{os.getpid()}"
