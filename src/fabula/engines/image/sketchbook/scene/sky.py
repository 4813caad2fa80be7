"""The sky: gradient, stars, sun or moon, clouds, aurora, rainbow, lightning."""

from __future__ import annotations

import numpy as np

from fabula.engines.image.sketchbook.scene.canvas import (
    Array,
    Stage,
    line_noise,
    mix,
    noise,
    ramp,
    resize,
    shape_mask,
    soften,
)


def draw_sky(stage: Stage, *, until: float | None = None) -> None:
    """Fill the canvas down to ``until`` (default: a little below the horizon) with sky."""
    end = min(stage.height, int((until or stage.horizon) + 4 * stage.unit))
    t = (np.arange(end, dtype=np.float32) / max(stage.horizon, 1))[:, None]
    light = stage.light
    upper = ramp(t, -0.1, 0.62)[..., None]
    lower = ramp(t, 0.42, 1.02)[..., None]
    sky = np.array(light.top, np.float32) * (1 - upper) + np.array(light.middle) * upper
    sky = sky * (1 - lower) + np.array(light.low, np.float32) * lower
    stage.pixels[:end] = sky.astype(np.float32)
    stage.pixels[end:] = stage.hazed(stage.ground, 0.35)
    if light.stars:
        _stars(stage, end)
    if light.name == "aurora":
        _aurora(stage, end)
    _body(stage, end)
    _clouds(stage, end)
    if light.name == "storm":
        _lightning(stage)


def _stars(stage: Stage, end: int) -> None:
    rng, count = stage.rng, int(260 * stage.light.stars * stage.width / 1024)
    field = np.zeros((end, stage.width), np.float32)
    ys = (rng.random(count) ** 1.3 * end * 0.92).astype(int)
    xs = rng.integers(1, stage.width - 2, count)
    size = rng.random(count)
    field[ys, xs] = 0.35 + 0.6 * size
    big = size > 0.8
    for dy, dx, strength in ((0, 1, 0.7), (1, 0, 0.7), (1, 1, 0.5)):
        field[np.minimum(ys[big] + dy, end - 1), xs[big] + dx] = strength
    stage.lay(field, (1.0, 0.98, 0.92))
    stage.lay(np.clip(soften(field, 2.2 * stage.unit) * 2.2, 0, 1), (0.85, 0.9, 1.0))


def _body(stage: Stage, end: int) -> None:
    """Sun or moon with its glow; remembers where it stands."""
    light, rng, unit = stage.light, stage.rng, stage.unit
    low = light.name in {"sunset", "dawn", "golden"}
    side = rng.uniform(0.12, 0.36) if rng.random() < 0.5 else rng.uniform(0.64, 0.88)
    x = stage.width * side
    y = stage.horizon * (rng.uniform(0.55, 0.8) if low else rng.uniform(0.16, 0.36))
    stage.sun = (x, y)
    small_w, small_h = stage.width // 4, max(2, end // 4)
    gx, gy = np.arange(small_w) * 4.0 - x, (np.arange(small_h) * 4.0 - y)[:, None]
    distance = np.hypot(gx, gy).astype(np.float32) / (stage.height * (0.3 if low else 0.2))
    strength = {"sun": 0.75, "moon": 0.42, "pale sun": 0.5, "none": 0.22}[light.body]
    glow = resize(np.exp(-(distance**0.9) * 1.6) * strength, stage.width, end)
    stage.lay(np.clip(glow, 0, 1), light.glow)
    if light.body == "none":
        return
    radius = stage.height * (rng.uniform(0.045, 0.06) if light.body != "moon" else 0.048)
    _disc(stage, x, y, radius, 0.55 if light.body == "pale sun" else 1.0)
    if light.body == "moon":
        _moon_face(stage, x, y, radius, unit)


def _disc(stage: Stage, x: float, y: float, radius: float, strength: float) -> None:
    top, bottom = max(0, int(y - radius - 2)), min(stage.height, int(y + radius + 3))
    rows = np.arange(top, bottom, dtype=np.float32)[:, None]
    mask = np.clip(radius - np.hypot(stage.columns - x, rows - y) + 0.5, 0, 1) * strength
    stage.lay(mask.astype(np.float32), mix(stage.light.glow, (1, 1, 1), 0.55), top)


