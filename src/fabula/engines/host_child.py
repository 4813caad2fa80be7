"""The parent's handle on one engine process: start, messages, end."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from typing import Self

import psutil

from fabula.engines.base import EngineContext
from fabula.engines.host_messages import (
    LENGTH,
    Failed,
    Message,
    Quit,
    Start,
    ToProcess,
    pack,
    unpack,
)

_BOOT = (
    "import sys; sys.path[:] = sys.argv[3:]; "
    "from fabula.engines.host_process import main; main(int(sys.argv[1]), int(sys.argv[2]))"
)
_BUFFER_BYTES = 16 * 2**20
_WAITING_MESSAGES = 64
_REAP_SECONDS = 5.0
_THREAD_SETTINGS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "RAYON_NUM_THREADS",
)


class ChildEnded(Exception):
    """The process is gone. ``exit_code`` as in ``subprocess``: negative for a signal."""

    def __init__(self, exit_code: int | None) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code


class EngineChild:
    """A process that serves one engine. Belongs to the event loop that started it."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._process = process
        self._writer = writer
        self._killed = False
        self._inbox: asyncio.Queue[Message | None] = asyncio.Queue(_WAITING_MESSAGES)
        self._pump = asyncio.create_task(self._receive_all(reader))

    @classmethod
    async def start(cls, path: str, context: EngineContext) -> Self:
        """Start the process; the engine itself is made and loaded by its first request."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = _spawn(theirs, context.threads)
        reader, writer = await asyncio.open_connection(sock=ours, limit=_BUFFER_BYTES)
        child = cls(process, reader, writer)
        child.send(Start(path, context))
        return child

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None and not self._pump.done()

    def memory_bytes(self) -> int | None:
        """Resident memory of the process."""
        with suppress(psutil.Error):
            return int(psutil.Process(self.pid).memory_info().rss)
        return None

    def send(self, message: ToProcess) -> None:
        """Hand a message to the event loop. A dead process shows in ``receive``."""
        if not self._writer.is_closing():
            self._writer.write(pack(message))

    async def receive(self, seconds: float) -> Message | None:
        """The next message, or None after so long without one. Raises ``ChildEnded``."""
        try:
            async with asyncio.timeout(seconds):
                message = await self._inbox.get()
        except TimeoutError:
            if not self._killed:
                self._end_orphans()
                return None
            message = None
        if message is None:
            await self._ended(_REAP_SECONDS)
            raise ChildEnded(await self.kill())
        return message

    async def quit(self, seconds: float) -> None:
        """Let the engine unload, and kill what is left after so long."""
        self.send(Quit())
        await self._ended(seconds)
        await self.kill()

    async def kill(self) -> int | None:
        """End the process and those that it started. Returns the exit code."""
        if not self._killed:
            self._killed = True
            self._pump.cancel()
            self._writer.close()
            self._kill_group()
            await self._ended(_REAP_SECONDS)
        return self._process.returncode

    def _end_orphans(self) -> None:
        """Processes that an engine started may outlive it and keep the socket open."""
        if self._process.poll() is not None:
            self._kill_group()

    def _kill_group(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    async def _ended(self, seconds: float) -> None:
        with suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(self._process.wait, seconds)

    async def _receive_all(self, reader: asyncio.StreamReader) -> None:
        """Until the socket ends, or brings what is no message: that is a fault of the engine."""
        try:
            while True:
                (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
                await self._inbox.put(unpack(await reader.readexactly(length)))
        except (asyncio.IncompleteReadError, OSError):
            pass
        except Exception as error:  # noqa: BLE001 - what it sent may be anything
            details = "".join(traceback.format_exception(error))
            message = "The engine sent something that cannot be read."
            await self._inbox.put(Failed(message, "engine_failed", retryable=True, fault=details))
        await self._inbox.put(None)


def _spawn(theirs: socket.socket, threads: int) -> subprocess.Popen[bytes]:
    """Start the interpreter. It gets a session of its own, so that Ctrl-C in the terminal is the
    parent's business, and writes what it prints to standard error."""
    numbers = (str(theirs.fileno()), str(os.getpid()))
    return subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-P", "-c", _BOOT, *numbers, *sys.path],
        stdin=subprocess.DEVNULL,
        stdout=2,
        env=_environment(threads),
        pass_fds=(theirs.fileno(),),
        start_new_session=True,
    )


def _environment(threads: int) -> Mapping[str, str]:
    """Thread budgets must stand before the process imports numpy or torch."""
    budget = dict.fromkeys(_THREAD_SETTINGS, str(threads))
    return {**os.environ, **budget, "TOKENIZERS_PARALLELISM": "false"}
