"""Asynchronous work of an engine as the plain generator that the studio asks for."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from typing import TypeVar

from fabula.engines.base import Cancelled, CancelToken

T = TypeVar("T")
_POLL_SECONDS = 0.05


def drive(events: AsyncGenerator[T, None], cancel: CancelToken) -> Iterator[T]:
    """The events, one by one, on an event loop of their own.

    A cancellation is seen at once: the generator gets ``asyncio.CancelledError`` where it waits,
    may tell the server, and ``Cancelled`` is raised. Leaving early closes the generator.
    """
    with asyncio.Runner() as runner:
        try:
            while True:
                cancel.check()
                try:
                    event = runner.run(_next(events, cancel))
                except StopAsyncIteration:
                    return
                yield event
        finally:
            runner.run(events.aclose())


async def _next(events: AsyncGenerator[T, None], cancel: CancelToken) -> T:
    task = asyncio.ensure_future(anext(events))
    while not task.done():
        await asyncio.wait({task}, timeout=_POLL_SECONDS)
        if cancel.cancelled and not task.done():
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled():
                task.exception()
            raise Cancelled
    return await task
