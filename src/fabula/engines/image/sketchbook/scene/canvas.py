"""The picture under work and the few brushes that every layer uses.

Colours are float32 RGB in 0-1, display-referred; masks are float32 in 0-1 of shape (H, W).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageDraw, ImageFilter

from fabula.engines.image.sketchbook.scene.light import Light

Array = NDArray[np.floating[Any]]
Colour = tuple[float, float, float]


@dataclass
class Stage:
    """A canvas with its light, its random numbers and what the layers tell each other.

    ``horizon`` and ``floor`` are y in pixels: where the far ground begins and where subjects of
    the first row stand. ``unit`` is the picture's height / 768, for sizes of brushes.
    """

    width: int
    height: int
    light: Light
    rng: np.random.Generator
    horizon: float = 0.0
    floor: float = 0.0
    sun: tuple[float, float] | None = None
    surface: str = "ground"
    ground: Colour = (0.4, 0.5, 0.3)
    tuft: str = "grass"
    pixels: Array = field(init=False)

    def __post_init__(self) -> None:
        self.pixels = np.zeros((self.height, self.width, 3), np.float32)
        self.horizon = self.horizon or self.height * self.rng.uniform(0.54, 0.62)
        self.floor = self.height * self.rng.uniform(0.84, 0.89)

    @property
    def unit(self) -> float:
        return self.height / 768

    @property
    def rows(self) -> Array:
        """y of every row, shape (H, 1)."""
        return np.arange(self.height, dtype=np.float32)[:, None]

    @property
    def columns(self) -> Array:
        """x of every column, shape (W,)."""
        return np.arange(self.width, dtype=np.float32)

    def lay(self, mask: Array, colour: ArrayLike, top: int = 0) -> None:
        """Paint ``colour`` (broadcast to the region) through ``mask`` from row ``top`` on."""
        part = self.pixels[top : top + mask.shape[0]]
        part += mask[: len(part), :, None] * (np.asarray(colour, np.float32) - part)

    def lit(self, colour: ArrayLike) -> Array:
        """A surface colour in this light."""
        return np.asarray(colour, np.float32) * np.array(self.light.ambient, np.float32)

    def hazed(self, colour: ArrayLike, distance: float) -> Array:
        """A lit surface colour at a distance of 0 (here) to 1 (lost in the haze)."""
        base = self.lit(colour)
        return base + distance * (np.array(self.light.haze, np.float32) - base)


def mix(a: ArrayLike, b: ArrayLike, t: float) -> Array:
    """Linear blend of two colours."""
    return np.asarray(a, np.float32) * (1 - t) + np.asarray(b, np.float32) * t


def ramp(value: ArrayLike, start: float, end: float) -> Array:
    """0 before start, 1 after end, smooth between; start may exceed end."""
    t = np.clip((np.asarray(value, np.float32) - start) / (end - start), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def resize(array: Array, width: int, height: int) -> Array:
    """Bicubic resize of a (H, W) or (H, W, 3) float array."""
    if array.ndim == 3:
        planes = [resize(array[..., c], width, height) for c in range(array.shape[2])]
        return np.asarray(np.stack(planes, -1), np.float32)
    picture = Image.fromarray(np.ascontiguousarray(array, np.float32))
    return np.asarray(picture.resize((width, height), Image.Resampling.BICUBIC), np.float32)


def noise(
    rng: np.random.Generator, width: int, height: int, cells: tuple[float, float], octaves: int = 4
) -> Array:
    """Value noise in about 0-1, mean 0.5; ``cells`` are the coarsest cells across and down."""
    total = np.zeros((height, width), np.float32)
    weight, whole = 1.0, 0.0
    for octave in range(octaves):
        across = max(2, min(width, round(cells[0] * 2**octave) + 1))
        down = max(2, min(height, round(cells[1] * 2**octave) + 1))
        grid = rng.random((down, across), np.float32)
        total += weight * resize(grid, width, height)
        whole += weight
        weight *= 0.5
    return np.asarray(np.clip((total / whole - 0.5) * 1.5 + 0.5, 0, 1), np.float32)


def line_noise(rng: np.random.Generator, length: int, cells: float, octaves: int = 5) -> Array:
    """One-dimensional noise in about 0-1."""
    return np.asarray(noise(rng, length, 2, (cells, 1), octaves)[0], np.float32)


def shape_mask(
    width: int, height: int, shapes: list[tuple[str, list[float]]], smooth: int = 2
) -> Array:
    """Antialiased union of polygons and ellipses, given as (kind, flat coordinates)."""
    big = Image.new("L", (width * smooth, height * smooth), 0)
    draw = ImageDraw.Draw(big)
    for kind, numbers in shapes:
        scaled = [n * smooth for n in numbers]
        if kind == "ellipse":
            draw.ellipse(scaled, fill=255)
        else:
            draw.polygon(scaled, fill=255)
    return np.asarray(big.reduce(smooth), np.float32) / 255


def soften(mask: Array, radius: float) -> Array:
    """Gaussian blur of a mask; large radii work on a smaller copy."""
    step = max(1, int(radius // 4))
    picture = Image.fromarray((np.clip(mask, 0, 1) * 255).astype(np.uint8))
    size = picture.size
    small = picture.reduce(step) if step > 1 else picture
    small = small.filter(ImageFilter.GaussianBlur(float(radius) / step))
    return np.asarray(small.resize(size, Image.Resampling.BILINEAR), np.float32) / 255
