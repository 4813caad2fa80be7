"""Painting styles, applied to the finished picture."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter

from fabula.engines.image.sketchbook.scene.canvas import Array, noise, ramp

Rng = np.random.Generator


def to_picture(pixels: Array) -> Image.Image:
    return Image.fromarray((np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8))


def to_array(picture: Image.Image) -> Array:
    return np.asarray(picture, np.float32) / 255


def finish(pixels: Array, rng: Rng) -> Array:
    """The house look: a gentle vignette, soft contrast and a little paper grain."""
    height, width = pixels.shape[:2]
    x = np.linspace(-1, 1, width, dtype=np.float32)
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    edge = 1 - 0.2 * ramp(np.sqrt(x**2 * 0.8 + y**2 * 0.75), 0.7, 1.35)
    grain = (rng.random((height, width), np.float32) - 0.5) * 0.016
    paper = (noise(rng, width, height, (90, 70), 2) - 0.5) * 0.02
    toned = pixels + 0.06 * np.sin((pixels - 0.5) * np.pi * 1.2) * pixels * (1 - pixels) * 4
    return np.asarray(
        np.clip(toned * edge[..., None] + (grain + paper)[..., None], 0, 1), np.float32
    )


def _simplified(pixels: Array, factor: int, size: int) -> Array:
    """Flat patches with crisp borders: a median on a smaller copy."""
    picture = to_picture(pixels)
    small = picture.reduce(factor).filter(ImageFilter.MedianFilter(size))
    return to_array(small.resize(picture.size, Image.Resampling.BICUBIC))


def watercolour(pixels: Array, rng: Rng) -> Array:
    """Washes with darker rims, wandering edges and white paper at the border."""
    height, width = pixels.shape[:2]
    wash = _wander(_simplified(pixels, 2, 5), rng, 3.2 * height / 768)
    light = wash @ np.array([0.3, 0.55, 0.15], np.float32)
    gx, gy = np.gradient(light)
    rim = np.clip(np.hypot(gx, gy) * 9, 0, 0.28)[..., None]
    pigment = noise(rng, width, height, (6, 5), 6)[..., None]
    paper = noise(rng, width, height, (220, 160), 2)[..., None]
    out = wash**0.82 * (1 - rim) * (0.9 + 0.16 * pigment) + (paper - 0.5) * 0.06 + 0.03
    x = np.minimum(np.arange(width), np.arange(width)[::-1])
    y = np.minimum(np.arange(height), np.arange(height)[::-1])[:, None]
    border = np.minimum(x, y) / height + (pigment[..., 0] - 0.5) * 0.07
    sheet = ramp(border, 0.012, 0.03)[..., None]
    return np.asarray(
        np.clip(out * sheet + (0.975 + (paper - 0.5) * 0.04) * (1 - sheet), 0, 1), np.float32
    )


def _wander(pixels: Array, rng: Rng, reach: float) -> Array:
    height, width = pixels.shape[:2]
    dx = ((noise(rng, width, height, (40, 30), 2) - 0.5) * 4 * reach).astype(int)
    dy = ((noise(rng, width, height, (40, 30), 2) - 0.5) * 4 * reach).astype(int)
    rows = np.clip(np.arange(height)[:, None] + dy, 0, height - 1)
    columns = np.clip(np.arange(width) + dx, 0, width - 1)
    return np.asarray(pixels[rows, columns], np.float32)


def oil(pixels: Array, rng: Rng) -> Array:
    """Thick strokes with a raking light on their ridges."""
    height, width = pixels.shape[:2]
    patches = _wander(_simplified(pixels, 3, 5), rng, 4.5 * height / 768)
    bristle = noise(rng, width, height, (180, 46), 2)
    ridge = np.gradient(bristle + patches.mean(-1) * 0.5, axis=0)[..., None]
    rich = patches + (patches - patches.mean(-1, keepdims=True)) * 0.22
    return np.asarray(
        np.clip(rich * (0.96 + 0.08 * bristle[..., None]) + ridge * 0.9, 0, 1), np.float32
    )


def pencil(pixels: Array, rng: Rng) -> Array:
    """Graphite hatching on cream paper with a breath of the colours."""
    height, width = pixels.shape[:2]
    light = pixels @ np.array([0.3, 0.55, 0.15], np.float32)
    blurred = to_array(to_picture(1 - light).filter(ImageFilter.GaussianBlur(7 * height / 768)))
    sketch = np.clip(light / np.maximum(1 - blurred, 0.06), 0, 1)
    u = np.arange(width) + np.arange(height)[:, None]
    v = np.arange(width) - np.arange(height)[:, None]
    grain = noise(rng, width, height, (200, 150), 2)
    one = (np.sin(u * 0.9 + grain * 5) * 0.5 + 0.5) * ramp(light, 0.62, 0.3)
    two = (np.sin(v * 1.1 + grain * 5) * 0.5 + 0.5) * ramp(light, 0.4, 0.12)
    tone = np.clip(sketch**1.6 - 0.3 * one - 0.26 * two + (grain - 0.5) * 0.08, 0.06, 1)[..., None]
    paper = np.array((0.97, 0.95, 0.9), np.float32)
    return np.asarray(np.clip(paper * tone * (0.84 + 0.16 * pixels), 0, 1), np.float32)


def pixel_art(pixels: Array, rng: Rng) -> Array:
    """Large square pixels in forty colours."""
    height, width = pixels.shape[:2]
    side = max(3, round(height / 128))
    small = to_picture(pixels).resize(
        (max(1, width // side), max(1, height // side)), Image.Resampling.BOX
    )
    few = small.quantize(40, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB")
    del rng
    return to_array(few.resize((width, height), Image.Resampling.NEAREST))


def film(pixels: Array, rng: Rng) -> Array:
    """Warm highlights, lifted blacks and visible grain."""
    height, width = pixels.shape[:2]
    grain = (rng.standard_normal((height, width), np.float32) * 0.035)[..., None]
    warm = pixels * np.array((1.03, 0.98, 0.9), np.float32) + np.array(
        (0.03, 0.03, 0.055), np.float32
    )
    return np.asarray(np.clip(warm * 0.95 + grain, 0, 1), np.float32)


def monochrome(pixels: Array, rng: Rng) -> Array:
    """Black and white."""
    del rng
    light = pixels @ np.array([0.3, 0.55, 0.15], np.float32)
    return np.repeat(np.clip((light - 0.5) * 1.12 + 0.5, 0, 1)[..., None], 3, -1)


FILTERS: dict[str, Callable[[Array, Rng], Array]] = {
    "watercolour": watercolour, "oil": oil, "pencil": pencil, "pixel art": pixel_art,
    "film": film, "monochrome": monochrome,
}  # fmt: skip
