"""The child's side of ``EngineHost``: load once, then run what comes, one after the other."""

import ctypes
import os
import signal
import socket
import threading
import time
import traceback
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from fabula.engines.base import Cancelled, CancelToken, EngineError
from fabula.engines.host_messages import (
    LENGTH,
    Emitted,
    EngineRequest,
    Failed,
    Finished,
    FromProcess,
    Loaded,
    Message,
    Quit,
    Run,
    Start,
    Stop,
    Stopped,
    pack,
    unpack,
)
from fabula.engines.locate import engine_class
from fabula.engines.usage import read_usage

_PR_SET_PDEATHSIG = 1
_OOM_SCORE = "500"

Job = tuple[EngineRequest, CancelToken]


def main(descriptor: int, parent: int) -> None:
    """Serve the process ``parent`` over the socket ``descriptor`` until either of them ends."""
    _die_with(parent)
    _leave_signals_to_the_parent()
    _be_the_first_to_go()
    channel = Channel(socket.socket(fileno=descriptor))
    start = channel.receive()
    if isinstance(start, Start):
        Server(channel, start).serve()


class Channel:
    """Blocking messages over a socket. The parent's end means the end of this process."""

    def __init__(self, connection: socket.socket) -> None:
        connection.set_inheritable(False)
        self._connection = connection
        self._reader = connection.makefile("rb")

    def send(self, message: FromProcess) -> None:
        data = pack(message)
        try:
            self._connection.sendall(data)
        except OSError:
            os._exit(0)

    def receive(self) -> Message:
        with suppress(OSError):
            header = self._reader.read(LENGTH.size)
            if len(header) == LENGTH.size:
                (length,) = LENGTH.unpack(header)
                body = self._reader.read(length)
                if len(body) == length:
                    return unpack(body)
        os._exit(0)


class Server:
    """Runs requests in the main thread while another listens for ``Stop``."""

    def __init__(self, channel: Channel, start: Start) -> None:
        self._channel = channel
        self._start = start
        self._engine: Any = None
        self._inbox: SimpleQueue[Job | None] = SimpleQueue()

    def serve(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()
        while (job := self._inbox.get()) is not None:
            self._channel.send(self._answer(*job))
        if self._engine is not None:
            self._engine.unload()

    def _listen(self) -> None:
        token = CancelToken()
        while True:
            match self._channel.receive():
                case Run(request):
                    token = CancelToken()
                    self._inbox.put((request, token))
                case Stop():
                    token.cancel()
                case Quit():
                    self._inbox.put(None)

    def _answer(self, request: EngineRequest, token: CancelToken) -> FromProcess:
        try:
            self._work(request, token)
        except Cancelled:
            return Stopped(read_usage())
        except EngineError as error:
            return Failed(str(error), error.code, error.retryable, usage=read_usage())
        except MemoryError:
            message = "The engine ran out of memory."
            return Failed(message, "out_of_memory", retryable=True, usage=read_usage())
        except Exception as error:  # noqa: BLE001 - an engine may raise anything
            return _fault(error)
        return Finished(read_usage())

    def _work(self, request: EngineRequest, token: CancelToken) -> None:
        self._load_once()
        token.check()
        for event in self._engine.run(request, token):
            self._channel.send(Emitted(event))
            token.check()

    def _load_once(self) -> None:
        if self._engine is not None:
            return
        began = time.monotonic()
        engine = engine_class(self._start.path)(self._start.context)
        engine.load()
        self._engine = engine
        self._channel.send(Loaded(time.monotonic() - began, read_usage()))


def _fault(error: Exception) -> Failed:
    message = (
        f"The engine failed with an unexpected error ({type(error).__name__}); "
        "the logs of the worker have the details."
    )
    details = "".join(traceback.format_exception(error))
    return Failed(message, "engine_failed", retryable=True, fault=details)


def _die_with(parent: int) -> None:
    """Linux ends this process with the thread that started it; elsewhere the closed socket does."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def _leave_signals_to_the_parent() -> None:
    """A service manager signals all processes at once; when to end is the parent's decision.
    Handlers rather than SIG_IGN, which programs started by an engine would inherit."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)


def _be_the_first_to_go() -> None:
    """Out of memory, the kernel shall end the engine and not the database or the worker."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE, encoding="ascii")
