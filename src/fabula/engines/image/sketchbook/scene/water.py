"""Sea, lake, river and the world under water."""

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
from fabula.engines.image.sketchbook.scene.land import perspective


def sea(stage: Stage, near: Colour, far: Colour, *, until: float | None = None) -> None:
    """Open water from the horizon down, with waves and the glitter of the light."""
    top, end = int(stage.horizon), int(until or stage.height)
    height = end - top
    depth = (np.arange(height, dtype=np.float32) / max(1, stage.height - top))[:, None, None]
    sky = np.array(stage.light.low, np.float32)
    far_colour = mix(stage.lit(far), sky, 0.42)
    colour = far_colour + ramp(depth, 0, 0.85) * (stage.lit(near) - far_colour)
    waves = perspective(noise(stage.rng, stage.width, height, (7, 42), 4), 2.6)
    crest = ramp(waves, 0.58, 0.76)[..., None]
    trough = ramp(waves, 0.42, 0.25)[..., None]
    colour = colour * (1 - 0.22 * trough) + crest * 0.13 * mix(sky, (1, 1, 1), 0.3)
    stage.pixels[top:end] = np.clip(colour, 0, 1)
    _glitter(stage, waves, top)


def _glitter(stage: Stage, waves: np.ndarray, top: int) -> None:
    if stage.sun is None or stage.light.body == "none":
        return
    height = waves.shape[0]
    t = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    half = stage.width * (0.018 + 0.1 * t)
    lane = np.exp(-(((stage.columns - stage.sun[0]) / half) ** 2)) * (1 - 0.72 * t)
    strength = 0.75 if stage.light.body in {"sun", "moon"} else 0.25
    stage.lay((lane * (0.22 + ramp(waves, 0.48, 0.6)) * strength).clip(0, 1), stage.light.glow, top)


def foam(stage: Stage, y: float, x: float, half: float) -> None:
    """Waves around something afloat: hides its foot below the waterline."""
    unit, rng = stage.unit, stage.rng
    shapes: list[tuple[str, list[float]]] = []
    for row in range(3):
        for _ in range(9):
            cx = x + rng.uniform(-1.12, 1.12) * half
            cy = y + (row * 7 + rng.uniform(-2, 2)) * unit
            r = rng.uniform(14, 34) * unit * (1 - 0.2 * row)
            shapes.append(("ellipse", [cx - r, cy - 2.1 * unit, cx + r, cy + 2.1 * unit]))
    mask = soften(shape_mask(stage.width, stage.height, shapes), 1.1 * unit)
    stage.lay(mask * 0.5, mix(stage.light.low, (1, 1, 1), 0.45))


def lake(stage: Stage, top: float, bottom: float) -> None:
    """Still water that mirrors what stands above ``top``."""
    start, end = int(top), int(bottom)
    mirrored = stage.pixels[max(0, 2 * start - end) : start][::-1]
    height = min(end - start, len(mirrored))
    mirrored = mirrored[:height].copy()
    ripple = perspective(noise(stage.rng, stage.width, height, (6, 50), 3), 2.0)
    shift = ((ripple - 0.5) * 16 * stage.unit).astype(int)
    columns = np.clip(np.arange(stage.width) + shift, 0, stage.width - 1)
    mirrored = np.take_along_axis(mirrored, columns[..., None], axis=1)
    t = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    water = mirrored * 0.72 + 0.28 * stage.lit((0.22, 0.46, 0.6))
    water = water * (1 - 0.2 * t) + ramp(ripple, 0.62, 0.78)[..., None] * 0.09
    edge = bottom - (line_noise(stage.rng, stage.width, 3, 3)) * 26 * stage.unit
    mask = np.clip(edge - stage.rows[start : start + height] + 0.5, 0, 1)
    stage.lay(mask, np.clip(water, 0, 1), start)


def beach(stage: Stage, sand: Colour = (0.95, 0.85, 0.64)) -> None:
    """Sand in front of the sea, with a wet edge and a line of foam."""
    rng = stage.rng
    start = stage.horizon + (stage.height - stage.horizon) * 0.36
    wave = line_noise(rng, stage.width, 2.2, 3)
    line = start + (wave - 0.5) * 62 * stage.unit
    top = int(line.min()) - int(14 * stage.unit)
    rows = stage.rows[top:]
    away = (rows - line) / stage.unit
    height = stage.height - top
    grain = perspective(noise(rng, stage.width, height, (16, 30), 5), 2.2)
    base = stage.lit(sand) * (0.94 + 0.16 * (grain[..., None] - 0.5))
    wet = ramp(away, 46, 10)[..., None]
    stage.lay(np.clip(away + 0.5, 0, 1), np.clip(base * (1 - 0.26 * wet), 0, 1), top)
    lace = ramp(np.abs(away + (grain - 0.5) * 14), 7, 2)
    stage.lay(lace * 0.85, mix(stage.lit((1, 1, 1)), stage.light.low, 0.2), top)
    stage.ground = sand


