"""The requests that the checks of picture engines send."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from fabula.engines.base import ImageEngine, ImageRequest, Lora, Pixels, Reference
from fabula.engines.capabilities import ImageCapabilities, Range

STEPS = 4
SEED = 20_240_229


def sample(engine: ImageEngine, steps: int = STEPS) -> ImageRequest:
    """A small, quick, legal request; the picture is not square. It has a reference where nothing
    is made without one, of the size that the picture's size follows."""
    able = engine.capabilities()
    width, height = _size(able)
    factor = min(able.factors, default=1)
    needed = able.reference_required
    return ImageRequest(
        prompt="a blue fox in the snow",
        seed=SEED,
        width=width,
        height=height,
        steps=int(min(max(steps, able.steps.minimum), able.steps.maximum)),
        guidance_scale=able.guidance_scale.default,
        reference=Reference(patches(width // factor, height // factor), 0.5) if needed else None,
    )


def patches(width: int, height: int) -> Pixels:
    """A picture of large patches with hard edges."""
    colours = np.random.default_rng(SEED).integers(0, 256, (2, 3, 3), np.uint8)
    cell = (math.ceil(height / 2), math.ceil(width / 3), 1)
    picture: Pixels = np.kron(colours, np.ones(cell, np.uint8))[:height, :width]
    return picture


def out_of_range(engine: ImageEngine) -> Iterator[tuple[str, ImageRequest]]:
    """Requests that must be refused, each with what is wrong."""
    able, legal = engine.capabilities(), sample(engine)
    yield from _outside_ranges(able, legal)
    yield "count 0", replace(legal, count=0)
    yield "count above max_count", replace(legal, count=able.max_count + 1)
    yield "start_index -1", replace(legal, start_index=-1)
    yield "start_index at count", replace(legal, start_index=1)
    yield "seed -1", replace(legal, seed=-1)
    yield "seed 2**63", replace(legal, seed=2**63)
    yield "an unknown model", replace(legal, model="no-such-model")
    yield "an unknown scheduler", replace(legal, scheduler="no-such-scheduler")
    if not able.loras:
        yield "a LoRA", replace(legal, loras=(Lora("no-such.safetensors"),))
    yield from _bad_references(able, legal)
    if able.reference_required:
        yield "no reference", replace(legal, reference=None)
    if able.factors:
        yield from _other_sizes(able, legal)


def _other_sizes(
    able: ImageCapabilities, legal: ImageRequest
) -> Iterator[tuple[str, ImageRequest]]:
    """Sizes that do not follow the reference."""
    yield "another width than the reference's", replace(legal, width=legal.width + 1)
    yield "a factor for one side alone", replace(legal, height=legal.height * 2)
    unknown = next(factor for factor in (3, 5, 7) if factor not in able.factors)
    small = patches(legal.width, legal.height)
    width, height = legal.width * unknown, legal.height * unknown
    larger = replace(legal, width=width, height=height, reference=Reference(small, 0.5))
    yield "an unknown factor", larger


def _outside_ranges(
    able: ImageCapabilities, legal: ImageRequest
) -> Iterator[tuple[str, ImageRequest]]:
    for name in ("width", "height", "steps"):
        limits: Range = getattr(able, name)
        below: dict[str, Any] = {name: int(limits.minimum) - 1}
        above: dict[str, Any] = {name: int(limits.maximum + limits.step)}
        yield f"{name} below the minimum", replace(legal, **below)
        yield f"{name} above the maximum", replace(legal, **above)
    guidance = able.guidance_scale
    for value in (guidance.minimum - 1, guidance.maximum + 1, math.nan):
        yield f"guidance_scale {value:g}", replace(legal, guidance_scale=value)


def _bad_references(
    able: ImageCapabilities, legal: ImageRequest
) -> Iterator[tuple[str, ImageRequest]]:
    pixels = np.zeros((legal.height, legal.width, 3), np.uint8)
    if not able.image_to_image:
        yield "a reference", replace(legal, reference=Reference(pixels, 0.5))
        return
    for strength in (-0.1, 1.1, math.nan):
        yield f"strength {strength:g}", replace(legal, reference=Reference(pixels, strength))
    grey: Pixels = pixels[..., 0]
    yield "a reference without colours", replace(legal, reference=Reference(grey, 0.5))
    mask = grey if able.inpainting else pixels
    what = "a mask without colours" if able.inpainting else "a mask"
    yield what, replace(legal, reference=Reference(pixels, 0.5, mask))


def off_the_grid(engine: ImageEngine) -> ImageRequest | None:
    """A size between two steps, where the engine has steps of more than a pixel."""
    legal, limits = sample(engine), engine.capabilities().width
    return replace(legal, width=legal.width + int(limits.step // 2)) if limits.step >= 2 else None


def _size(able: ImageCapabilities) -> tuple[int, int]:
    """The smallest size, of two different sides where there is one."""
    if able.factors:
        return _smallest(able.width, able.factors), _smallest(able.height, able.factors, 1)
    if able.sizes:
        return min(able.sizes, key=lambda size: (size[0] == size[1], size))
    width = int(able.width.minimum)
    return width, _above(able.height, width)


def _above(limits: Range, value: int) -> int:
    """The first legal value above ``value``, or the last there is."""
    steps = max(0, math.floor((value - limits.minimum) / limits.step) + 1)
    return int(min(limits.minimum + steps * limits.step, limits.maximum))


def _smallest(limits: Range, factors: tuple[int, ...], more: int = 0) -> int:
    """The smallest side that a reference of whole pixels gives, or the one after it."""
    factor = min(factors)
    return (math.ceil(limits.minimum / factor) + more) * factor
