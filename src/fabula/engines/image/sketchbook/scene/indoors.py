"""Rooms: walls, a floor, a window onto the sky, shelves, a lamp; and a cave."""

from __future__ import annotations

import numpy as np

from fabula.engines.image.sketchbook.scene.canvas import (
    Colour,
    Stage,
    mix,
    noise,
    ramp,
    shape_mask,
    soften,
)
from fabula.engines.image.sketchbook.scene.land import perspective
from fabula.engines.image.sketchbook.scene.sky import draw_sky
from fabula.engines.image.sketchbook.scene.town import Shapes, box, halo

Area = tuple[float, float, float, float]
"""x, y, width, height in pixels."""
BOOKS: tuple[Colour, ...] = (
    (0.6, 0.2, 0.18), (0.2, 0.36, 0.42), (0.75, 0.55, 0.25), (0.3, 0.42, 0.26), (0.42, 0.26, 0.4),
    (0.85, 0.78, 0.62), (0.22, 0.26, 0.42),
)  # fmt: skip


def indoor_light(stage: Stage) -> np.ndarray:
    """Rooms have lamps: never as dark as the night outside."""
    warm = np.array((1.0, 0.88, 0.7), np.float32)
    return np.asarray(mix(stage.light.ambient, warm, 0.35 + 0.3 * stage.light.lamps), np.float32)


def wall_and_floor(stage: Stage, wall: Colour, floor: Colour) -> None:
    """A plastered wall and floorboards that run towards the viewer."""
    stage.horizon = stage.height * 0.66
    lit, top = indoor_light(stage), int(stage.horizon)
    grain = noise(stage.rng, stage.width, top, (5, 4), 4)[..., None]
    t = (stage.rows[:top] / top)[..., None]
    stage.pixels[:top] = np.array(wall, np.float32) * lit * (0.8 + 0.2 * t + 0.1 * (grain - 0.5))
    height = stage.height - top
    depth = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    across = (stage.columns - stage.width / 2) / (0.55 + 1.1 * depth) / (62 * stage.unit)
    board = np.floor(across)
    tone = np.sin(board * 12.9898) * 43758.5453
    tone = (tone - np.floor(tone)).astype(np.float32)
    joint = ramp(np.abs(across - board - 0.5), 0.47, 0.5)
    fine = perspective(noise(stage.rng, stage.width, height, (120, 8), 3), 2.0)
    shade = (0.86 + 0.16 * tone + 0.14 * (fine - 0.5) - 0.3 * joint) * (0.82 + 0.26 * depth)
    stage.pixels[top:] = np.array(floor, np.float32) * lit * shade[..., None]
    skirting = [box(0, top - 16 * stage.unit, stage.width, top)]
    stage.lay(shape_mask(stage.width, top + 2, skirting), np.array((0.93, 0.88, 0.8)) * lit)
    stage.surface, stage.ground = "indoor", floor


def window(stage: Stage, area: Area, frame: Colour) -> None:
    """A window through which the sky of this light is seen."""
    x, y, w, h = area
    outside = Stage(stage.width, stage.height, stage.light, stage.rng, horizon=y + h * 0.9)
    draw_sky(outside, until=y + h)
    low = outside.horizon - 0.1 * h * np.sin(stage.columns / w * 5 + 1)
    hill = np.clip(stage.rows - low, 0, 1)
    outside.lay(hill, outside.hazed((0.35, 0.5, 0.35), 0.45))
    opening = shape_mask(stage.width, stage.height, [box(x, y, x + w, y + h)])
    border = 13 * stage.unit
    lit = indoor_light(stage)
    outer = shape_mask(stage.width, stage.height,
                       [box(x - border, y - border, x + w + border, y + h + border)])  # fmt: skip
    stage.lay(outer, np.array(frame) * lit)
    stage.pixels += opening[..., None] * (outside.pixels - stage.pixels)
    bars = [
        box(x + w / 2 - 4 * stage.unit, y, x + w / 2 + 4 * stage.unit, y + h),
        box(x, y + h * 0.45 - 4 * stage.unit, x + w, y + h * 0.45 + 4 * stage.unit),
    ]
    stage.lay(shape_mask(stage.width, stage.height, bars), np.array(frame) * lit)
    sill = [box(x - border * 2, y + h + border, x + w + border * 2, y + h + border * 2)]
    stage.lay(shape_mask(stage.width, stage.height, sill), np.array(frame) * lit * 0.92)
    _beam(stage, x, w)
    stage.sun = (x + w / 2, y + h / 2)


