"""Turns components into a sprite: an outline with clean edges at any size, paint and detail.

The outline is a signed distance, so enlarging it keeps the edge sharp; see
``training/sketchbook/fields.py`` for the way in.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fabula.engines.image.sketchbook.scene.canvas import Array, resize

LUMA = np.array([0.3, 0.55, 0.15], np.float32)


@dataclass(frozen=True)
class Sprite:
    """A drawing of S x S pixels: straight colour (S, S, 3), coverage and the signed distance to
    the outline in pixels (positive inside), both (S, S)."""

    colour: Array
    alpha: Array
    distance: Array

    def mirrored(self) -> Sprite:
        return Sprite(self.colour[:, ::-1], self.alpha[:, ::-1], self.distance[:, ::-1])


class Decoder:
    """Weights of one file written by ``training/sketchbook/export.py``."""

    def __init__(self, path: Path) -> None:
        with np.load(path) as data:
            self._scale = data["scale"].astype(np.float32)
            self._shape_mean = data["shape_mean"].astype(np.float32)
            self._paint_mean = data["paint_mean"].astype(np.float32)
            self._shape = data["shape"].astype(np.float32) * data["shape_step"][:, None]
            self._paint = data["paint"].astype(np.float32) * data["paint_step"][:, None]
            self._reach, self._dark = float(data["reach"]), float(data["dark"])
        self._fine = int(np.sqrt(self._shape.shape[1] / 2))
        self._coarse = int(np.sqrt(self._paint.shape[1] / 3))

    def sprite(self, components: Array, side: int) -> Sprite:
        """Draw one set of components as a sprite of side x side pixels."""
        z = components * self._scale
        split = len(self._shape)
        fine = (z[:split] @ self._shape + self._shape_mean).reshape(2, self._fine, self._fine)
        paint = (z[split:] @ self._paint + self._paint_mean).reshape(self._coarse, self._coarse, 3)
        squashed = np.clip(resize(fine[0], side, side), -0.998, 0.998)
        distance = np.arctanh(squashed) * self._reach * side / self._fine
        alpha = np.clip(distance + 0.5, 0, 1)
        detail = resize((fine[1] + smooth(fine[1])) / 2, side, side)
        colour = self._shaded(resize(smooth(paint), side, side), detail)
        return Sprite(colour, _without_crumbs(alpha), distance)

    def _shaded(self, paint: Array, detail: Array) -> Array:
        paint = np.clip(paint, 0, 1)
        light = paint @ LUMA
        wanted = (light + self._dark) * np.exp(detail) - self._dark
        factor = np.clip(wanted, 0, None) / np.maximum(light, 0.02)
        colour = paint * np.minimum(factor, 6)[..., None]
        over = np.clip(colour - 1, 0, None).max(-1, keepdims=True)
        return np.asarray(np.clip(colour + over * 0.5, 0, 1), np.float32)


def smooth(field: Array) -> Array:
    """A 1-2-1 filter both ways: takes the fine mesh of truncated components out."""
    for axis in (0, 1):
        before = np.take(field, np.maximum(np.arange(field.shape[axis]) - 1, 0), axis)
        last = field.shape[axis] - 1
        after = np.take(field, np.minimum(np.arange(field.shape[axis]) + 1, last), axis)
        field = (before + 2 * field + after) / 4
    return np.asarray(field, np.float32)


def _without_crumbs(alpha: Array) -> Array:
    """Remove specks: islands that a small blur dissolves."""
    side = max(2, alpha.shape[0] // 24)
    near = resize(resize(alpha, side, side), *alpha.shape)
    return np.asarray(alpha * np.clip((near - 0.04) / 0.08, 0, 1), np.float32)
