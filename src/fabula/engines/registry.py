"""Which engines there are, and what they can do on this machine.

Third parties add theirs by the entry-point group ``fabula.engines``: the name is the engine's id,
the value ``module:Class``.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any

from fabula.core.logging import get_logger
from fabula.engines.base import (
    NO_FOOTPRINT,
    Availability,
    EngineContext,
    EngineError,
    EngineInfo,
    Footprint,
    ImageCapabilities,
    ImageEngine,
    Modality,
    Sized,
    TextCapabilities,
    TextEngine,
    VideoCapabilities,
    VideoEngine,
)
from fabula.engines.locate import engine_class

GROUP = "fabula.engines"
BUILT_IN = {
    "sketchbook": "fabula.engines.image.sketchbook.engine:Sketchbook",
    "diffusers-sdxl": "fabula.engines.image.diffusers_sdxl:DiffusersSdxl",
    "motion": "fabula.engines.video.motion.engine:MotionEngine",
    "local-llama": "fabula.engines.text.local_llama:LocalLlama",
}
"""The studio's own entry points, known also where its package metadata is old or absent."""

LOOK_AGAIN_SECONDS = 10.0
PROCESS_BYTES = 128 * 2**20
"""What the process of any engine takes, with the libraries that most of them use."""

log = get_logger(__name__)
Capabilities = ImageCapabilities | VideoCapabilities | TextCapabilities


@dataclass(frozen=True, slots=True)
class EngineEntry:
    """An engine as it is now. ``path`` is ``module:Class``, made with ``context``; without
    availability there are no capabilities. An engine that cannot be imported is listed with what
    is known of it. ``connected`` is True for a server that an admin connected."""

    path: str
    info: EngineInfo
    availability: Availability
    capabilities: Capabilities | None
    context: EngineContext
    connected: bool = False


class EngineRegistry:
    """All engines of this installation, made once; whether each can run is looked up again when
    the last look is older than ``LOOK_AGAIN_SECONDS``, since models come and go.

    ``extra`` are further engines, each ``module:Class``. A broken engine never stops the studio:
    it is logged, and listed as unavailable with its reason.
    """

    def __init__(
        self,
        context: EngineContext,
        extra: Iterable[str] = (),
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.context = context
        self._clock = clock
        self._slots = [_slot(name, path, context) for path, name in _paths(extra).items()]
        self._entries: dict[str, EngineEntry] = {}
        self._looked_at: float | None = None
        self._connected: tuple[EngineEntry, ...] = ()
        self.connected_mark = ""
        """Of which state of the connected servers this registry knows."""

    def connect(self, entries: Iterable[EngineEntry], mark: str) -> None:
        """Replace the connected servers; they are known from now on."""
        self._connected, self.connected_mark = tuple(entries), mark
        self._looked_at = None

    def all(self) -> list[EngineEntry]:
        """Every engine: the studio's own first, then others by entry point, extra ones, and the
        connected servers."""
        return list(self._current().values())

    def get(self, engine_id: str) -> EngineEntry | None:
        return self._current().get(engine_id)

    def make(self, engine_id: str) -> ImageEngine | VideoEngine | TextEngine:
        """A new engine in this process, not loaded. Raises ``KeyError`` for an unknown id."""
        entry = self._current()[engine_id]
        made: ImageEngine | VideoEngine | TextEngine = engine_class(entry.path)(entry.context)
        return made

    def footprint(self, engine_id: str, model: str | None) -> Footprint:
        """What an engine says that it takes, with its process; it may look at files."""
        own = NO_FOOTPRINT
        for slot in self._slots:
            if slot.info.id == engine_id and isinstance(slot.engine, Sized):
                own = slot.footprint(model)
        return Footprint(own.ram + PROCESS_BYTES, own.device)

    def _current(self) -> dict[str, EngineEntry]:
        now = self._clock()
        if self._looked_at is None or now - self._looked_at >= LOOK_AGAIN_SECONDS:
            self._entries = _by_id((*(slot.look() for slot in self._slots), *self._connected))
            self._looked_at = now
        return self._entries


@dataclass(slots=True)
class _Slot:
    """One engine's place in the registry; ``engine`` is None when it could not be made."""

    path: str
    info: EngineInfo
    engine: Any
    context: EngineContext
    fault: str = ""

    def look(self) -> EngineEntry:
        if self.engine is None:
            return self._broken(self.fault)
        try:
            here = self.engine.availability()
            able = self.engine.capabilities() if here.available else None
        except Exception as error:
            log.exception("engine.broken", engine=self.path)
            return self._broken(_reason(error))
        return EngineEntry(self.path, self.info, here, able, self.context)

    def footprint(self, model: str | None) -> Footprint:
        """A guess that cannot be made is none."""
        try:
            said: Footprint = self.engine.footprint(model)
        except (EngineError, OSError):
            log.warning("engine.no_footprint", engine=self.path, exc_info=True)
            return NO_FOOTPRINT
        return said

    def _broken(self, reason: str) -> EngineEntry:
        remedy = f"Repair or uninstall the package that provides {self.path}."
        here = Availability(False, reason, remedy)
        return EngineEntry(self.path, self.info, here, None, self.context)


def _paths(extra: Iterable[str]) -> dict[str, str]:
    """Names by path: each engine once, whichever way it was announced."""
    named = {path: name for name, path in BUILT_IN.items()}
    for point in entry_points(group=GROUP):
        named.setdefault(point.value, point.name)
    for path in extra:
        named.setdefault(path, path.rpartition(":")[2])
    return named


def _slot(name: str, path: str, context: EngineContext) -> _Slot:
    info = _unknown(name, path)
    try:
        found = engine_class(path)
        info = found.info
        return _Slot(path, info, found(context), context)
    except Exception as error:
        log.exception("engine.broken", engine=path)
        return _Slot(path, info, None, context, _reason(error))


def _by_id(entries: Iterable[EngineEntry]) -> dict[str, EngineEntry]:
    found: dict[str, EngineEntry] = {}
    for entry in entries:
        first = found.setdefault(entry.info.id, entry)
        if first is not entry:
            log.warning("engine.same_id", id=entry.info.id, used=first.path, ignored=entry.path)
    return found


def _unknown(name: str, path: str) -> EngineInfo:
    """Stands for an engine whose class cannot be reached; its modality is a guess."""
    return EngineInfo(
        id=name,
        name=name,
        modality=_guess(path),
        version="unknown",
        summary="This engine is installed but could not be read.",
        model="unknown",
        licence="unknown",
    )


def _guess(path: str) -> Modality:
    parts = path.partition(":")[0].split(".")
    return next((kind for kind in Modality if kind.value in parts), Modality.IMAGE)


def _reason(error: Exception) -> str:
    return f"It could not be started: {type(error).__name__}: {error}"
