"""An engine in a process of its own, so that its faults, its memory and its threads stay there."""

import asyncio
import signal
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Self

from fabula.core.logging import get_logger
from fabula.core.machine import killed_for_memory
from fabula.engines.base import Cancelled, CancelToken, EngineContext, EngineError
from fabula.engines.host_child import ChildEnded, EngineChild
from fabula.engines.host_messages import (
    Emitted,
    EngineEvent,
    EngineRequest,
    Failed,
    Finished,
    Loaded,
    Run,
    Stop,
    Stopped,
    Usage,
)

log = get_logger(__name__)
_POLL_SECONDS = 0.05
_QUIT_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class HostState:
    """What the engine's process is doing: resident memory in bytes, seconds of its last load, and
    what it said of itself when it last loaded or ended a request."""

    loaded: bool = False
    busy: bool = False
    pid: int | None = None
    rss: int | None = None
    load_seconds: float | None = None
    usage: Usage = field(default_factory=Usage)


@dataclass(slots=True)
class _Watch:
    """Patience with one request: when the process was last heard, when it was told to stop."""

    cancel: CancelToken
    heard: float
    asked: float | None = None


class EngineHost:
    """Runs requests of one engine, one after the other, in a child process.

    The process starts with the first request and keeps the model loaded. When it dies, or says
    nothing for ``stall_seconds``, the request fails with a retryable ``EngineError`` and the next
    request gets a fresh process. A cancelled engine has ``cancel_seconds`` to come to its next
    step before its process is killed. ``path`` is ``module:Class``. All methods belong to one
    event loop, and the thread of that loop must live as long as the host.
    """

    def __init__(
        self,
        path: str,
        context: EngineContext,
        *,
        stall_seconds: float = 600.0,
        cancel_seconds: float = 15.0,
    ) -> None:
        self._path = path
        self._context = context
        self._stall = stall_seconds
        self._grace = cancel_seconds
        self._turn = asyncio.Lock()
        self._child: EngineChild | None = None
        self._busy = False
        self._closed = False
        self._load_seconds: float | None = None
        self._usage = Usage()
        self._killed_before = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def run(
        self, request: EngineRequest, cancel: CancelToken
    ) -> AsyncGenerator[EngineEvent, None]:
        """The engine's events. Raises ``EngineError`` and ``Cancelled`` as the engine does;
        ``engine_died`` and ``engine_stuck`` are codes of the host, and ``out_of_memory`` also means
        that the kernel ended the process for want of memory. A caller that leaves early
        cancels the request."""
        async with self._turn_of(cancel):
            child = await self._ready()
            child.send(Run(request))
            self._busy = True
            watch = _Watch(cancel, time.monotonic())
            try:
                async with aclosing(self._events(child, watch)) as events:
                    async for event in events:
                        yield event
            finally:
                if self._busy:
                    child.send(Stop())

    async def close(self) -> None:
        """End the process, at once if it is working. The host takes no more requests."""
        self._closed = True
        child, self._child = self._child, None
        if child is None:
            return
        if self._busy:
            await child.kill()
        else:
            await child.quit(_QUIT_SECONDS)

    async def end(self) -> None:
        """Let the engine unload and its process end, once no request runs. The next request gets a
        fresh one."""
        async with self._turn:
            child, self._child = self._child, None
            busy, self._busy = self._busy, False
            if child is not None:
                await (child.kill() if busy else child.quit(_QUIT_SECONDS))

    def state(self) -> HostState:
        child = self._child
        if child is None or not child.alive:
            return HostState()
        return HostState(
            loaded=self._load_seconds is not None,
            busy=self._busy,
            pid=child.pid,
            rss=child.memory_bytes(),
            load_seconds=self._load_seconds,
            usage=self._usage,
        )

    @asynccontextmanager
    async def _turn_of(self, cancel: CancelToken) -> AsyncIterator[None]:
        """Wait for earlier requests, but not longer than this one is wanted."""
        turn = asyncio.ensure_future(self._turn.acquire())
        try:
            while not turn.done():
                await asyncio.wait({turn}, timeout=_POLL_SECONDS)
                cancel.check()
            cancel.check()
            yield
        finally:
            if not turn.cancel():
                self._turn.release()

    async def _ready(self) -> EngineChild:
        """A process that waits for work: the one that is there, or a fresh one."""
        if self._closed:
            raise self._shut_down()
        if self._child is not None and self._busy:
            await self._settle(self._child)
        if self._child is not None and not self._child.alive:
            await self._discard()
        if self._child is None:
            self._load_seconds, self._usage = None, Usage()
            self._killed_before = killed_for_memory()
            self._child = await EngineChild.start(self._path, self._context)
            log.info("engine.started", engine=self._path, pid=self._child.pid)
        return self._child

    async def _settle(self, child: EngineChild) -> None:
        """Wait for the end of a request that its caller left."""
        watch = _Watch(CancelToken(), time.monotonic())
        watch.cancel.cancel()
        with suppress(Cancelled, EngineError):
            async for _ in self._events(child, watch):
                pass

    async def _events(self, child: EngineChild, watch: _Watch) -> AsyncGenerator[EngineEvent, None]:
        while True:
            await self._mind(child, watch)
            try:
                message = await child.receive(_POLL_SECONDS)
            except ChildEnded as end:
                raise await self._died(end) from None
            match message:
                case None:
                    continue
                case Loaded(seconds, usage):
                    self._load_seconds, self._usage = seconds, usage
                case Emitted(event):
                    yield event
                case Finished(usage):
                    self._busy, self._usage = False, usage
                    return
                case Stopped(usage):
                    self._busy, self._usage = False, usage
                    raise Cancelled
                case Failed():
                    raise await self._failure(message)
            watch.heard = time.monotonic()

    async def _mind(self, child: EngineChild, watch: _Watch) -> None:
        """Pass a cancellation on; give up on a process that does not answer."""
        now = time.monotonic()
        if watch.cancel.cancelled and watch.asked is None:
            watch.asked = now
            child.send(Stop())
        if watch.asked is not None and now - watch.asked > self._grace:
            log.warning("engine.cancel_ignored", engine=self._path, seconds=self._grace)
            await self._discard()
            raise Cancelled
        if now - watch.heard > self._stall:
            log.warning("engine.stuck", engine=self._path, seconds=self._stall)
            await self._discard()
            message = f"The engine gave no sign of life for {self._stall:g} seconds."
            raise EngineError(message, code="engine_stuck", retryable=True)

    async def _failure(self, failed: Failed) -> EngineError:
        self._busy, self._usage = False, failed.usage
        if failed.fault:
            log.error("engine.fault", engine=self._path, traceback=failed.fault)
            await self._discard()
        return EngineError(failed.message, code=failed.code, retryable=failed.retryable)

    async def _died(self, end: ChildEnded) -> EngineError:
        await self._discard()
        if self._closed:
            return self._shut_down()
        log.warning("engine.died", engine=self._path, exit_code=end.exit_code)
        if end.exit_code == -signal.SIGKILL and killed_for_memory() > self._killed_before:
            message = "The machine ran out of memory, and the engine's process was ended for it."
            return EngineError(message, code="out_of_memory", retryable=True)
        return EngineError(_ending(end.exit_code), code="engine_died", retryable=True)

    async def _discard(self) -> None:
        child, self._child = self._child, None
        self._busy = False
        if child is not None:
            await child.kill()

    def _shut_down(self) -> EngineError:
        message = "The engine was shut down with its worker."
        return EngineError(message, code="unavailable", retryable=True)


def _ending(code: int | None) -> str:
    """Why the process ended, as a sentence for the person who asked."""
    if code == -signal.SIGKILL:
        return "The engine's process was killed, perhaps because memory ran out."
    if code is not None and code < 0:
        return f"The engine's process crashed ({signal.Signals(-code).name})."
    return f"The engine's process ended in the middle of the work (exit code {code})."
