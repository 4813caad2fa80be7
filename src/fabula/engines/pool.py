"""The processes of a worker's or server's engines, one for each, within what the machine has.

An engine's process starts with its first request and stays while its model may be wanted again. It
ends when another one needs its memory, the one used least lately first, or when nobody has asked
for it for some time.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import (
    AbstractAsyncContextManager,
    aclosing,
    asynccontextmanager,
    nullcontext,
)
from dataclasses import dataclass, field, replace

from fabula.core import machine
from fabula.core.logging import get_logger
from fabula.engines.base import (
    NO_FOOTPRINT,
    CancelToken,
    EngineContext,
    EngineError,
    Footprint,
)
from fabula.engines.cores import Cores
from fabula.engines.host import EngineHost, HostState
from fabula.engines.host_messages import Device, EngineEvent, EngineRequest, Usage
from fabula.engines.measuring import Measurements, Meter
from fabula.engines.registry import EngineEntry, EngineRegistry
from fabula.engines.room import Room, Tenant, room_for_engines

log = get_logger(__name__)
_LOOK_AGAIN_SECONDS = 0.2
_GB = 1e9


@dataclass(frozen=True, slots=True)
class Limits:
    """What the engines of a process may take. ``threads`` are those of one engine, None for what
    its context says; ``cores`` are the seats that they take while they work, shared with other
    workers; ``ram`` is in bytes, None for what the machine can spare; an engine that was idle for
    ``idle_seconds`` ends, and one that says nothing for ``stall_seconds`` while it works."""

    threads: int | None = None
    cores: Cores | None = None
    ram: int | None = None
    idle_seconds: float = 600.0
    stall_seconds: float = 600.0


@dataclass(frozen=True, slots=True)
class Warm:
    """An engine with a process, ``busy`` with a request or not. ``model`` is the one it last worked
    with, an empty text for the usual one; ``used`` is in seconds of ``time.monotonic``."""

    engine_id: str
    model: str
    used: float
    busy: bool
    state: HostState


@dataclass(slots=True)
class _Place:
    """One engine's place in the pool; ``working`` counts the requests that were admitted."""

    entry: EngineEntry
    context: EngineContext
    host: EngineHost
    model: str = ""
    working: int = 0
    used: float = field(default_factory=time.monotonic)
    needs: Footprint = NO_FOOTPRINT

    @property
    def engine_id(self) -> str:
        return self.entry.info.id

    def tenant(self) -> Tenant:
        state = self.host.state()
        return Tenant(self.needs, Footprint(state.rss or 0, state.usage.held_device))


class PooledEngine:
    """One engine of a pool, to be asked as often as one likes."""

    def __init__(self, pool: "EnginePool", place: _Place) -> None:
        self._pool = pool
        self._place = place

    async def run(
        self, request: EngineRequest, cancel: CancelToken
    ) -> AsyncGenerator[EngineEvent, None]:
        """As ``EngineHost.run``, once there are cores and memory for it; raises ``EngineError``
        (``too_large``) where there never will be."""
        model = getattr(request, "model", None) or ""
        place, meter = self._place, Meter((self._place.engine_id, model))
        async with self._pool.admitted(place, model, cancel):
            loaded, fault = not place.host.state().loaded, ""
            try:
                async with aclosing(place.host.run(request, cancel)) as events:
                    async for event in events:
                        meter.note(event)
                        yield event
            except EngineError as error:
                fault = "" if error.code == "bad_request" else str(error)
                raise
            finally:
                state = place.host.state()
                self._pool.measurements.add(meter.result(state, loaded=loaded, fault=fault))
                self._pool.look_at(state.usage)


