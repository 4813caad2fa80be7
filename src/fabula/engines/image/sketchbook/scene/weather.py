"""What falls, drifts or glows between the viewer and the scene."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fabula.engines.image.sketchbook.scene.canvas import Array, Colour, Stage, shape_mask, soften

Shapes = list[tuple[str, list[float]]]


def _dots(stage: Stage, count: int, sizes: tuple[float, float], squash: float = 1.0) -> Array:
    shapes: Shapes = []
    for _ in range(int(count * stage.width / 1024)):
        x, y = stage.rng.uniform(0, stage.width), stage.rng.uniform(0, stage.height)
        r = stage.rng.uniform(*sizes) * stage.unit
        shapes.append(("ellipse", [x - r, y - r * squash, x + r, y + r * squash]))
    return shape_mask(stage.width, stage.height, shapes)


def snowfall(stage: Stage) -> None:
    white: Colour = (1.0, 1.0, 1.0)
    stage.lay(_dots(stage, 260, (0.8, 1.7)) * 0.75, white)
    stage.lay(soften(_dots(stage, 110, (1.8, 3.4)), 0.8 * stage.unit) * 0.9, white)
    stage.lay(soften(_dots(stage, 20, (5, 9)), 3 * stage.unit) * 0.6, white)


def rain(stage: Stage) -> None:
    shapes: Shapes = []
    lean = stage.rng.uniform(0.12, 0.3)
    for _ in range(int(330 * stage.width / 1024)):
        x, y = stage.rng.uniform(-40, stage.width + 40), stage.rng.uniform(-30, stage.height)
        long, w = stage.rng.uniform(16, 42) * stage.unit, 0.75 * stage.unit
        shapes.append(
            ("polygon", [x, y, x + w, y, x + w - lean * long, y + long, x - lean * long, y + long])
        )
    stage.lay(shape_mask(stage.width, stage.height, shapes) * 0.42, (0.86, 0.91, 1.0))


def fireflies(stage: Stage) -> None:
    dots = _dots(stage, 42, (1.3, 2.4))
    dots[: int(stage.height * 0.25)] = 0
    stage.lay(np.clip(soften(dots, 9 * stage.unit) * 5, 0, 0.75), (0.95, 0.95, 0.4))
    stage.lay(dots, (1.0, 1.0, 0.8))


def leaves(stage: Stage) -> None:
    for colour in ((0.86, 0.45, 0.18), (0.9, 0.66, 0.22), (0.7, 0.28, 0.18)):
        stage.lay(_dots(stage, 22, (3, 6), 0.55), stage.lit(colour))


def petals(stage: Stage) -> None:
    for colour in ((1.0, 0.78, 0.85), (1.0, 0.9, 0.93)):
        stage.lay(_dots(stage, 44, (2.5, 5), 0.6), stage.lit(colour))


def sparkles(stage: Stage) -> None:
    dots = _dots(stage, 50, (0.9, 2.1))
    stage.lay(np.clip(soften(dots, 6 * stage.unit) * 4, 0, 0.7), (1.0, 0.93, 0.7))
    stage.lay(dots, (1.0, 1.0, 0.95))


WEATHER: dict[str, Callable[[Stage], None]] = {
    "snowfall": snowfall, "rain": rain, "fireflies": fireflies, "leaves": leaves,
    "petals": petals, "sparkles": sparkles,
}  # fmt: skip
