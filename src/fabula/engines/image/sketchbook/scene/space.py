"""Outer space, the moon's surface, and the realm above the clouds."""

from __future__ import annotations

import numpy as np

from fabula.engines.image.sketchbook.scene.canvas import (
    Colour,
    Stage,
    line_noise,
    mix,
    noise,
    ramp,
    resize,
    shape_mask,
    soften,
)

PLANETS: tuple[tuple[Colour, Colour], ...] = (
    ((0.86, 0.55, 0.35), (0.62, 0.3, 0.28)), ((0.4, 0.66, 0.85), (0.18, 0.36, 0.62)),
    ((0.75, 0.6, 0.86), (0.42, 0.3, 0.6)), ((0.9, 0.8, 0.6), (0.66, 0.5, 0.36)),
)  # fmt: skip


def deep_space(stage: Stage) -> None:
    """Stars, coloured nebulae and a few planets; nothing to stand on."""
    rng, w, h = stage.rng, stage.width, stage.height
    stage.pixels[:] = (0.025, 0.03, 0.085)
    for colour in ((0.36, 0.16, 0.52), (0.1, 0.34, 0.55), (0.62, 0.24, 0.42)):
        cloud = noise(rng, w // 2, h // 2, (2.6, 2.2), 6) * noise(rng, w // 2, h // 2, (3, 3), 3)
        stage.lay(resize(ramp(cloud, 0.24, 0.62), w, h).clip(0, 1) * 0.62, colour)
    field = np.zeros((h, w), np.float32)
    count = int(700 * w * h / 786432)
    field[rng.integers(0, h, count), rng.integers(0, w, count)] = rng.random(count) ** 2 * 0.9 + 0.1
    stage.lay(field, (1.0, 1.0, 1.0))
    stage.lay(np.clip(soften(field, 1.6 * stage.unit) * 2.6, 0, 1), (0.85, 0.9, 1.0))
    order = rng.permutation(len(PLANETS))
    side = rng.choice([0.14, 0.86])
    planet(
        stage,
        side * w,
        rng.uniform(0.16, 0.36) * h,
        rng.uniform(0.09, 0.15) * h,
        int(order[0]),
        ring=True,
    )
    planet(stage, (1 - side + rng.uniform(-0.05, 0.05)) * w, rng.uniform(0.58, 0.85) * h,
           rng.uniform(0.035, 0.07) * h, int(order[1]))  # fmt: skip
    stage.horizon, stage.floor, stage.surface = h * 0.5, h * 0.7, "space"
    stage.sun = ((1 - side) * w, 0.1 * h)


def planet(
    stage: Stage, x: float, y: float, radius: float, kind: int, *, ring: bool = False
) -> None:
    """A banded ball, lit from one side."""
    light, dark = PLANETS[kind]
    away = np.hypot(stage.columns - x, stage.rows - y)
    mask = np.clip(radius - away + 0.5, 0, 1).astype(np.float32)
    wave = line_noise(stage.rng, stage.height, 26, 3)[:, None]
    colour = mix(np.zeros(3), light, 1) + (wave[..., None] - 0.5) * 0.5 * (
        np.array(light, np.float32) - np.array(dark, np.float32)
    )
    toward = ((stage.columns - x) * -0.7 + (stage.rows - y) * -0.5) / radius
    shade = ramp(toward, -0.75, 0.75)[..., None]
    stage.lay(mask, colour * (0.16 + 0.84 * shade))
    if ring:
        _ring(stage, x, y, radius, light)


def _ring(stage: Stage, x: float, y: float, radius: float, colour: Colour) -> None:
    dx, dy = stage.columns - x, stage.rows - y
    u, v = dx * 0.94 - dy * 0.34, (dx * 0.34 + dy * 0.94) / 0.26
    away = np.hypot(u, v) / radius
    band = (
        ramp(away, 1.28, 1.34)
        * ramp(away, 1.95, 1.86)
        * (1 - 0.6 * ramp(np.abs(away - 1.6), 0.03, 0.0))
    )
    hidden = (np.hypot(dx, dy) < radius) & (v < 0)
    stage.lay(np.where(hidden, 0, band * 0.75).astype(np.float32), mix(colour, (1, 1, 1), 0.35))


def moon_ground(stage: Stage) -> None:
    """Grey dust with craters under a black sky with the Earth in it."""
    deep_space(stage)
    stage.horizon, stage.floor = stage.height * 0.62, stage.height * 0.86
    wave = line_noise(stage.rng, stage.width, 4, 4)
    line = stage.horizon - (wave - 0.4) * 50 * stage.unit
    top = int(line.min())
    grain = noise(stage.rng, stage.width, stage.height - top, (20, 16), 5)[..., None]
    mask = np.clip(stage.rows[top:] - line + 0.5, 0, 1)
    t = ((stage.rows[top:] - top) / (stage.height - top))[..., None]
    stage.lay(
        mask,
        mix((0.6, 0.61, 0.66), (0.6, 0.61, 0.66), 0) * (0.62 + 0.35 * t) * (0.8 + 0.4 * grain),
        top,
    )
    for _ in range(12):
        d = stage.rng.random() ** 0.8
        x = stage.rng.uniform(0, stage.width)
        y = stage.horizon + (stage.height - stage.horizon) * (0.12 + 0.85 * d)
        w, h = (16 + 52 * d) * stage.unit, (4.5 + 13 * d) * stage.unit
        hole = shape_mask(stage.width, stage.height, [("ellipse", [x - w, y - h, x + w, y + h])])
        rim = shape_mask(
            stage.width,
            stage.height,
            [("ellipse", [x - w * 0.9, y - h * 0.55, x + w * 0.9, y + h * 1.1])],
        )
        stage.lay(hole * 0.5, (0.36, 0.37, 0.42))
        stage.lay(rim * 0.4, (0.66, 0.67, 0.72))
    stage.surface, stage.ground, stage.tuft = "ground", (0.55, 0.56, 0.6), "none"


def above_clouds(stage: Stage) -> None:
    """A sea of clouds under an open sky."""
    stage.surface = "sky"
    for i in range(5):
        t = (i + 1) / 5
        wave = noise(stage.rng, stage.width, 2, (5 + 3 * (5 - i), 1), 2)[0]
        base = stage.horizon + stage.height * (0.46 * t**1.3 - 0.06)
        shapes: list[tuple[str, list[float]]] = []
        x = -60.0
        while x < stage.width + 60:
            r = stage.rng.uniform(26, 66) * stage.unit * (0.5 + 0.8 * t)
            y = base - wave[int(np.clip(x, 0, stage.width - 1))] * 46 * stage.unit * (0.5 + t)
            shapes.append(("ellipse", [x - r * 1.25, y - r * 0.7, x + r * 1.25, y + r]))
            x += r * 0.9
        shapes.append(
            (
                "polygon",
                [0, base + 8, stage.width, base + 8, stage.width, stage.height, 0, stage.height],
            )
        )
        mask = soften(shape_mask(stage.width, stage.height, shapes), (2 + 3 * t) * stage.unit)
        depth = np.clip((stage.rows - base + 60 * stage.unit) / (150 * stage.unit), 0, 1)[..., None]
        bright = mix(stage.light.cloud, (1, 1, 1), 0.25 * (stage.light.lamps < 0.6))
        under = mix(stage.light.haze, stage.light.middle, 0.35)
        stage.lay(mask * 0.93, bright + depth * (under - bright))
    stage.floor = stage.height * 0.62
