"""An engine that stands before another one and goes wrong as it is told."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from fabula.engines.base import (
    Availability,
    CancelToken,
    EngineContext,
    EngineError,
    EngineInfo,
    ImageOutput,
    VideoOutput,
)
from fabula.engines.locate import engine_class
from fabula.engines.registry import Capabilities


class Unreadable:
    """Cannot be made again from what is sent of it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _refuse, ()


def _refuse() -> None:
    raise ValueError("what is this?")


class Faulty:
    """Does the first line of the file ``options["orders"]``, which is done then, and leaves the
    rest to the engine ``options["wraps"]``."""

    info: EngineInfo

    def __init__(self, context: EngineContext) -> None:
        self._orders = Path(context.options["orders"])
        self._engine: Any = engine_class(context.options["wraps"])(context)

    def availability(self) -> Availability:
        return self._engine.availability()  # type: ignore[no-any-return]

    def capabilities(self) -> Capabilities:
        return self._engine.capabilities()  # type: ignore[no-any-return]

    def load(self) -> None:
        if self._next("killed at load"):
            os.kill(os.getpid(), signal.SIGKILL)
        self._engine.load()

    def unload(self) -> None:
        self._engine.unload()

    def run(self, request: Any, cancel: CancelToken) -> Iterator[Any]:
        for event in self._engine.run(request, cancel):
            if self._next("killed in the middle"):
                os.kill(os.getpid(), signal.SIGKILL)
            if self._next("stuck"):
                time.sleep(3600)
            if self._next("out of memory"):
                raise EngineError("The card is full.", code="out_of_memory", retryable=True)
            if self._next("crash"):
                raise KeyError("unexpected")
            if self._next("ends early"):
                return
            if self._next("something unreadable"):
                yield Unreadable()
            if self._next("something else"):
                yield "not an event"
            if isinstance(event, ImageOutput | VideoOutput) and self._next("a broken output"):
                yield broken(event)
            else:
                yield event

    def _next(self, order: str) -> bool:
        lines = self._orders.read_text().splitlines()
        if lines[:1] != [order]:
            return False
        self._orders.write_text("\n".join(lines[1:]))
        return True


def broken(event: ImageOutput | VideoOutput) -> ImageOutput | VideoOutput:
    if isinstance(event, ImageOutput):
        return replace(event, pixels=event.pixels[..., :1].astype("float64"))
    return replace(event, mp4=b"no clip")
