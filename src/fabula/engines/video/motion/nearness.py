"""How near things are, where nobody measured it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from fabula.engines.base import Pixels

Nearness = NDArray[np.float32]
"""Shape (height, width), 0 far to 1 near."""

SIDE = 192
_WEIGHTS = {"rows": 0.6, "middle": 0.2, "detail": 0.2}
_HORIZON = 0.5


def guessed(pixels: Pixels) -> Nearness:
    """A guess from the picture alone, at most ``SIDE`` pixels wide and high.

    Three rules of thumb: below the middle what is lower is nearer, as on open ground; what stands
    in the middle is near; and so is what has much detail, since haze and sky have little. That is
    right for landscapes and portraits and wrong for ceilings; it is smooth, so that wrong means odd
    and never torn.
    """
    small = Image.fromarray(pixels).convert("L")
    small.thumbnail((SIDE, SIDE), Image.Resampling.BOX, reducing_gap=2.0)
    width, height = small.size
    y, x = np.mgrid[0 : 1 : complex(0, height), -1 : 1 : complex(0, width)].astype(np.float32)
    middle = np.exp(-(x**2) / 0.3) * np.exp(-((y - 0.6) ** 2) / 0.2)
    detail = np.asarray(
        small.filter(ImageFilter.FIND_EDGES).filter(ImageFilter.GaussianBlur(SIDE / 16)), np.float32
    )
    ground = np.clip((y - _HORIZON) / (1 - _HORIZON), 0, 1)
    parts = {"rows": ground, "middle": middle, "detail": detail / max(float(detail.max()), 1.0)}
    total = sum(_WEIGHTS[name] * part for name, part in parts.items())
    return smooth(np.asarray(total, np.float32))


def smooth(nearness: Nearness) -> Nearness:
    """At most ``SIDE`` pixels wide and high and without edges: a mesh of a few hundred cells
    follows it, and nothing tears where near meets far."""
    picture = Image.fromarray((np.clip(nearness, 0, 1) * 255).astype(np.uint8))
    picture.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    soft = picture.filter(ImageFilter.GaussianBlur(max(picture.size) / 36))
    return np.asarray(np.asarray(soft) / 255, np.float32)


def at(nearness: Nearness, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values at places of the picture, -1 to 1 from edge to edge."""
    height, width = nearness.shape
    columns = np.clip((x + 1) / 2 * (width - 1), 0, width - 1)
    rows = np.clip((y + 1) / 2 * (height - 1), 0, height - 1)
    return np.asarray(nearness[rows.round().astype(int), columns.round().astype(int)], np.float64)