def _moon_face(stage: Stage, x: float, y: float, radius: float, unit: float) -> None:
    spots = []
    for _ in range(5):
        angle, away = stage.rng.uniform(0, 6.28), stage.rng.uniform(0, 0.6) * radius
        r = stage.rng.uniform(0.1, 0.24) * radius
        cx, cy = x + np.cos(angle) * away, y + np.sin(angle) * away
        spots.append(("ellipse", [cx - r, cy - r, cx + r, cy + r]))
    bottom = min(stage.height, int(y + radius + 4))
    mask = soften(shape_mask(stage.width, bottom, spots), 1.6 * unit)
    stage.lay(mask * 0.28, mix(stage.light.glow, (0.5, 0.55, 0.7), 0.8))


def _clouds(stage: Stage, end: int) -> None:
    light, rng = stage.light, stage.rng
    w, h = stage.width // 2, max(2, end // 2)
    stretch = noise(rng, w, h, (4, 5), 6)
    bulge = noise(rng, w, h, (9, 14), 4)
    density = 0.7 * stretch + 0.3 * bulge
    edge = 0.69 - 0.27 * light.clouds
    cover = ramp(density, edge, edge + 0.16)
    height = np.linspace(0, 1, h, dtype=np.float32)[:, None]
    cover = cover * ramp(height, 1.02, 0.72) * (0.55 + 0.35 * light.clouds)
    shadow = ramp(np.roll(density, -max(1, h // 26), 0), edge, edge + 0.3)
    cover, shadow = resize(cover, stage.width, end), resize(shadow, stage.width, end)
    dark = mix(light.cloud, mix(light.top, light.middle, 0.6), 0.55)
    colour = np.array(light.cloud, np.float32) + shadow[..., None] * (
        dark - np.array(light.cloud, np.float32)
    )
    stage.lay(np.clip(cover, 0, 1), colour)


def _aurora(stage: Stage, end: int) -> None:
    columns = stage.columns / stage.width
    rows = (np.arange(end, dtype=np.float32) / end)[:, None]
    for colour, base in (
        ((0.3, 1.0, 0.65), 0.62),
        ((0.25, 0.8, 0.9), 0.48),
        ((0.7, 0.4, 0.9), 0.4),
    ):
        path = base + (line_noise(stage.rng, stage.width, 3, 3) - 0.5) * 0.35
        strength = line_noise(stage.rng, stage.width, 14, 4) * line_noise(stage.rng, stage.width, 2)
        above = np.maximum(path - rows, 0)
        curtain = np.exp(-above * 5.5) * ramp(rows - path, 0.05, -0.01) * strength * 1.3
        stage.lay(np.clip(curtain, 0, 0.85).astype(np.float32), colour)
    del columns


def _lightning(stage: Stage) -> None:
    rng, unit = stage.rng, stage.unit
    x, y, points = stage.width * rng.uniform(0.2, 0.8), stage.horizon * 0.18, []
    while y < stage.horizon * 0.95:
        points.append((x, y))
        x += rng.normal(0, 24) * unit
        y += rng.uniform(18, 42) * unit
    left = [(px - (2.2 - 1.8 * i / len(points)) * unit, py) for i, (px, py) in enumerate(points)]
    right = [(px + (2.2 - 1.8 * i / len(points)) * unit, py) for i, (px, py) in enumerate(points)]
    outline = [n for p in left + right[::-1] for n in p]
    mask: Array = shape_mask(stage.width, int(stage.horizon), [("polygon", outline)])
    stage.lay(np.clip(soften(mask, 20 * unit) * 3, 0, 0.55), (0.75, 0.82, 1.0))
    stage.lay(mask, (1.0, 1.0, 1.0))


def rainbow(stage: Stage) -> None:
    """A soft bow over the horizon."""
    centre = stage.width * stage.rng.uniform(0.35, 0.65)
    radius = stage.height * 0.62
    end = int(stage.horizon)
    away = np.hypot(stage.columns - centre, stage.rows[:end] - stage.horizon * 1.12)
    t = (radius - away) / (0.075 * stage.height)
    colours = np.array(
        [(0.95, 0.3, 0.3), (1, 0.65, 0.3), (1, 0.95, 0.4), (0.45, 0.85, 0.45), (0.4, 0.6, 1),
         (0.65, 0.45, 0.9)], np.float32)  # fmt: skip
    place = np.clip(t * 5, 0, 5)
    colour = np.stack([np.interp(place, range(6), colours[:, c]) for c in range(3)], -1)
    band = ramp(t, -0.08, 0.15) * ramp(t, 1.08, 0.85)
    stage.lay((band * 0.5).astype(np.float32), colour.astype(np.float32))
