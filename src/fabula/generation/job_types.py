"""The one table of job types: what each makes, with which model family, at which price.

Prices and settings follow section 4.1 of the behaviour notes; an active row of
``model_config_history`` overrides the settings of its model.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

Format = Literal["image", "video"]
Quality = Literal["fast", "high"]
Family = Literal["sdxl", "wan"]


@dataclass(frozen=True, slots=True)
class JobType:
    """``credits`` are for one output; sizes are pixels; ``frames`` is 1 for a picture."""

    name: str
    family: Family
    format: Format
    quality: Quality
    credits: int
    steps: int
    guidance_scale: float
    width: int
    height: int
    frames: int = 1
    fps: float = 16.0
    rewritten: bool = False
    engines: tuple[str, ...] = ()
    """Engines that serve it, best first; the first that can run here is used."""


_PICTURE_ENGINES = ("diffusers-sdxl", "sketchbook")
_FRAME_ENGINES = ("diffusers-wan-frame", "sketchbook")
_CLIP_ENGINES = ("diffusers-wan", "motion")


def _high(fast: JobType, name: str, price: int, steps: int) -> JobType:
    """The careful twin of a fast job type."""
    return replace(fast, name=name, credits=price, steps=steps, quality="high", guidance_scale=7.5)


def _table() -> dict[str, JobType]:
    sdxl = JobType(
        "sdxl_image_fast", "sdxl", "image", "fast", 1, 15, 6.0, 1024, 1024, engines=_PICTURE_ENGINES
    )
    image = JobType(
        "image_fast", "wan", "image", "fast", 1, 25, 6.5, 832, 480, engines=_FRAME_ENGINES
    )
    video = JobType(
        "video_fast", "wan", "video", "fast", 3, 25, 6.5, 832, 480, frames=81, engines=_CLIP_ENGINES
    )
    image7b = replace(image, name="image7b_fast_enhanced", credits=2, rewritten=True)
    video7b = replace(video, name="video7b_fast_enhanced", credits=4, rewritten=True)
    rows = [
        sdxl,
        _high(sdxl, "sdxl_image_high", 2, 25),
        image,
        _high(image, "image_high", 2, 50),
        video,
        _high(video, "video_high", 5, 50),
        image7b,
        _high(image7b, "image7b_high_enhanced", 3, 50),
        video7b,
        _high(video7b, "video7b_high_enhanced", 6, 50),
    ]
    return {row.name: row for row in rows}


UPSCALE_CREDITS = 1
"""The price of an upscale, which is a job of its picture's type."""
UPSCALE_ENGINES = ("real-esrgan",)
"""Engines that upscale, as far as the studio brings them along."""

JOB_TYPES: dict[str, JobType] = _table()
DEFAULT_JOB_TYPE = "sdxl_image_fast"

_OVERRIDABLE = {
    "steps": int,
    "guidance_scale": float,
    "width": int,
    "height": int,
    "frames": int,
    "fps": float,
}


def with_config(job_type: JobType, config: dict[str, Any] | None) -> JobType:
    """The job type with the settings of a model configuration.

    ``config`` has settings for the whole model at its top level, and for one quality under
    ``fast`` or ``high``. Keys that are not settings are left alone.
    """
    if not config:
        return job_type
    chosen = {**config, **config.get(job_type.quality, {})}
    changes: dict[str, Any] = {
        key: kind(chosen[key]) for key, kind in _OVERRIDABLE.items() if key in chosen
    }
    if isinstance(chosen.get("engines"), list):
        changes["engines"] = tuple(str(name) for name in chosen["engines"])
    return replace(job_type, **changes)