def _beam(stage: Stage, x: float, w: float) -> None:
    """The patch of light that falls through the window."""
    shift = (0.5 - (x + w / 2) / stage.width) * stage.width * 0.5
    low = stage.height * 0.93
    shape: Shapes = [
        (
            "polygon",
            [
                x + shift,
                stage.horizon + 20,
                x + w + shift,
                stage.horizon + 20,
                x + w * 1.2 + shift * 1.6,
                low,
                x - w * 0.1 + shift * 1.6,
                low,
            ],
        )
    ]
    mask = soften(shape_mask(stage.width, stage.height, shape), 9 * stage.unit)
    stage.lay(mask * (0.26 if stage.light.body == "sun" else 0.12), stage.light.glow)


def curtains(stage: Stage, area: Area, colour: Colour) -> None:
    """Folded curtains at both sides of a window."""
    x, y, w, h = area
    lit = indoor_light(stage)
    for side in (0, 1):
        left = x - w * 0.28 if side == 0 else x + w * 0.92
        shape = [("polygon", [left, y - 24 * stage.unit, left + w * 0.36, y - 24 * stage.unit,
                              left + w * (0.24 if side == 0 else 0.38), y + h * 1.22,
                              left - w * (0.02 if side == 0 else -0.1), y + h * 1.22])]  # fmt: skip
        mask = shape_mask(stage.width, stage.height, shape)
        folds = 0.86 + 0.14 * np.sin(stage.columns / (7 * stage.unit))[None, :, None]
        stage.lay(mask, np.array(colour, np.float32) * lit * folds)
    rod = [box(x - w * 0.36, y - 30 * stage.unit, x + w * 1.36, y - 24 * stage.unit)]
    stage.lay(shape_mask(stage.width, stage.height, rod), np.array((0.45, 0.32, 0.22)) * lit)


def rug(stage: Stage, colour: Colour) -> None:
    """A round rug where the subjects stand."""
    x, y = stage.width / 2, stage.floor + 6 * stage.unit
    lit = indoor_light(stage)
    for scale, shade in ((1.0, 1.0), (0.86, 1.18), (0.78, 0.94)):
        w, h = stage.width * 0.36 * scale, stage.height * 0.085 * scale
        mask = shape_mask(stage.width, stage.height, [("ellipse", [x - w, y - h, x + w, y + h])])
        stage.lay(mask * 0.95, np.clip(np.array(colour) * shade, 0, 1) * lit)


def lamp(stage: Stage, x: float, base: float) -> None:
    """A floor lamp with a warm shade."""
    unit, lit = stage.unit, indoor_light(stage)
    tall = stage.height * 0.43
    foot = [
        box(x - 3 * unit, base - tall, x + 3 * unit, base),
        ("ellipse", [x - 34 * unit, base - 8 * unit, x + 34 * unit, base + 8 * unit]),
    ]
    stage.lay(shape_mask(stage.width, stage.height, foot), np.array((0.3, 0.22, 0.18)) * lit)
    halo(stage, x, base - tall, 210 * unit, 0.25 + 0.35 * stage.light.lamps)
    shade: Shapes = [("polygon", [x - 30 * unit, base - tall - 42 * unit, x + 30 * unit,
                                  base - tall - 42 * unit, x + 56 * unit, base - tall + 26 * unit,
                                  x - 56 * unit, base - tall + 26 * unit])]  # fmt: skip
    stage.lay(shape_mask(stage.width, stage.height, shade), (1.0, 0.88, 0.62))


