"""Takes a drawing apart into smooth fields that principal components describe well.

- outline: signed distance to the silhouette, squashed. Decoded at any size it gives a clean edge,
  and errors far from the edge do not show: no speckle, no halo.
- paint: the colour, blurred and continued beyond the silhouette.
- detail: log brightness relative to the paint. Recolouring leaves it as it is.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

FINE, COARSE = 96, 48
REACH = 7.0  # pixels of the fine grid
DARK = 0.06  # keeps the logarithm of black finite

Field = NDArray[np.float32]


@dataclass(frozen=True)
class Fields:
    """outline and detail: (FINE, FINE); colour and alpha at FINE, for tints and paint."""

    outline: Field
    detail: Field
    colour: Field
    inside: Field


def take_apart(rgba: Field) -> Fields:
    """Fields of one straight RGBA drawing (R, R, 4), R a multiple of FINE."""
    solid = rgba[..., 3] > 0.5
    colour = continued(rgba[..., :3], solid)
    distance = ndimage.distance_transform_edt(solid) - ndimage.distance_transform_edt(~solid)
    scale = FINE / solid.shape[0]
    outline = np.tanh(shrunk((distance - np.sign(distance) * 0.5) * scale, FINE) / REACH)
    fine = shrunk(colour, FINE)
    outside = np.maximum(-np.arctanh(np.clip(outline, -0.999, 0.999)) * REACH, 0)
    detail = log_light(fine) - log_light(enlarged(paint_of(fine)))
    detail = np.clip(detail, -1.6, 1.0) * np.exp(-outside / 2.5)
    inside = shrunk(solid.astype(np.float32), FINE)
    return Fields(outline.astype(np.float32), detail.astype(np.float32), fine, inside)


def continued(colour: Field, solid: NDArray[np.bool_]) -> Field:
    """Every outside pixel takes the colour of the nearest well-inside one, softened."""
    core = ndimage.binary_erosion(solid, iterations=1)
    core = core if core.any() else solid
    _, (y, x) = ndimage.distance_transform_edt(~core, return_indices=True)
    grown = colour[y, x]
    soft = ndimage.gaussian_filter(grown, (5, 5, 0))
    return np.where(core[..., None], grown, np.where(solid[..., None], grown, soft))


def paint_of(colour: Field) -> Field:
    """The blurred colour, (COARSE, COARSE, 3), from (FINE, FINE, 3)."""
    return shrunk(ndimage.gaussian_filter(colour, (0.8, 0.8, 0)), COARSE)


def log_light(colour: Field) -> Field:
    """Log brightness of an RGB field."""
    return np.log(colour @ np.array([0.3, 0.55, 0.15], np.float32) + DARK)


def shrunk(field: NDArray[np.floating], side: int) -> Field:
    """Mean over blocks."""
    factor = field.shape[0] // side
    blocks = field.reshape(side, factor, side, factor, *field.shape[2:])
    return blocks.mean((1, 3)).astype(np.float32)


def enlarged(field: Field, side: int = FINE) -> Field:
    """Bicubic enlargement of an RGB field."""
    planes = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(field[..., c])).resize(
                (side, side), Image.Resampling.BICUBIC
            )
        )
        for c in range(field.shape[-1])
    ]
    return np.clip(np.stack(planes, -1), 0, 1)
