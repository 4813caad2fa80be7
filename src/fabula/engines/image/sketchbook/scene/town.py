"""Streets, markets, villages and a harbour light."""

from __future__ import annotations

import numpy as np

from fabula.engines.image.sketchbook.scene.canvas import (
    Array,
    Colour,
    Stage,
    mix,
    noise,
    ramp,
    shape_mask,
    soften,
)
from fabula.engines.image.sketchbook.scene.land import perspective

WARM: Colour = (1.0, 0.82, 0.46)
NEON: tuple[Colour, ...] = ((1.0, 0.35, 0.75), (0.3, 0.9, 1.0), (0.75, 0.5, 1.0), (1.0, 0.75, 0.4))
Shapes = list[tuple[str, list[float]]]


def box(x0: float, y0: float, x1: float, y1: float) -> tuple[str, list[float]]:
    """A rectangle as a polygon."""
    return "polygon", [x0, y0, x1, y0, x1, y1, x0, y1]


def skyline(stage: Stage, *, far: float, tall: float, wide: float, colour: Colour) -> None:
    """A row of houses with lit windows, as high as ``tall`` of the picture."""
    rng, unit = stage.rng, stage.unit
    base = stage.horizon + 10 * unit
    walls, windows = Shapes(), Shapes()
    x = -20.0 * unit
    while x < stage.width:
        w = wide * stage.height * rng.uniform(0.6, 1.3)
        top = base - tall * stage.height * rng.uniform(0.45, 1.0)
        walls.append(box(x, top, x + w, base))
        if rng.random() < 0.4:
            walls.append(("polygon", [x, top, x + w, top, x + w / 2, top - w * 0.4]))
        elif rng.random() < 0.4:
            walls.append(box(x + w * 0.3, top - w * 0.3, x + w * 0.42, top))
        windows += _panes(rng, (x, top, w, base), unit * (1.5 - far))
        x += w + rng.uniform(0, 3) * unit
    shade = stage.hazed(colour, far)
    mask = shape_mask(stage.width, int(base) + 1, walls)
    depth = np.clip((stage.rows[: len(mask)] / base - 0.4) / 0.6, 0, 1)[..., None] * 0.5
    stage.lay(mask, shade + depth * (np.array(stage.light.haze, np.float32) - shade))
    lamp = shape_mask(stage.width, int(base) + 1, windows)
    _shine(stage, lamp, far)


def _panes(
    rng: np.random.Generator, wall: tuple[float, float, float, float], unit: float
) -> Shapes:
    """Windows of a wall given by x, top, width and base."""
    x, top, w, base = wall
    across = max(2, int(w / (17 * unit)))
    step = w / across
    down = int((base - top - 10 * unit) / (24 * unit))
    panes = Shapes()
    for i in range(across):
        for j in range(down):
            if rng.random() < 0.45:
                px, py = x + step * (i + 0.28), top + (10 + 24 * j) * unit
                panes.append(box(px, py, px + step * 0.44, py + 11 * unit))
    return panes


def _shine(stage: Stage, lamp: Array, far: float) -> None:
    lamps = stage.light.lamps
    if stage.light.name == "neon":
        bands = (stage.columns / stage.width * 7).astype(int) % len(NEON)
        colour = np.array(NEON, np.float32)[bands][None]
    else:
        colour = np.array(WARM, np.float32)
    dull = stage.hazed((0.55, 0.65, 0.75), far)
    stage.lay(lamp * (0.45 + 0.5 * lamps), dull * (1 - lamps) + colour * lamps)
    stage.lay(np.clip(soften(lamp, 9 * stage.unit) * 1.2, 0, 1) * lamps * 0.5, colour)


def road(stage: Stage, colour: Colour) -> None:
    """A paved street with kerbs that runs to a vanishing point, wet where lamps shine."""
    top = int(stage.horizon)
    height = stage.height - top
    t = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    grain = perspective(noise(stage.rng, stage.width, height, (50, 90), 3), 2.0)
    far, near = stage.hazed(colour, 0.35), stage.lit(colour)
    shade = far + t[..., None] * (near - far)
    stage.pixels[top:] = shade * (0.9 + 0.2 * grain[..., None])
    centre = stage.width * stage.rng.uniform(0.42, 0.58)
    away = np.abs(stage.columns - centre) / (stage.width * (0.05 + 0.62 * t))
    pave = ramp(away, 0.98, 1.0)
    stone = stage.lit(mix(colour, (0.85, 0.78, 0.72), 0.5))
    joints = _joints(stage, t, centre)
    stage.lay(pave, stone * (0.86 + 0.2 * grain[..., None]) * (1 - 0.16 * joints[..., None]), top)
    stage.lay(ramp(np.abs(away - 0.97), 0.035, 0.0), stage.lit((0.8, 0.78, 0.76)), top)
    reflect(stage, 0.55 * stage.light.lamps)


