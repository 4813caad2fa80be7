"""What every video engine refuses before any work, read off its own capabilities."""

import math

import numpy as np

from fabula.engines.base import Motion, Pixels, VideoRequest
from fabula.engines.capabilities import Range, VideoCapabilities
from fabula.engines.image_checks import refused

_NUMBERS = ("width", "height", "frames", "fps", "steps", "guidance_scale")
_SEEDS = 2**63


def refuse_out_of_range(request: VideoRequest, able: VideoCapabilities) -> None:
    """Raise ``EngineError`` (``bad_request``) for numbers outside of the engine's limits and for
    options that it does not have. Whether it has the model named is the engine's own question."""
    for name in _NUMBERS:
        _within(name, getattr(able, name), getattr(request, name))
    _check_length(request, able)
    if not 0 <= request.seed < _SEEDS:
        raise refused("seed must lie between 0 and 2**63.")
    if request.loras and not able.loras:
        raise refused("This engine takes no LoRA.")
    _check_frames(request, able)
    if request.motion is not None:
        _check_motion(request.motion, able)


def _check_length(request: VideoRequest, able: VideoCapabilities) -> None:
    """Only some numbers of frames are possible, so that a clip may miss the limits by less than
    the step from one to the next."""
    if (request.frames - able.frames.minimum) % able.frames.step:
        raise refused(
            f"frames must be {able.frames.minimum:g} and a multiple of {able.frames.step:g} more."
        )
    seconds, step = request.frames / request.fps, able.frames.step / request.fps
    limits = able.seconds
    if not limits.minimum - step < seconds < limits.maximum + step:
        raise refused(
            f"A clip must take {limits.minimum:g} to {limits.maximum:g} seconds; "
            f"{request.frames} frames at {request.fps:g} a second take {seconds:g}."
        )


def _check_frames(request: VideoRequest, able: VideoCapabilities) -> None:
    if request.last_frame is not None and request.first_frame is None:
        raise refused("A last frame needs a first frame.")
    if request.first_frame is None and able.first_frame_required:
        raise refused("This engine starts from a picture: add a first frame.")
    for name, pixels in (("first", request.first_frame), ("last", request.last_frame)):
        if pixels is None:
            continue
        if not getattr(able, f"{name}_frame"):
            raise refused(f"This engine takes no {name} frame.")
        if not _is_picture(pixels):
            raise refused(f"The {name} frame must be an RGB picture with 8 bits a channel.")


def _is_picture(pixels: Pixels) -> bool:
    rgb = pixels.ndim == 3 and pixels.shape[2] == 3 and min(pixels.shape[:2]) >= 1
    return rgb and pixels.dtype == np.uint8


def _check_motion(motion: Motion, able: VideoCapabilities) -> None:
    known = able.motion
    if known is None:
        raise refused("This engine moves no camera by name: describe the motion in the prompt.")
    for name, value, choices in (
        ("motion", motion.kind, known.kinds),
        ("easing", motion.easing, known.easings),
    ):
        if value is not None and value not in choices:
            raise refused(f"{name} must be one of {', '.join(choices)}.")
    if motion.strength is not None:
        _within("strength", known.strength, motion.strength)
    if motion.loop and not known.loop:
        raise refused("This engine makes no loops.")


def _within(name: str, limits: Range, value: float) -> None:
    if math.isnan(value) or not limits.minimum <= value <= limits.maximum:
        raise refused(f"{name} must lie between {limits.minimum:g} and {limits.maximum:g}.")
