"""What only clips have: a length, a shape that follows their first frame, a camera move."""

import math
from dataclasses import dataclass, replace

from fabula.engines.capabilities import MotionCapabilities, Range, VideoCapabilities
from fabula.generation.engine_choice import Capabilities, snapped, within
from fabula.generation.errors import NotPossible
from fabula.generation.job_types import JobType
from fabula.generation.schemas import JobIn, MotionIn
from fabula.generation.source_repository import SourcePicture

CLIP_FIELDS = ("seconds", "fps", "first_frame", "last_frame", "motion")
_ROUNDING = 0.5
"""Frames by which every length is moved to be whole."""


@dataclass(frozen=True, slots=True)
class Length:
    """``frames`` at ``fps`` frames a second; a picture is one frame. ``warnings`` say where that is
    not the length that was asked for."""

    frames: int
    fps: float
    warnings: tuple[dict[str, str], ...] = ()


def check_kind(body: JobIn, limits: Capabilities) -> None:
    """Refuse what the engine has no use for. Raises ``NotPossible``."""
    if isinstance(limits, VideoCapabilities):
        _check_clip(body, limits)
        return
    for name in CLIP_FIELDS:
        if getattr(body, name) is not None:
            label = name.replace("_", " ")
            raise NotPossible(f"A picture has no {label}: use a video job type.", field=name)


def _check_clip(body: JobIn, limits: VideoCapabilities) -> None:
    if body.reference:
        raise NotPossible(
            "A clip starts from a first frame: send the picture as `first_frame`.",
            field="reference",
        )
    if body.last_frame and not body.first_frame:
        raise NotPossible("A last frame needs a first frame.", field="last_frame")
    if limits.first_frame_required and not body.first_frame:
        raise NotPossible(
            "This engine starts from a picture: add a first frame.", field="first_frame"
        )
    for name in ("first_frame", "last_frame"):
        if getattr(body, name) and not getattr(limits, name):
            label = name.replace("_", " ")
            raise NotPossible(f"This engine takes no {label}.", field=name)
    if body.motion:
        _check_motion(body.motion, limits.motion)


def _check_motion(motion: MotionIn, known: MotionCapabilities | None) -> None:
    if known is None:
        raise NotPossible(
            "This engine has no camera moves to choose from: describe the motion in the prompt.",
            field="motion",
        )
    for name, choices in (("kind", known.kinds), ("easing", known.easings)):
        value = getattr(motion, name)
        if value is not None and value not in choices:
            raise NotPossible(
                f"This engine has no {value!r}: use one of {', '.join(choices)}.",
                field=f"motion.{name}",
            )
    if motion.loop and not known.loop:
        raise NotPossible("This engine makes no loops.", field="motion.loop")
    if motion.strength is not None:
        within("motion.strength", known.strength, motion.strength, known.strength.default)


def clip_length(body: JobIn, job_type: JobType, limits: Capabilities) -> Length:
    """The number of frames nearest to the length that was asked for."""
    if not isinstance(limits, VideoCapabilities):
        return Length(1, job_type.fps)
    fps = within("fps", limits.fps, body.fps, job_type.fps)
    default = job_type.frames / job_type.fps
    seconds = within("seconds", limits.seconds, body.seconds, default)
    frames = snapped(limits.frames, within("frames", limits.frames, None, seconds * fps))
    moved = body.seconds is not None and abs(frames - seconds * fps) > _ROUNDING
    return Length(frames, fps, (_length_moved(frames, fps, limits.frames),) if moved else ())


def _length_moved(frames: int, fps: float, limits: Range) -> dict[str, str]:
    message = (
        f"Made {frames} frames long, which take {frames / fps:.2f} seconds: this engine's clips "
        f"have {limits.minimum:g} to {limits.maximum:g} frames, in steps of {limits.step:g}."
    )
    return {"code": "frames_snapped", "message": message}


def shaped_like(first: SourcePicture, job_type: JobType, limits: Capabilities) -> JobType:
    """The job type with the shape of a clip's first frame, at as many pixels as it has itself."""
    area = job_type.width * job_type.height
    width = math.sqrt(area * first.width / first.height)
    return replace(
        job_type,
        width=snapped(limits.width, width),
        height=snapped(limits.height, area / width),
    )
