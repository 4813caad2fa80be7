"""Masks of picture engines: white is drawn anew, black stays as it was, pixel for pixel.

No model keeps what lies outside of a mask exactly, since pictures go through a lossy encoding. So
every engine draws a whole picture and lays it over its source through ``opacity``: 0 wherever the
mask is black, and inside the white rising to 1 over a few pixels, so that no hard edge shows.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from fabula.engines.base import ImageRequest, Pixels, Reference

Channel = NDArray[np.uint8]
"""One value for each pixel: shape (height, width), 0-255."""
Opacity = NDArray[np.float32]
"""Shape (height, width), 0-1."""

_FEATHER_SHARE = 1 / 128
"""Width of the soft edge as a share of the smaller side: the 8 pixels of a latent at 1024."""


def mask_channel(mask: Pixels, size: tuple[int, int]) -> Channel:
    """A mask as one channel of the size (width, height) of its picture."""
    one = Image.fromarray(mask).convert("L").resize(size, Image.Resampling.NEAREST)
    return np.asarray(one, np.uint8)


def opacity(mask: Channel) -> Opacity:
    """How much of the new picture shows: the mean of the mask and of its erosions by up to the
    width of the soft edge. It is 0 where the mask is."""
    layer = Image.fromarray(mask)
    total = mask.astype(np.float32)
    width = max(1, round(min(mask.shape) * _FEATHER_SHARE))
    for _ in range(width):
        layer = layer.filter(ImageFilter.MinFilter(3))
        total += np.asarray(layer, np.float32)
    return total / np.float32(255 * (width + 1))


def source_at(reference: Reference, size: tuple[int, int]) -> Pixels:
    """The reference brought to a size (width, height)."""
    picture = Image.fromarray(reference.pixels).resize(size, Image.Resampling.LANCZOS)
    return np.asarray(picture, np.uint8)


def laid_over(source: Pixels, drawn: Pixels, mask: Channel) -> Pixels:
    """The new picture where the mask is white, its source where it is black."""
    share = opacity(mask)[..., None]
    mixed = source * (1 - share) + drawn * share
    return np.asarray(mixed.round(), np.uint8)


def masked(request: ImageRequest, drawn: Pixels) -> Pixels:
    """What an engine drew, laid over the request's reference where that has a mask."""
    reference = request.reference
    if reference is None or reference.mask is None:
        return drawn
    size = (drawn.shape[1], drawn.shape[0])
    return laid_over(source_at(reference, size), drawn, mask_channel(reference.mask, size))
