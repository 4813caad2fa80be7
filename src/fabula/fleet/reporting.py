"""A process that runs engines tells of itself, and keeps what it measured."""

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from fabula import __version__
from fabula.core.database import Database
from fabula.core.logging import get_logger
from fabula.core.machine import machine_name
from fabula.engines.base import Footprint
from fabula.engines.measuring import Measurement
from fabula.engines.pool import EnginePool, Warm
from fabula.fleet import repository

log = get_logger(__name__)
FAULT_LENGTH = 500
_FAULTS = (SQLAlchemyError, psycopg.Error, OSError)


@dataclass(frozen=True, slots=True)
class About:
    """Who the process is. ``role`` is ``worker`` or ``server``; ``cores`` are those of its
    engines."""

    name: str
    role: str
    cores: int
    lanes: tuple[str, ...] = ()
    slots: int = 0


class Reporter:
    """Writes the row of one process every ``seconds``, and with it what was measured since; ends
    engines that nobody has asked for in a long time. A job waits for none of it."""

    def __init__(
        self, database: Database, pool: EnginePool, about: About, *, seconds: float
    ) -> None:
        self._database = database
        self._pool = pool
        self._about = about
        self._seconds = seconds
        self._machine = machine_name()
        self._id: UUID = uuid4()

    async def run(self) -> None:
        """Report until cancelled, and then take the row away."""
        try:
            await self._quietly(self.recall())
            while True:
                await self._pool.end_idle()
                await self._quietly(self.report())
                await asyncio.sleep(self._seconds)
        finally:
            await self._quietly(self._leave())

    async def recall(self) -> None:
        """Learn what engines took on this machine before."""
        async with self._database.system() as session:
            rows = await repository.measured_on(session, self._machine)
        self._pool.measurements.remember(
            ((row.engine_id, row.model), Footprint(row.ram_bytes, row.device_bytes))
            for row in rows
            if row.ram_bytes
        )

    async def report(self) -> None:
        """Write down how things are. What could not be written is told the next time."""
        fresh = self._pool.measurements.take()
        try:
            async with self._database.system() as session:
                await repository.beat(session, self._row())
                if fresh:
                    seen = [_columns(one) for one in fresh]
                    await repository.note(session, self._machine, seen)
        except _FAULTS:
            for one in fresh:
                self._pool.measurements.add(one)
            raise

    async def _leave(self) -> None:
        async with self._database.system() as session:
            await repository.remove(session, self._id)

    async def _quietly(self, work: Awaitable[None]) -> None:
        try:
            await work
        except _FAULTS as error:
            log.warning("worker.not_reported", error=type(error).__name__)

    def _row(self) -> dict[str, Any]:
        about, room = self._about, self._pool.room()
        device = room.device
        return {
            "id": self._id,
            "name": about.name,
            "role": about.role,
            "machine": self._machine,
            "version": __version__,
            "lanes": list(about.lanes),
            "slots": about.slots,
            "cores": about.cores,
            "ram_bytes": room.ram,
            "ram_free_bytes": room.available,
            "device": device.name if device else "",
            "device_bytes": device.total if device else None,
            "device_free_bytes": device.free if device else None,
            "engines": [_engine(warm) for warm in self._pool.warm()],
        }


def _engine(warm: Warm) -> dict[str, Any]:
    state = warm.state
    idle = 0.0 if warm.busy else time.monotonic() - warm.used
    return {
        "engine_id": warm.engine_id,
        "model": warm.model,
        "loaded": state.loaded,
        "busy": warm.busy,
        "ram_bytes": state.rss or 0,
        "device_bytes": state.usage.held_device,
        "idle_seconds": round(idle, 1),
    }


def _columns(seen: Measurement) -> dict[str, Any]:
    return {
        "engine_id": seen.engine_id,
        "model": seen.model,
        "ram_bytes": seen.footprint.ram,
        "device_bytes": seen.footprint.device,
        "load_seconds": seen.load_seconds,
        "steps_per_second": seen.steps_per_second,
        "tokens_per_second": seen.tokens_per_second,
        "fault": seen.fault.replace("\0", "")[:FAULT_LENGTH],
    }
