"""Text engines for the tests: they write what they are told to, slowly, or not at all."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

from fabula.engines.base import (
    CancelToken,
    EngineError,
    EngineInfo,
    Modality,
    TextDelta,
    TextDone,
    TextRequest,
)


def info(*, stand_in: bool = True) -> EngineInfo:
    return EngineInfo(
        id="writer",
        name="Writer",
        modality=Modality.TEXT,
        version="1",
        summary="Writes what it is told to.",
        model="none",
        licence="Apache-2.0",
        stand_in=stand_in,
    )


@dataclass
class Writer:
    """A text engine and its host in one. ``reply`` is what it writes, or the error it raises."""

    reply: str | Exception
    delay: float = 0.0
    info: EngineInfo = field(default_factory=info)
    requests: list[TextRequest] = field(default_factory=list)
    cancelled: list[bool] = field(default_factory=list)
    written: int = 0
    """Words that it came to write."""

    @property
    def host(self) -> "Writer":
        return self

    async def current(self) -> "Writer":
        return self

    async def run(self, request: TextRequest, cancel: CancelToken) -> AsyncGenerator[Any, None]:
        self.requests.append(request)
        try:
            await asyncio.sleep(self.delay)
            if isinstance(self.reply, Exception):
                raise self.reply
            for word in self.reply.split(" "):
                self.written += 1
                yield TextDelta(word + " ")
            yield TextDone(self.reply, "stop")
        finally:
            self.cancelled.append(cancel.cancelled)


FAILURE = EngineError("The engine's process was killed.", code="engine_died", retryable=True)
