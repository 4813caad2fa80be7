"""What an engine is: one protocol each for text, image and video.

An engine turns a typed request into a stream of events. It knows nothing of jobs, people,
storage or the database, runs in a process of its own, and may block: every ``run`` is a plain
generator. The shapes follow what diffusers' SDXL and Wan pipelines, ComfyUI and
OpenAI-compatible servers take, so that each of them fits behind the same door.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""A picture: shape (height, width, 3), RGB, 0-255."""


class Modality(StrEnum):
    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"


class EngineError(Exception):
    """An engine could not do what it was asked.

    ``code`` is stable (``bad_request``, ``unavailable``, ``out_of_memory``, ``engine_failed``);
    after ``out_of_memory`` the studio makes room and asks once more. The message is a sentence for
    the person who asked. ``retryable`` says whether the same request may succeed later.
    """

    def __init__(
        self, message: str, *, code: str = "engine_failed", retryable: bool = False
    ) -> None:
        super().__init__(message)
        self.code = code
        self.retryable = retryable

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild_error, (str(self), self.code, self.retryable)


def _rebuild_error(message: str, code: str, retryable: bool) -> EngineError:
    return EngineError(message, code=code, retryable=retryable)


class Cancelled(Exception):
    """Raised inside ``run`` at the first step after a cancellation."""


