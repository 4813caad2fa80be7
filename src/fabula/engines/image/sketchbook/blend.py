"""Image to image: how a reference picture and a new one become one."""

from __future__ import annotations

import numpy as np
from PIL import Image

from fabula.engines.base import Pixels, Reference
from fabula.engines.image.sketchbook.scene.canvas import Array, noise, ramp, soften
from fabula.engines.image_masks import mask_channel, opacity


def blended(reference: Reference, new: Array, subjects: Array, rng: np.random.Generator) -> Array:
    """The picture at this denoise strength: 0 is the reference, 1 is the new picture.

    Every pixel moves from the reference to the new picture as the strength rises, subjects first
    and cloudy patches of the rest after them, so that no strength looks like a plain cross-fade.
    The weight of each pixel never falls with the strength: the distance to the reference is
    monotonic. With a mask nothing but what is white in it moves: the picture is drawn as a whole
    and shows there.
    """
    height, width = new.shape[:2]
    source = np.asarray(fitted(reference.pixels, width, height), np.float32) / 255
    presence = soften(np.clip(subjects * 6, 0, 1), height / 60)
    patches = noise(rng, width, height, (5, 4), 5)
    start = 0.45 * (0.25 * (1 - presence) + 0.75 * (1 - presence) * patches)
    weight = ramp(reference.strength - start, 0, 0.55)[..., None]
    if reference.mask is not None:
        own = (reference.pixels.shape[1], reference.pixels.shape[0])
        mask = mask_channel(reference.mask, own)
        weight = weight * opacity(fitted(mask, width, height, Image.Resampling.NEAREST))[..., None]
    return np.asarray(source * (1 - weight) + new * weight, np.float32)


def fitted(
    pixels: Pixels,
    width: int,
    height: int,
    how: Image.Resampling = Image.Resampling.LANCZOS,
) -> Pixels:
    """The middle of a picture, scaled to cover the new size."""
    picture = Image.fromarray(pixels)
    factor = max(width / picture.width, height / picture.height)
    box_w, box_h = width / factor, height / factor
    left, top = (picture.width - box_w) / 2, (picture.height - box_h) / 2
    cut = picture.resize((width, height), how, box=(left, top, left + box_w, top + box_h))
    return np.asarray(cut, np.uint8)
