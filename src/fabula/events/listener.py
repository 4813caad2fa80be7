"""One LISTEN connection for a process, and a queue for each page that is open."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from fabula.core.database import Database
from fabula.core.logging import get_logger
from fabula.events.live import CHANNEL

log = get_logger(__name__)
_BACKLOG = 256


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """What a page receives; ``id`` is None for progress, which is not kept."""

    id: int | None
    type: str
    data: dict[str, Any]


RESYNC = LiveEvent(None, "resync", {})


class Listener:
    """Fans notifications out to subscribers. A lost connection is made again, and everybody is
    told to read afresh, because what was said meanwhile is not known."""

    def __init__(
        self, database: Database, on_event: Callable[[LiveEvent], None] | None = None
    ) -> None:
        self._database = database
        self._subscribers: dict[UUID, set[asyncio.Queue[LiveEvent]]] = defaultdict(set)
        self._on_event = on_event
        self._task: asyncio.Task[None] | None = None
        self.listening = asyncio.Event()

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="listener")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @asynccontextmanager
    async def subscribe(self, user_id: UUID) -> AsyncIterator[asyncio.Queue[LiveEvent]]:
        """The events of one person, from now on."""
        queue: asyncio.Queue[LiveEvent] = asyncio.Queue(_BACKLOG)
        self._subscribers[user_id].add(queue)
        try:
            yield queue
        finally:
            self._subscribers[user_id].discard(queue)
            if not self._subscribers[user_id]:
                del self._subscribers[user_id]

    async def _run(self) -> None:
        delay = 0.1
        while True:
            try:
                connection = await self._database.connect()
                async with connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self.listening.set()
                    delay = 0.1
                    async for notice in connection.notifies():
                        self._dispatch(notice.payload)
            except (psycopg.OperationalError, OSError) as error:
                log.warning("events.connection_lost", error=str(error), retry_seconds=delay)
            self.listening.clear()
            await asyncio.sleep(delay)
            delay = min(delay * 2, 5.0)
            self._resync_all()

    def _dispatch(self, payload: str) -> None:
        message = json.loads(payload)
        event = LiveEvent(message["id"], message["type"], message["data"])
        if self._on_event:
            self._on_event(event)
        for queue in self._subscribers.get(UUID(message["user"]), ()):
            _offer(queue, event)

    def _resync_all(self) -> None:
        for queues in self._subscribers.values():
            for queue in queues:
                _offer(queue, RESYNC)


def _offer(queue: asyncio.Queue[LiveEvent], event: LiveEvent) -> None:
    """A page that cannot keep up loses the backlog and is told to read afresh."""
    try:
        queue.put_nowait(event)
    except asyncio.QueueFull:
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(RESYNC)
