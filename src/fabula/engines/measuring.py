"""What engines take and how quick they are here, as seen while they work.

What is known decides what fits into memory together; what is fresh waits to be written down.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from fabula.engines.base import NO_FOOTPRINT, Footprint, Progress, TextDelta, TextDone
from fabula.engines.host import HostState
from fabula.engines.host_messages import EngineEvent

Key = tuple[str, str]
"""An engine's id and a model of it; an empty text is its usual one."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One or more runs of an engine with a model. None and an empty text are what was not seen."""

    engine_id: str
    model: str
    footprint: Footprint = NO_FOOTPRINT
    load_seconds: float | None = None
    steps_per_second: float | None = None
    tokens_per_second: float | None = None
    fault: str = ""

    @property
    def key(self) -> Key:
        return self.engine_id, self.model


class Measurements:
    """Those of one process, with what earlier processes of the machine have ``known``."""

    def __init__(self) -> None:
        self._known: dict[Key, Footprint] = {}
        self._fresh: dict[Key, Measurement] = {}

    def remember(self, known: Iterable[tuple[Key, Footprint]]) -> None:
        self._known.update(known)

    def footprint(self, key: Key) -> Footprint | None:
        """The most that the engine was seen to take; None before it was measured."""
        return self._known.get(key)

    def add(self, seen: Measurement) -> None:
        most = _most(self._known.get(seen.key, NO_FOOTPRINT), seen.footprint)
        if most != NO_FOOTPRINT:
            self._known[seen.key] = most
        before = self._fresh.get(seen.key)
        self._fresh[seen.key] = _joined(before, seen) if before else seen

    def take(self) -> list[Measurement]:
        """What is not written down yet, and is so from now on."""
        fresh, self._fresh = list(self._fresh.values()), {}
        return fresh


class Meter:
    """Watches one run. Speed is counted between the first and the last sign of work, so that
    reading the prompt and writing the file do not count."""

    def __init__(self, key: Key) -> None:
        self._key = key
        self._steps = 0
        self._pieces = 0
        self._tokens: int | None = None
        self._first = self._last = 0.0

    def note(self, event: EngineEvent) -> None:
        match event:
            case Progress():
                self._steps += 1
            case TextDelta():
                self._pieces += 1
            case TextDone():
                self._tokens = event.completion_tokens
                return
            case _:
                return
        self._last = time.monotonic()
        self._first = self._first or self._last

    def result(self, state: HostState, *, loaded: bool, fault: str = "") -> Measurement:
        """What was seen; ``loaded`` says whether the model was loaded for this run."""
        tokens = self._tokens if self._tokens is not None else self._pieces
        usage = state.usage
        return Measurement(
            *self._key,
            footprint=Footprint(usage.peak_ram, usage.peak_device),
            load_seconds=state.load_seconds if loaded else None,
            steps_per_second=self._rate(self._steps),
            tokens_per_second=self._rate(tokens) if self._pieces else None,
            fault=fault,
        )

    def _rate(self, count: int) -> float | None:
        took = self._last - self._first
        return (count - 1) / took if count > 1 and took > 0 else None


def _joined(first: Measurement, then: Measurement) -> Measurement:
    return replace(
        then,
        footprint=_most(first.footprint, then.footprint),
        load_seconds=_newer(first.load_seconds, then.load_seconds),
        steps_per_second=_newer(first.steps_per_second, then.steps_per_second),
        tokens_per_second=_newer(first.tokens_per_second, then.tokens_per_second),
        fault=then.fault or first.fault,
    )


def _newer(first: float | None, then: float | None) -> float | None:
    return first if then is None else then


def _most(one: Footprint, other: Footprint) -> Footprint:
    return Footprint(max(one.ram, other.ram), max(one.device, other.device))
