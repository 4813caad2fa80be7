"""From one picture to another while both move: far things change first."""

from __future__ import annotations

import numpy as np
from PIL import Image

from fabula.engines.video.motion.camera import Array
from fabula.engines.video.motion.nearness import Nearness
from fabula.engines.video.motion.plate import Planes

_FROM, _TO = 0.15, 0.85
"""The part of the way in which the change happens."""
_SOFT = 0.6
"""How much of the change a single place takes."""


class Dissolve:
    """``mix(first, last, way)`` shows only the first picture at 0 and only the last one at 1."""

    def __init__(self, nearness: Nearness, width: int, height: int) -> None:
        low, high = float(nearness.min()), float(nearness.max())
        order = (nearness - low) / max(high - low, 1e-6)
        whole = Image.fromarray((order * 255).round().astype(np.uint8))
        self._orders = tuple(
            whole.resize(size, Image.Resampling.BILINEAR)
            for size in ((width, height), (width // 2, height // 2))
        )

    def mix(self, first: Planes, last: Planes, way: float) -> Planes:
        weights = weights_at(way).tolist()
        full, half = (order.point(weights) for order in self._orders)
        return (
            Image.composite(last[0], first[0], full),
            Image.composite(last[1], first[1], half),
            Image.composite(last[2], first[2], half),
        )


def weights_at(way: float) -> Array:
    """The weight of the last picture, 0 to 255, for each of 256 nearnesses; it never falls."""
    at = np.clip((way - _FROM) / (_TO - _FROM), 0, 1)
    order = np.arange(256) / 255
    share = np.clip((at * (1 + _SOFT) - order) / _SOFT, 0, 1)
    return np.asarray((share * share * (3 - 2 * share) * 255).round().astype(np.int64))