def _joints(stage: Stage, t: Array, centre: float) -> Array:
    rows = np.log(0.1 + t) * 9
    across = (stage.columns - centre) / (stage.width * (0.05 + 0.62 * t)) * 7
    lines = np.minimum(np.abs(rows % 1 - 0.5), np.abs((across + (rows // 1 % 2) * 0.5) % 1 - 0.5))
    return np.asarray(ramp(lines, 0.08, 0.0) * ramp(t, 0.02, 0.2), np.float32)


def reflect(stage: Stage, amount: float) -> None:
    """Let the ground mirror what is above it, blurred downwards."""
    if amount <= 0:
        return
    top = int(stage.horizon)
    height = stage.height - top
    above = stage.pixels[max(0, top - height) : top][::-1][:height]
    columns = above.mean(0)
    t = np.linspace(1, 0, len(above), dtype=np.float32)[:, None, None]
    shine = 0.5 * above + 0.5 * columns
    part = stage.pixels[top : top + len(above)]
    part += shine * amount * t**1.5 * 0.55


def lamp_posts(stage: Stage, count: int = 2) -> None:
    """Street lamps along the kerb, with a halo when it is dark."""
    unit, lamps = stage.unit, stage.light.lamps
    for i in range(count):
        side = -1 if i % 2 else 1
        depth = stage.rng.uniform(0.25, 0.6)
        base = stage.horizon + (stage.height - stage.horizon) * depth
        tall = stage.height * (0.2 + 0.36 * depth)
        x = stage.width * (0.5 + side * (0.18 + 0.32 * depth))
        w = tall * 0.014
        post = [
            box(x - w, base - tall, x + w, base),
            box(x - 3 * w, base - 3 * w, x + 3 * w, base),
            ("polygon", [x - 5 * w, base - tall, x + 5 * w, base - tall, x, base - tall - 7 * w]),
        ]
        lantern = [
            (
                "polygon",
                [
                    x - 3.4 * w,
                    base - tall,
                    x + 3.4 * w,
                    base - tall,
                    x + 2.2 * w,
                    base - tall + 8 * w,
                    x - 2.2 * w,
                    base - tall + 8 * w,
                ],
            )
        ]
        stage.lay(shape_mask(stage.width, stage.height, post), stage.hazed((0.16, 0.17, 0.22), 0.1))
        mask = shape_mask(stage.width, stage.height, lantern)
        stage.lay(mask, mix(stage.lit((0.8, 0.8, 0.72)), WARM, lamps))
        halo(stage, x, base - tall + 4 * w, 95 * unit, 0.6 * lamps)


def halo(
    stage: Stage, x: float, y: float, radius: float, strength: float, *, colour: Colour = WARM
) -> None:
    """A soft pool of light."""
    if strength <= 0:
        return
    top, bottom = max(0, int(y - 2 * radius)), min(stage.height, int(y + 2 * radius))
    left, right = max(0, int(x - 2 * radius)), min(stage.width, int(x + 2 * radius))
    if top >= bottom or left >= right:
        return
    dy = (np.arange(top, bottom, dtype=np.float32) - y)[:, None]
    away = np.hypot(np.arange(left, right, dtype=np.float32) - x, dy) / radius
    glow = np.exp(-(away**1.3) * 2.2) * strength * ramp(away, 2.0, 1.2)
    part = stage.pixels[top:bottom, left:right]
    part += glow[..., None].astype(np.float32) * (np.array(colour, np.float32) - part)


def market(stage: Stage) -> None:
    """Stalls with striped awnings and strings of lanterns."""
    rng, unit = stage.rng, stage.unit
    base = stage.horizon + (stage.height - stage.horizon) * 0.3
    wide = stage.width / 4.2
    palette = ((0.82, 0.25, 0.22), (0.2, 0.5, 0.55), (0.9, 0.6, 0.2), (0.45, 0.32, 0.6))
    for i, x in enumerate((-0.1 * wide, 0.96 * wide, 2.3 * wide, 3.35 * wide)):
        _stall(
            stage,
            x + rng.uniform(-8, 8) * unit,
            base,
            wide * 0.92,
            palette[(i + int(rng.integers(4))) % 4],
        )
    _lantern_string(stage, stage.horizon * 0.42)


def _stall(stage: Stage, x: float, base: float, w: float, colour: Colour) -> None:
    unit, tall = stage.unit, stage.height * 0.31
    top = base - tall
    back = [box(x + w * 0.05, top + tall * 0.3, x + w * 0.95, base)]
    stage.lay(shape_mask(stage.width, stage.height, back), stage.hazed((0.28, 0.2, 0.17), 0.12))
    halo(stage, x + w / 2, top + tall * 0.45, w * 0.42, 0.55 * stage.light.lamps)
    counter = [box(x, base - tall * 0.36, x + w, base)]
    stage.lay(shape_mask(stage.width, stage.height, counter), stage.hazed((0.56, 0.37, 0.24), 0.08))
    _goods(stage, x, base - tall * 0.36, w)
    stripes, pale = Shapes(), Shapes()
    count = 8
    for i in range(count):
        a, b = x - w * 0.04 + w * 1.08 * i / count, x - w * 0.04 + w * 1.08 * (i + 1) / count
        a2, b2 = x + w * 0.06 + w * 0.88 * i / count, x + w * 0.06 + w * 0.88 * (i + 1) / count
        target = stripes if i % 2 else pale
        low = top + tall * 0.3
        target.append(("polygon", [a2, top, b2, top, b, low, a, low]))
        target.append(("ellipse", [a, low - (b - a) * 0.42, b, low + (b - a) * 0.42]))
    del unit
    stage.lay(shape_mask(stage.width, stage.height, pale), stage.hazed((0.95, 0.9, 0.82), 0.06))
    stage.lay(shape_mask(stage.width, stage.height, stripes), stage.hazed(colour, 0.06))


def _goods(stage: Stage, x: float, y: float, w: float) -> None:
    colours = ((0.9, 0.3, 0.2), (0.95, 0.7, 0.2), (0.45, 0.65, 0.25), (0.75, 0.35, 0.5))
    r = 9 * stage.unit
    for k, colour in enumerate(colours):
        shapes = Shapes()
        for _ in range(7):
            cx = x + w * (0.06 + 0.23 * k) + stage.rng.uniform(0, 0.19) * w
            cy = y - r * stage.rng.uniform(0.2, 1.3)
            shapes.append(("ellipse", [cx - r, cy - r, cx + r, cy + r]))
        stage.lay(shape_mask(stage.width, stage.height, shapes), stage.hazed(colour, 0.06))


def _lantern_string(stage: Stage, y: float) -> None:
    unit = stage.unit
    for start, end, sag in ((0.0, 0.55, 0.07), (0.45, 1.0, 0.09)):
        shapes = Shapes()
        for t in np.linspace(0.04, 0.96, 9):
            x = stage.width * (start + (end - start) * t)
            cy = y + stage.height * sag * 4 * t * (1 - t)
            shapes.append(("ellipse", [x - 8 * unit, cy - 8 * unit, x + 8 * unit, cy + 10 * unit]))
            halo(stage, x, cy, 42 * unit, 0.5 * stage.light.lamps, colour=(1.0, 0.66, 0.35))
        mask = shape_mask(stage.width, stage.height, shapes)
        stage.lay(mask, mix(stage.lit((0.95, 0.5, 0.3)), (1.0, 0.8, 0.45), stage.light.lamps))


def village(stage: Stage) -> None:
    """A few cottages with lit windows on the far meadow."""
    rng = stage.rng
    for _ in range(6):
        depth = rng.uniform(0.02, 0.2)
        x, base = rng.uniform(0.03, 0.97) * stage.width, stage.horizon + depth * stage.height * 0.4
        w = stage.height * (0.055 + 0.18 * depth)
        wall = [box(x, base - w * 0.7, x + w, base)]
        roof: Shapes = [
            (
                "polygon",
                [
                    x - w * 0.12,
                    base - w * 0.68,
                    x + w * 1.12,
                    base - w * 0.68,
                    x + w * 0.8,
                    base - w * 1.25,
                    x + w * 0.2,
                    base - w * 1.25,
                ],
            )
        ]
        panes = [
            box(x + w * a, base - w * 0.5, x + w * (a + 0.18), base - w * 0.28)
            for a in (0.16, 0.62)
        ]
        far = 0.4 - depth
        stage.lay(shape_mask(stage.width, stage.height, wall), stage.hazed((0.9, 0.83, 0.72), far))
        stage.lay(shape_mask(stage.width, stage.height, roof), stage.hazed((0.66, 0.32, 0.25), far))
        mask = shape_mask(stage.width, stage.height, panes)
        stage.lay(mask, mix(stage.hazed((0.45, 0.5, 0.55), far), WARM, stage.light.lamps))
        halo(stage, x + w / 2, base - w * 0.4, w * 0.9, 0.4 * stage.light.lamps)
