"""The processes of a worker's or server's engines, one for each, started by their first request."""

import asyncio

from fabula.engines.base import EngineContext, EngineError
from fabula.engines.host import EngineHost
from fabula.engines.registry import EngineRegistry


class EnginePool:
    """Hosts by engine. Belongs to one event loop.

    An engine that was changed, such as a server with a new address, gets a new process; the old
    one ends when its request does.
    """

    def __init__(self, registry: EngineRegistry) -> None:
        self.registry = registry
        self._hosts: dict[str, tuple[str, EngineContext, EngineHost]] = {}
        self._retired: list[EngineHost] = []

    async def host(self, engine_id: str) -> EngineHost:
        """The engine's host. Raises ``EngineError`` where the engine cannot run here."""
        await self._end_retired()
        entry = self.registry.get(engine_id)
        if entry is None or not entry.availability.available:
            reason = entry.availability.reason if entry else "It is not installed here."
            raise EngineError(
                f"The engine {engine_id} cannot run on this worker: {reason}",
                code="unavailable",
                retryable=True,
            )
        known = self._hosts.get(engine_id)
        if known and known[:2] == (entry.path, entry.context):
            return known[2]
        if known:
            self._retired.append(known[2])
        host = EngineHost(entry.path, entry.context)
        self._hosts[engine_id] = (entry.path, entry.context, host)
        return host

    async def close(self) -> None:
        """End all processes, at once where they work."""
        hosts = [*self._retired, *(host for _, _, host in self._hosts.values())]
        self._retired, self._hosts = [], {}
        await asyncio.gather(*(host.close() for host in hosts))

    async def _end_retired(self) -> None:
        idle = [host for host in self._retired if not host.state().busy]
        self._retired = [host for host in self._retired if host not in idle]
        await asyncio.gather(*(host.close() for host in idle))