def underwater(stage: Stage) -> None:
    """Deep blue with rays from the surface, a sea bed, weed and bubbles."""
    t = (stage.rows / stage.height)[..., None]
    top, low = mix((0.3, 0.75, 0.85), stage.light.middle, 0.15), np.array((0.03, 0.17, 0.36))
    dim = np.array(stage.light.ambient, np.float32)
    stage.pixels[:] = (top + ramp(t, -0.1, 1.05) * (low - top)) * dim
    rays = line_noise(stage.rng, stage.width * 2, 16, 3)
    slant = stage.columns + (stage.rows * 0.35)
    beam = ramp(rays[np.clip(slant, 0, 2 * stage.width - 1).astype(int)], 0.55, 0.85)
    stage.lay(beam * (1 - t[..., 0]) ** 1.3 * 0.3, (0.8, 1.0, 0.95))
    _sea_bed(stage)
    _bubbles(stage)
    stage.surface = "underwater"


def _sea_bed(stage: Stage) -> None:
    for i, level in enumerate((0.76, 0.85)):
        line = stage.height * level - (line_noise(stage.rng, stage.width, 3 + i, 3) - 0.5) * (
            70 * stage.unit
        )
        top = int(line.min())
        mask = np.clip(stage.rows[top:] - line + 0.5, 0, 1)
        grain = noise(stage.rng, stage.width, stage.height - top, (60, 20), 3)[..., None]
        colour = mix((0.3, 0.48, 0.5), (0.62, 0.6, 0.48), i * 0.8) * np.array(stage.light.ambient)
        stage.lay(mask, (colour * (0.85 + 0.3 * grain)).astype(np.float32), top)
        _weed(stage, line, i)


def _weed(stage: Stage, line: np.ndarray, layer: int) -> None:
    shapes: list[tuple[str, list[float]]] = []
    for _ in range(16):
        x = int(stage.rng.uniform(0, stage.width - 1))
        if 0.3 < x / stage.width < 0.7 and layer:
            continue
        tall = stage.rng.uniform(0.08, 0.24) * stage.height
        s = np.linspace(0, 1, 12)
        phase = stage.rng.uniform(0, 6)
        cx = x + np.sin(s * 5 + phase) * 13 * stage.unit * s
        cy = line[x] + 8 - s * tall
        w = 6.5 * stage.unit * (1 - s * 0.85)
        left = np.stack([cx - w, cy], -1)
        right = np.stack([cx + w, cy], -1)[::-1]
        shapes.append(("polygon", [float(n) for n in np.concatenate([left, right]).ravel()]))
    colour = mix((0.1, 0.42, 0.44), (0.12, 0.5, 0.3), layer)
    stage.lay(shape_mask(stage.width, stage.height, shapes) * 0.9, stage.lit(colour))


def _bubbles(stage: Stage) -> None:
    shapes: list[tuple[str, list[float]]] = []
    inner: list[tuple[str, list[float]]] = []
    for _ in range(46):
        x, y = stage.rng.uniform(0, stage.width), stage.rng.uniform(0, stage.height * 0.8)
        r = stage.rng.uniform(1.5, 7) * stage.unit
        shapes.append(("ellipse", [x - r, y - r, x + r, y + r]))
        inner.append(("ellipse", [x - r * 0.72, y - r * 0.66, x + r * 0.78, y + r * 0.8]))
    ring = shape_mask(stage.width, stage.height, shapes) - 0.8 * shape_mask(
        stage.width, stage.height, inner
    )
    stage.lay(np.clip(ring, 0, 1) * 0.6, (0.88, 1.0, 1.0))


def mist(stage: Stage, amount: float) -> None:
    """Banks of fog over the middle distance."""
    w, h = stage.width // 2, stage.height // 2
    bank = noise(stage.rng, w, h, (2.4, 7), 4)
    rows = np.linspace(0, 1, h, dtype=np.float32)[:, None]
    middle = stage.horizon / stage.height
    band = np.exp(-(((rows - middle - 0.02) / 0.2) ** 2))
    mask = resize(band * (0.35 + ramp(bank, 0.3, 0.75)) * amount, stage.width, stage.height)
    stage.lay(np.clip(mask, 0, 0.9), stage.light.haze)