class CancelToken:
    """Set from any thread; an engine calls ``check`` at every step."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        self._event.set()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        """Raise ``Cancelled`` when the work is no longer wanted."""
        if self._event.is_set():
            raise Cancelled


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """Who the engine is; shown in the page and in ``fabula doctor``."""

    id: str
    name: str
    modality: Modality
    version: str
    summary: str
    model: str
    licence: str
    stand_in: bool = False
    """True for an engine that only stands in until a real model is connected."""


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether the engine can run here, and what to do about it when it cannot."""

    available: bool
    reason: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class EngineContext:
    """What an engine is given when it is made."""

    models_dir: str
    """Folder of model files of this studio."""
    threads: int = 1
    """CPU threads that the engine may use."""
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """They may hold keys, and so stay out of what is logged."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """Memory in bytes: main memory, and that of a graphics card."""

    ram: int = 0
    device: int = 0


NO_FOOTPRINT = Footprint()


@dataclass(frozen=True, slots=True)
class Range:
    """Inclusive limits of a numeric option, its step and its default."""

    minimum: float
    maximum: float
    default: float
    step: float = 1


@dataclass(frozen=True, slots=True)
class ImageCapabilities:
    """What an image engine can do; the form shows only this."""

    width: Range
    height: Range
    steps: Range
    guidance_scale: Range
    max_count: int = 6
    negative_prompt: bool = True
    image_to_image: bool = False
    inpainting: bool = False
    previews: bool = False
    schedulers: tuple[str, ...] = ()
    loras: bool = False
    weights: bool = False
    """Whether words of a prompt can count more or less than others."""
    families: tuple[str, ...] = ("sdxl",)
    """Model families of the job table that the engine serves (``sdxl``, ``wan``)."""
    models: tuple[str, ...] = ()
    """Models that a request may name; without any, the engine has one."""
    sizes: tuple[tuple[int, int], ...] = ()
    """The only sizes (width, height), where not every one within the limits is possible."""
    seeds: bool = True
    """Whether equal seeds give equal pictures; some services take no seed."""
    reference_strength: bool = True
    """Whether the strength of a reference counts; some services only take the picture."""
    reference_required: bool = False
    """Whether nothing is made without a reference."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A source picture. ``strength`` is the denoise strength: 0 keeps it, 1 ignores it. Where a
    ``mask`` (height, width, 3) is given, only what is white in it is drawn anew."""

    pixels: Pixels
    strength: float
    mask: Pixels | None = None


@dataclass(frozen=True, slots=True)
class Lora:
    path: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class WeightedSpan:
    """Text that counts ``weight`` times; 1 is neutral, and white space always is."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class WeightedChunk:
    """Spans that are encoded together, white space between them included."""

    spans: tuple[WeightedSpan, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class WeightedText:
    """A text whose words count differently: chunks read one after the other or, ``blended``, mixed
    into one meaning by their weights, brought to a sum of one where ``normalized``."""

    chunks: tuple[WeightedChunk, ...]
    blended: bool = False
    normalized: bool = True


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """One batch of pictures. Picture ``i`` uses seed ``seed + i`` (0 <= seed < 2**63).

    The prompts are words without notation. An engine with ``weights`` also gets what they count,
    where they do not all count the same.
    """

    prompt: str
    seed: int
    width: int
    height: int
    steps: int
    guidance_scale: float
    negative_prompt: str = ""
    count: int = 1
    start_index: int = 0
    """First picture to draw: a resumed batch skips those that were already delivered."""
    reference: Reference | None = None
    scheduler: str | None = None
    model: str | None = None
    loras: tuple[Lora, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    weighted_prompt: WeightedText | None = None
    weighted_negative: WeightedText | None = None


@dataclass(frozen=True, slots=True)
class MotionCapabilities:
    """Camera moves that can be asked for by name, for engines that move a camera on purpose."""

    kinds: tuple[str, ...]
    easings: tuple[str, ...]
    strength: Range
    loop: bool = False


@dataclass(frozen=True, slots=True)
class VideoCapabilities:
    """What a video engine can do. A clip must be within ``frames`` and within ``seconds``."""

    width: Range
    height: Range
    frames: Range
    fps: Range
    seconds: Range
    steps: Range
    guidance_scale: Range
    max_count: int = 1
    negative_prompt: bool = False
    first_frame: bool = False
    last_frame: bool = False
    previews: bool = False
    motion: MotionCapabilities | None = None
    families: tuple[str, ...] = ("wan",)


@dataclass(frozen=True, slots=True)
class Motion:
    """A camera move. What is None is read from the prompt, or the engine's own choice."""

    kind: str | None = None
    strength: float | None = None
    easing: str | None = None
    loop: bool | None = None


@dataclass(frozen=True, slots=True)
class VideoRequest:
    """One clip; ``frames`` at ``fps`` frames a second. A last frame needs a first one."""

    prompt: str
    seed: int
    width: int
    height: int
    frames: int
    fps: float
    steps: int
    guidance_scale: float
    negative_prompt: str = ""
    first_frame: Pixels | None = None
    last_frame: Pixels | None = None
    motion: Motion | None = None
    model: str | None = None
    loras: tuple[Lora, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TextCapabilities:
    """What a text engine can do. ``context`` is in tokens of its own tokenizer."""

    context: int
    prefill: bool = False
    json_schema: bool = False
    streaming: bool = True


@dataclass(frozen=True, slots=True)
class Message:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class TextRequest:
    """A chat completion. A trailing assistant message is a prefill where that is supported."""

    messages: tuple[Message, ...]
    max_tokens: int = 256
    temperature: float = 0.7
    top_p: float = 0.95
    seed: int | None = None
    stop: tuple[str, ...] = ()
    json_schema: Mapping[str, Any] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """``step`` of ``steps`` of output ``index`` is done. Never goes backwards within an output."""

    index: int
    step: int
    steps: int
    preview: bytes | None = None
    """A small JPEG or WebP of what is there so far."""


@dataclass(frozen=True, slots=True)
class EngineWarning:
    """Something that the person should know about the result; stored with the job."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ImageOutput:
    """A finished picture with the parameters that were really used."""

    index: int
    seed: int
    pixels: Pixels
    effective: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VideoOutput:
    """A finished clip: a whole H.264 MP4 file without sound."""

    index: int
    seed: int
    mp4: bytes
    width: int
    height: int
    frames: int
    fps: float
    effective: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class TextDone:
    """The end of a reply. Token counts are the engine's own, ``None`` when it does not say."""

    text: str
    finish_reason: Literal["stop", "length", "cancelled"]
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


ImageEvent = Progress | EngineWarning | ImageOutput
VideoEvent = Progress | EngineWarning | VideoOutput
TextEvent = TextDelta | EngineWarning | TextDone


class Engine(Protocol):
    """What all engines share. Made as ``EngineClass(context)``; making it must be cheap."""

    info: EngineInfo

    def __init__(self, context: EngineContext) -> None: ...

    def availability(self) -> Availability:
        """Say whether it can run here, without loading a model."""
        ...

    def load(self) -> None:
        """Load the model; called once in the engine's process before the first ``run``."""
        ...

    def unload(self) -> None:
        """Free what ``load`` took."""
        ...


@runtime_checkable
class Sized(Protocol):
    """An engine that says what it will take before it has been measured."""

    def footprint(self, model: str | None) -> Footprint:
        """What loading a model (None is the usual one) and working with it takes, roughly: the
        size of its files. Loads nothing."""
        ...


@runtime_checkable
class ImageEngine(Engine, Protocol):
    def capabilities(self) -> ImageCapabilities: ...

    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        """Draw the batch. Raises ``EngineError`` (``bad_request`` for options out of range)
        and ``Cancelled``; afterwards the engine can be used again."""
        ...


@runtime_checkable
class VideoEngine(Engine, Protocol):
    def capabilities(self) -> VideoCapabilities: ...

    def run(self, request: VideoRequest, cancel: CancelToken) -> Iterator[VideoEvent]:
        """Make the clip; errors as in ``ImageEngine.run``."""
        ...


@runtime_checkable
class TextEngine(Engine, Protocol):
    def capabilities(self) -> TextCapabilities: ...

    def run(self, request: TextRequest, cancel: CancelToken) -> Iterator[TextEvent]:
        """Write the reply, ending with exactly one ``TextDone``."""
        ...

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text`` by the model's own tokenizer."""
        ...
