"""What engines say that they can do: limits, defaults, and what else a form can offer."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Range:
    """Inclusive limits of a numeric option, its step and its default."""

    minimum: float
    maximum: float
    default: float
    step: float = 1


@dataclass(frozen=True, slots=True)
class LoraChoice:
    """A LoRA by the name that a request gives as ``Lora.path``. ``family`` is the family of models
    that it was made for, as ``model_files.families`` has them; empty where nobody knows."""

    name: str
    family: str = ""


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
    """Whether a reference may have a mask."""
    previews: bool = False
    schedulers: tuple[str, ...] = ()
    loras: bool = False
    weights: bool = False
    """Whether words of a prompt can count more or less than others."""
    families: tuple[str, ...] = ("sdxl",)
    """Model families of the job table that the engine serves (``sdxl``, ``wan``)."""
    models: tuple[str, ...] = ()
    """Models that a request may name; without any, the engine has one."""
    default_model: str = ""
    """Which of ``models`` a request gets that names none; empty where nobody knows."""
    model_families: Mapping[str, str] = field(default_factory=dict)
    """Families of ``models``, as far as they are known."""
    lora_files: tuple[LoraChoice, ...] = ()
    """LoRAs that a request may name, where ``loras``."""
    sizes: tuple[tuple[int, int], ...] = ()
    """The only sizes (width, height), where not every one within the limits is possible."""
    seeds: bool = True
    """Whether equal seeds give equal pictures; some services take no seed."""
    reference_strength: bool = True
    """Whether the strength of a reference counts; some services only take the picture."""
    reference_required: bool = False
    """Whether nothing is made without a reference."""
    factors: tuple[int, ...] = ()
    """By how much a picture can be upscaled. An engine with factors does only that: it reads no
    words, belongs to no family, and its sizes are a factor times those of the reference."""
    max_pixels: int | None = None
    """The most pixels of a picture, where that is less than both sides at their maximum."""


@dataclass(frozen=True, slots=True)
class MotionCapabilities:
    """Camera moves that can be asked for by name, for engines that move a camera on purpose."""

    kinds: tuple[str, ...]
    easings: tuple[str, ...]
    strength: Range
    loop: bool = False


@dataclass(frozen=True, slots=True)
class VideoCapabilities:
    """What a video engine can do. A clip must be within ``frames`` and within ``seconds``; where
    ``frames`` goes in steps, only those lengths are possible."""

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
    first_frame_required: bool = False
    """Whether nothing is made from the prompt alone."""
    previews: bool = False
    motion: MotionCapabilities | None = None
    families: tuple[str, ...] = ("wan",)
    models: tuple[str, ...] = ()
    """These and the following as in ``ImageCapabilities``."""
    default_model: str = ""
    model_families: Mapping[str, str] = field(default_factory=dict)
    loras: bool = False
    lora_files: tuple[LoraChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class TextCapabilities:
    """What a text engine can do. ``context`` is in tokens of its own tokenizer."""

    context: int
    prefill: bool = False
    json_schema: bool = False
    streaming: bool = True
