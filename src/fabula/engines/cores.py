"""Seats for the threads of engines, shared by all workers that use one folder.

A seat is a file that its holder has locked, so a worker that dies leaves its seats at once. Compute
threads that spin at barriers slow down many times when there are more of them than cores: who
finds too few seats waits.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fabula.engines.base import CancelToken

_POLL_SECONDS = 0.02


class Cores:
    """``total`` seats in ``folder``, which is made when needed."""

    def __init__(self, total: int, folder: Path) -> None:
        self.total = total
        self._folder = folder

    @asynccontextmanager
    async def taken(self, count: int, cancel: CancelToken) -> AsyncIterator[None]:
        """Hold so many seats, at most all of them; raises ``Cancelled`` while it waits. Those who
        wait go in by one door, so that many small takers do not keep out a large one."""
        seats = await self._sit(min(count, self.total), cancel)
        try:
            yield
        finally:
            _leave(seats)

    async def _sit(self, count: int, cancel: CancelToken) -> list[int]:
        if count <= 0:
            return []
        self._folder.mkdir(parents=True, exist_ok=True)
        while (door := _locked(self._folder / "door")) is None:
            await _pause(cancel)
        try:
            while len(seats := self._free(count)) < count:
                _leave(seats)
                await _pause(cancel)
        finally:
            os.close(door)
        return seats

    def _free(self, count: int) -> list[int]:
        """At most so many seats that nobody has, now ours."""
        seats: list[int] = []
        for number in range(self.total):
            if len(seats) < count and (seat := _locked(self._folder / str(number))) is not None:
                seats.append(seat)
        return seats


async def _pause(cancel: CancelToken) -> None:
    cancel.check()
    await asyncio.sleep(_POLL_SECONDS)


def _locked(file: Path) -> int | None:
    """The descriptor of a file that is ours until it is closed; None when somebody has it."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _leave(seats: list[int]) -> None:
    for seat in seats:
        os.close(seat)