class EnginePool:
    """Hosts by engine. Belongs to one event loop.

    An engine that was changed, such as a server with a new address, gets a new process; the old
    one ends when its request does. ``memory`` reads what the machine has.
    """

    def __init__(
        self,
        registry: EngineRegistry,
        limits: Limits | None = None,
        *,
        memory: Callable[[], machine.Memory] = machine.memory,
    ) -> None:
        self.registry = registry
        self.limits = limits or Limits()
        self.measurements = Measurements()
        self.device: Device | None = None
        self._memory = memory
        self._places: dict[str, _Place] = {}
        self._retired: list[_Place] = []

    async def host(self, engine_id: str) -> PooledEngine:
        """The engine. Raises ``EngineError`` where it cannot run here."""
        await self._end_retired()
        entry = self.registry.get(engine_id)
        if entry is None or not entry.availability.available:
            reason = entry.availability.reason if entry else "It is not installed here."
            raise EngineError(
                f"The engine {engine_id} cannot run on this worker: {reason}",
                code="unavailable",
                retryable=True,
            )
        context = self._context(entry)
        known = self._places.get(engine_id)
        if known and (known.entry.path, known.context) == (entry.path, context):
            return PooledEngine(self, known)
        if known:
            self._retired.append(known)
        host = EngineHost(entry.path, context, stall_seconds=self.limits.stall_seconds)
        place = _Place(entry, context, host)
        self._places[engine_id] = place
        return PooledEngine(self, place)

    def warm(self) -> list[Warm]:
        """The engines that have a process, loaded or about to be."""
        states = [(place, place.host.state()) for place in self._places.values()]
        return [
            Warm(place.engine_id, place.model, place.used, place.working > 0, state)
            for place, state in states
            if state.pid is not None
        ]

    def ready(self) -> list[tuple[str, str | None]]:
        """Engine and model of what can begin at once, for a choice among jobs. Connected servers
        have nothing to load here: None stands for each of their models."""
        loaded = [(w.engine_id, w.model) for w in self.warm() if w.state.loaded]
        servers = [(e.info.id, None) for e in self.registry.all() if e.connected]
        return [*loaded, *servers]

    @asynccontextmanager
    async def admitted(self, place: _Place, model: str, cancel: CancelToken) -> AsyncIterator[None]:
        """Hold cores and memory for one request."""
        async with self._cores(place, cancel):
            await self._make_room(place, model, cancel)
            try:
                yield
            finally:
                place.working -= 1
                place.used = time.monotonic()

    async def free(self) -> None:
        """Memory ran out: end all that do nothing, which the engine that failed is one of."""
        for place in self._idle():
            await self._end(place, "memory")

    async def end_idle(self) -> None:
        """End what nobody has asked for in a long time, and what was retired."""
        await self._end_retired()
        before = time.monotonic() - self.limits.idle_seconds
        for place in self._idle():
            if place.used < before:
                await self._end(place, "idle")

    async def close(self) -> None:
        """End all processes, at once where they work."""
        places = [*self._retired, *self._places.values()]
        self._retired, self._places = [], {}
        await asyncio.gather(*(place.host.close() for place in places))

    def look_at(self, usage: Usage) -> None:
        """What a process has said of the graphics card."""
        self.device = usage.device or self.device

    def room(self) -> Room:
        """What there is for engines now."""
        memory = self._memory()
        return Room(room_for_engines(memory.total, self.limits.ram), memory.available, self.device)

    def _context(self, entry: EngineEntry) -> EngineContext:
        threads = self.limits.threads
        return replace(entry.context, threads=threads) if threads else entry.context

    def _cores(self, place: _Place, cancel: CancelToken) -> AbstractAsyncContextManager[None]:
        cores = self.limits.cores
        if cores is None or place.entry.connected:
            return nullcontext()
        return cores.taken(place.context.threads, cancel)

    async def _make_room(self, place: _Place, model: str, cancel: CancelToken) -> None:
        """Wait until the engine fits, and count it as working from then on; the idle ones make
        room. Where programs that are not ours hold the memory, it is tried all the same."""
        place.needs = await self._needs(place, model)
        if not self.room().can_ever_hold(place.needs):
            raise _too_large(place, self.room())
        while not self._fits(place):
            cancel.check()
            if victims := self._idle(but=place):
                await self._end(victims[0], "memory")
            elif any(other.working for other in self._others(place)):
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
            else:
                log.warning("engine.tight", engine=place.engine_id, needs=place.needs.ram)
                break
        place.working += 1
        place.model = model

    async def _needs(self, place: _Place, model: str) -> Footprint:
        """What was measured here, else what the engine says itself."""
        measured = self.measurements.footprint((place.engine_id, model))
        if measured is not None:
            return measured
        return await asyncio.to_thread(self.registry.footprint, place.engine_id, model or None)

    def _fits(self, place: _Place) -> bool:
        others = self._others(place)
        working = [other.tenant() for other in others if other.working]
        idle = [other.tenant() for other in others if not other.working]
        return self.room().admits(place.tenant(), working, idle)

    def _others(self, place: _Place) -> list[_Place]:
        return [each for each in (*self._places.values(), *self._retired) if each is not place]

    def _idle(self, *, but: _Place | None = None) -> list[_Place]:
        """Processes that do nothing, the one used least lately first."""
        idle = [
            place
            for place in self._places.values()
            if place is not but and not place.working and place.host.state().pid is not None
        ]
        return sorted(idle, key=lambda place: place.used)

    async def _end(self, place: _Place, why: str) -> None:
        held = place.host.state().usage.held_device
        log.info("engine.unloaded", engine=place.engine_id, reason=why)
        await place.host.end()
        if self.device is not None:
            free = min(self.device.total, self.device.free + held)
            self.device = replace(self.device, free=free)

    async def _end_retired(self) -> None:
        idle = [place for place in self._retired if not place.working]
        self._retired = [place for place in self._retired if place.working]
        await asyncio.gather(*(place.host.close() for place in idle))


def _too_large(place: _Place, room: Room) -> EngineError:
    needs, there = place.needs.ram / _GB, room.ram / _GB
    return EngineError(
        f"{place.entry.info.name} needs {needs:.1f} GB of memory for this, and engines have "
        f"{there:.1f} GB here. Choose a smaller model, or another engine; an admin can raise "
        "FABULA_ENGINE_MEMORY_GB, or run a worker on a larger machine.",
        code="too_large",
    )
