"""The requests that the checks of video engines send."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from fabula.engines.base import Lora, Motion, Pixels, VideoEngine, VideoRequest
from fabula.engines.capabilities import Range, VideoCapabilities

STEPS = 4
SEED = 20_240_229


def sample(engine: VideoEngine) -> VideoRequest:
    """A small, quick, legal request: the fewest frames that take long enough."""
    able = engine.capabilities()
    fps = max(able.fps.minimum, 1.0)
    frames = _first_from(able.frames, math.ceil(able.seconds.minimum * fps))
    width = int(able.width.minimum)
    request = VideoRequest(
        prompt="a blue fox in the snow",
        seed=SEED,
        width=width,
        height=_first_from(able.height, width + 1),
        frames=frames,
        fps=fps,
        steps=int(min(max(STEPS, able.steps.minimum), able.steps.maximum)),
        guidance_scale=able.guidance_scale.default,
    )
    return replace(request, first_frame=frame_of(request, 1) if able.first_frame_required else None)


def frame_of(request: VideoRequest, seed: int) -> Pixels:
    """A picture of the clip's size to start from or to end with: large patches that flow into each
    other, as a model keeps them whose latents are smaller than pictures."""
    patches = np.random.default_rng(seed).integers(0, 256, (4, 5, 3), np.uint8)
    picture = Image.fromarray(patches).resize((request.width, request.height))
    return np.array(picture)


def out_of_range(engine: VideoEngine) -> Iterator[tuple[str, VideoRequest]]:
    """Requests that must be refused, each with what is wrong."""
    able, legal = engine.capabilities(), sample(engine)
    yield from _outside_ranges(able, legal)
    yield "seed -1", replace(legal, seed=-1)
    yield "seed 2**63", replace(legal, seed=2**63)
    yield "an unknown model", replace(legal, model="no-such-model")
    yield "a LoRA", replace(legal, loras=(Lora("no-such.safetensors"),))
    yield "a clip that is too long", _longer_than(able, legal)
    if able.frames.step > 1:
        yield "a length between two steps", replace(legal, frames=legal.frames + 1)
    yield from _bad_frames(able, legal)
    yield from _bad_motions(able, legal)


def _outside_ranges(
    able: VideoCapabilities, legal: VideoRequest
) -> Iterator[tuple[str, VideoRequest]]:
    for name in ("width", "height", "frames", "steps"):
        limits: Range = getattr(able, name)
        below: dict[str, Any] = {name: int(limits.minimum) - 1}
        above: dict[str, Any] = {name: int(limits.maximum + limits.step)}
        yield f"{name} below the minimum", replace(legal, **below)
        yield f"{name} above the maximum", replace(legal, **above)
    for name in ("fps", "guidance_scale"):
        limits = getattr(able, name)
        for value in (limits.minimum - 1, limits.maximum + 1, math.nan):
            wrong: dict[str, Any] = {name: value}
            yield f"{name} {value:g}", replace(legal, **wrong)


def _longer_than(able: VideoCapabilities, legal: VideoRequest) -> VideoRequest:
    frames = math.ceil((able.seconds.maximum + 1) * legal.fps)
    return replace(legal, frames=_first_from(able.frames, frames))


def _bad_frames(able: VideoCapabilities, legal: VideoRequest) -> Iterator[tuple[str, VideoRequest]]:
    first = frame_of(legal, 1)
    if not able.first_frame:
        yield "a first frame", replace(legal, first_frame=first)
        return
    grey: Pixels = first[..., 0]
    yield "a first frame without colours", replace(legal, first_frame=grey)
    yield "a last frame alone", replace(legal, first_frame=None, last_frame=first)
    if able.first_frame_required:
        yield "no first frame", replace(legal, first_frame=None)
    if not able.last_frame:
        yield "a last frame", replace(legal, first_frame=first, last_frame=first)


def _bad_motions(
    able: VideoCapabilities, legal: VideoRequest
) -> Iterator[tuple[str, VideoRequest]]:
    yield "an unknown motion", replace(legal, motion=Motion(kind="no-such-motion"))
    yield "an unknown easing", replace(legal, motion=Motion(easing="no-such-easing"))
    if able.motion is None:
        return
    beyond = able.motion.strength.maximum + 1
    for strength in (able.motion.strength.minimum - 1, beyond, math.nan):
        yield f"strength {strength:g}", replace(legal, motion=Motion(strength=strength))
    if not able.motion.loop:
        yield "a loop", replace(legal, motion=Motion(loop=True))


def _first_from(limits: Range, value: int) -> int:
    """The first legal value from ``value`` on, or the last there is."""
    steps = max(0, math.ceil((value - limits.minimum) / limits.step))
    return int(min(limits.minimum + steps * limits.step, limits.maximum))