def shelves(stage: Stage, x0: float, x1: float, rows: int = 5) -> None:
    """A bookcase from the ceiling to the floor."""
    unit, lit = stage.unit, indoor_light(stage)
    base = stage.horizon + 10 * unit
    case = shape_mask(stage.width, stage.height, [box(x0, -4, x1, base)])
    stage.lay(case, np.array((0.26, 0.16, 0.11)) * lit)
    room = base / rows
    spines: dict[int, Shapes] = {k: [] for k in range(len(BOOKS))}
    boards = Shapes()
    for row in range(rows):
        low = room * (row + 1) - 9 * unit
        boards.append(box(x0, low, x1, low + 9 * unit))
        x = x0 + 10 * unit
        while x < x1 - 16 * unit:
            w, h = stage.rng.uniform(8, 19) * unit, room * stage.rng.uniform(0.55, 0.84)
            if stage.rng.random() < 0.92 and x + w < x1 - 8 * unit:
                spines[int(stage.rng.integers(len(BOOKS)))].append(
                    box(x, low - h, x + w - 1.2 * unit, low)
                )
            x += w
    for k, shapes in spines.items():
        if shapes:
            shade = (
                np.array(BOOKS[k]) * lit * (0.9 + 0.1 * np.sin(stage.columns * 0.7))[None, :, None]
            )
            stage.lay(shape_mask(stage.width, stage.height, shapes), shade)
    posts = [
        box(x0 - 5 * unit, -4, x0 + 7 * unit, base),
        box(x1 - 7 * unit, -4, x1 + 5 * unit, base),
    ]
    stage.lay(
        shape_mask(stage.width, stage.height, boards + posts), np.array((0.5, 0.33, 0.21)) * lit
    )


def cave(stage: Stage) -> None:
    """Dark rock around an opening full of light, with crystals."""
    draw_sky(stage)
    stage.pixels[int(stage.horizon) :] = stage.lit((0.34, 0.3, 0.3))
    grain = noise(stage.rng, stage.width, stage.height, (9, 8), 5)
    dx = (stage.columns - stage.width * 0.5) / (stage.width * 0.34)
    dy = (stage.rows - stage.height * 0.56) / (stage.height * 0.42)
    away = np.hypot(dx, dy) + (grain - 0.5) * 0.55
    for edge, tone in ((0.78, 0.42), (0.98, 0.26), (1.2, 0.15)):
        rock = np.array((0.62, 0.55, 0.58), np.float32) * tone * (0.8 + 0.5 * grain[..., None])
        stage.lay(ramp(away, edge, edge + 0.05), rock + 0.16 * np.array(stage.light.glow) * tone)
    floor = ramp(
        stage.rows + (grain - 0.5) * 40 * stage.unit, stage.height * 0.7, stage.height * 0.74
    )
    t = np.clip((stage.rows - stage.height * 0.7) / (stage.height * 0.3), 0, 1)[..., None]
    stage.lay(
        floor,
        np.array((0.36, 0.32, 0.34), np.float32) * (1.1 - 0.5 * t) * (0.7 + 0.6 * grain[..., None]),
    )
    for _ in range(9):
        x, tall = stage.rng.uniform(0, 1) * stage.width, stage.rng.uniform(26, 74) * stage.unit
        if 0.3 < x / stage.width < 0.7:
            continue
        base, w = stage.height * stage.rng.uniform(0.74, 0.86), tall * 0.2
        shape: Shapes = [
            (
                "polygon",
                [
                    x - w,
                    base,
                    x + w,
                    base,
                    x + w * 1.1,
                    base - tall * 0.6,
                    x + w * 0.2,
                    base - tall,
                    x - w,
                    base - tall * 0.66,
                ],
            )
        ]
        stage.lay(shape_mask(stage.width, stage.height, shape) * 0.9, (0.5, 0.75, 0.9))
        halo(stage, x, base - tall * 0.5, tall * 1.3, 0.35, colour=(0.5, 0.8, 1.0))
    stage.surface, stage.ground, stage.tuft = "ground", (0.3, 0.27, 0.28), "none"
