"""What the studio and an engine's process say to each other.

A message is a pickle behind its length in eight bytes, over a socket that only these two hold.
"""

import pickle
import struct
from dataclasses import dataclass, field

from fabula.engines.base import (
    EngineContext,
    ImageEvent,
    ImageRequest,
    TextEvent,
    TextRequest,
    VideoEvent,
    VideoRequest,
)

EngineRequest = ImageRequest | VideoRequest | TextRequest
EngineEvent = ImageEvent | VideoEvent | TextEvent

LENGTH = struct.Struct(">Q")


@dataclass(frozen=True, slots=True)
class Start:
    """First message to the process: which engine (``module:Class``), made with what."""

    path: str
    context: EngineContext


@dataclass(frozen=True, slots=True)
class Run:
    request: EngineRequest


@dataclass(frozen=True, slots=True)
class Stop:
    """Cancel what runs."""


@dataclass(frozen=True, slots=True)
class Quit:
    """Unload the engine and end."""


@dataclass(frozen=True, slots=True)
class Device:
    """A graphics card as the driver tells of it, in bytes; ``free`` counts all programs."""

    name: str
    total: int
    free: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What the engine's process takes, in bytes: the most of main memory since it started, the most
    of the card's since it was last asked, and what it holds of the card now."""

    peak_ram: int = 0
    peak_device: int = 0
    held_device: int = 0
    device: Device | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """The model is loaded; ``seconds`` include making the engine."""

    seconds: float
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class Emitted:
    """An event of the engine."""

    event: EngineEvent


@dataclass(frozen=True, slots=True)
class Finished:
    """The request is done."""

    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class Stopped:
    """The request was cancelled."""

    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class Failed:
    """The request failed. After a ``fault`` (a traceback) the process is not to be trusted."""

    message: str
    code: str
    retryable: bool
    fault: str = ""
    usage: Usage = field(default_factory=Usage)


ToProcess = Start | Run | Stop | Quit
FromProcess = Loaded | Emitted | Finished | Stopped | Failed
Message = ToProcess | FromProcess


def pack(message: Message) -> bytes:
    """The message as it goes over the socket."""
    body = pickle.dumps(message, protocol=5)
    return LENGTH.pack(len(body)) + body


def unpack(body: bytes) -> Message:
    """A message from its bytes without the length. Both ends are the studio's own processes."""
    message: Message = pickle.loads(body)  # noqa: S301 - never from outside: it has no address
    return message
