"""Trees, grass, flowers and the tufts behind which heads peek out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fabula.engines.image.sketchbook.scene.canvas import Colour, Stage, mix, noise, shape_mask

Shapes = list[tuple[str, list[float]]]


def conifer(rng: np.random.Generator, x: float, base: float, height: float) -> Shapes:
    """A fir: tiers of drooping branches."""
    shapes: Shapes = [("polygon", [x - height * 0.025, base, x + height * 0.025, base,
                                   x, base - height])]  # fmt: skip
    tiers = 6
    for i in range(tiers):
        low = base - height * (0.1 + 0.84 * i / tiers)
        half = height * 0.22 * (1 - i / tiers) + height * 0.03
        lean = rng.uniform(-0.03, 0.03) * height
        tip = low - height * 0.27
        droop = height * 0.035
        shapes.append(("polygon", [x - half, low + droop, x - half * 0.45, low - droop * 0.3,
                                   x, low + droop * 0.5, x + half * 0.45, low - droop * 0.3,
                                   x + half, low + droop, x + lean, tip]))  # fmt: skip
    return shapes


def round_tree(rng: np.random.Generator, x: float, base: float, height: float) -> Shapes:
    """A leafy tree: a trunk under a cluster of round crowns."""
    w = height * 0.045
    shapes: Shapes = [("polygon", [x - w, base, x + w, base, x + w * 0.5, base - height * 0.6,
                                   x - w * 0.5, base - height * 0.6])]  # fmt: skip
    for _ in range(11):
        r = height * rng.uniform(0.13, 0.22)
        cx = x + rng.normal(0, 0.13) * height
        cy = base - height * (0.68 + rng.normal(0, 0.1))
        shapes.append(("ellipse", [cx - r, cy - r, cx + r, cy + r * 0.9]))
    return shapes


def palm(rng: np.random.Generator, x: float, base: float, height: float) -> Shapes:
    """A leaning palm with arched fronds."""
    lean = rng.choice([-1, 1]) * rng.uniform(0.1, 0.28) * height
    w, top = height * 0.028, (x + lean, base - height)
    shapes: Shapes = []
    t = np.linspace(0, 1, 9)
    bend = x + lean * t**1.7
    left = [
        n
        for b, s in zip(bend, t, strict=True)
        for n in (b - w * (1.3 - s * 0.7), base - height * s)
    ]
    right = [
        n
        for b, s in zip(bend[::-1], t[::-1], strict=True)
        for n in (b + w * (1.3 - s * 0.7), base - height * s)
    ]
    shapes.append(("polygon", left + right))
    for angle in np.linspace(-0.35, 3.5, 8) + rng.uniform(-0.15, 0.15, 8):
        shapes.append(("polygon", _frond(top, float(angle), height * rng.uniform(0.34, 0.46))))
    return shapes


def _frond(top: tuple[float, float], angle: float, length: float) -> list[float]:
    s = np.linspace(0, 1, 10)
    x = top[0] + np.cos(angle) * length * s
    y = top[1] - np.sin(angle) * length * s + length * 0.75 * s**2.2
    half = length * 0.085 * np.sin(np.pi * np.minimum(s * 0.94 + 0.06, 1))
    upper = np.stack([x, y - half], -1)
    lower = np.stack([x, y + half * 1.3], -1)[::-1]
    return [float(n) for n in np.concatenate([upper, lower]).ravel()]


KINDS = {"conifer": conifer, "round": round_tree, "palm": palm}


def tree_row(
    stage: Stage, kind: str, colour: Colour, *, base: float, height: float, count: int,
    distance: float, gap: tuple[float, float] | None = None,
) -> None:  # fmt: skip
    """A row of trees at one depth; ``gap`` (fractions of the width) stays open."""
    rng, shapes = stage.rng, list[tuple[str, list[float]]]()
    for i in range(count):
        x = (i + rng.uniform(0.1, 0.9)) / count
        if gap and gap[0] < x < gap[1]:
            continue
        tall = height * rng.uniform(0.7, 1.15)
        shapes += KINDS[kind](rng, x * stage.width, base + rng.uniform(-4, 6) * stage.unit, tall)
    if not shapes:
        return
    mask = shape_mask(stage.width, stage.height, shapes)
    shade = stage.hazed(colour, distance)
    upper = np.clip((base - stage.rows) / max(height, 1), 0, 1)[..., None]
    leaves = noise(rng, stage.width, stage.height, (stage.width / 11, stage.height / 9), 2)
    texture = 1 + (leaves[..., None] - 0.5) * 0.3
    lit = mix(shade, stage.light.glow, 0.22)
    stage.lay(mask, (shade * 0.82 + upper * (lit - shade * 0.82)) * texture)


def snow_on_trees(stage: Stage, base: float, height: float, count: int, distance: float) -> None:
    """Firs with snow on the tiers."""
    rng, green, white = stage.rng, list[tuple[str, list[float]]](), list[tuple[str, list[float]]]()
    for i in range(count):
        x = (i + rng.uniform(0.1, 0.9)) / count * stage.width
        tall, foot = height * rng.uniform(0.65, 1.15), base + rng.uniform(-4, 6) * stage.unit
        tree = conifer(rng, x, foot, tall)
        green += tree
        for _, p in tree[1:]:
            white.append(("polygon", _snowcap(p)))
    stage.lay(
        shape_mask(stage.width, stage.height, green), stage.hazed((0.2, 0.36, 0.34), distance)
    )
    cap = shape_mask(stage.width, stage.height, white)
    stage.lay(cap * 0.95, stage.hazed((0.95, 0.97, 1.0), distance * 0.8))


def _snowcap(p: list[float]) -> list[float]:
    """The upper part of a branch tier."""
    tip_x, tip_y = p[10], p[11]

    def down(x: float, y: float, t: float) -> list[float]:
        return [tip_x + (x - tip_x) * t, tip_y + (y - tip_y) * t]

    return [tip_x, tip_y, *down(p[0], p[1], 0.8), *down(p[2], p[3], 0.52), *down(p[4], p[5], 0.68),
            *down(p[6], p[7], 0.5), *down(p[8], p[9], 0.8)]  # fmt: skip


def blades(
    stage: Stage, colour: ArrayLike, *, base: float, height: float, count: int,
    span: tuple[float, float], spread: float = 6.0,
) -> None:  # fmt: skip
    """Grass blades between two x, their tips catching the light."""
    rng, shapes = stage.rng, list[tuple[str, list[float]]]()
    for _ in range(count):
        x, y = rng.uniform(*span), base + rng.uniform(-spread, spread) * stage.unit
        tall, lean = height * rng.uniform(0.5, 1.1), rng.uniform(-0.4, 0.4) * height
        w = max(1.2 * stage.unit, height * 0.05)
        shapes.append(("polygon", [x - w, y, x + w, y, x + lean * 0.55 + w * 0.3, y - tall * 0.65,
                                   x + lean, y - tall]))  # fmt: skip
    mask = shape_mask(stage.width, stage.height, shapes)
    t = np.clip((base - stage.rows) / max(height, 1), 0, 1)[..., None]
    shade = stage.lit(colour)
    stage.lay(mask, shade * 0.72 + t * (mix(shade, stage.light.glow, 0.25) - shade * 0.72))


def meadow_grass(stage: Stage, colour: Colour) -> None:
    """Rows of grass that grow towards the viewer."""
    for depth in (0.35, 0.6, 0.8):
        base = stage.horizon + (stage.height - stage.horizon) * depth
        tall = stage.height * (0.012 + 0.028 * depth)
        blades(stage, mix(colour, np.array(colour) * 0.75, depth), base=base, height=tall,
               count=int(90 * stage.width / 1024), span=(0, stage.width), spread=26)  # fmt: skip


def foreground_grass(stage: Stage, colour: Colour) -> None:
    """Dark grass along the lower edge."""
    blades(stage, np.array(colour) * 0.55, base=stage.height + 6 * stage.unit,
           height=stage.height * 0.075, count=int(150 * stage.width / 1024),
           span=(-20, stage.width + 20))  # fmt: skip


def flowers(stage: Stage, count: int, colours: list[Colour]) -> None:
    """Small blossoms strewn over the ground, larger when nearer."""
    rng = stage.rng
    depth = rng.random(count) ** 0.7
    for colour in colours:
        shapes, hearts = list[tuple[str, list[float]]](), list[tuple[str, list[float]]]()
        for d in depth[rng.random(count) < 1 / len(colours)]:
            x = rng.uniform(0, stage.width)
            y = stage.horizon + (stage.height - stage.horizon) * (0.18 + 0.8 * d)
            r = (1.4 + 4.2 * d) * stage.unit
            for angle in np.arange(5) * 1.2566 + rng.uniform(0, 1):
                cx, cy = x + np.cos(angle) * r * 0.8, y + np.sin(angle) * r * 0.55
                shapes.append(
                    ("ellipse", [cx - r * 0.62, cy - r * 0.5, cx + r * 0.62, cy + r * 0.5])
                )
            hearts.append(("ellipse", [x - r * 0.42, y - r * 0.36, x + r * 0.42, y + r * 0.36]))
        if shapes:
            stage.lay(shape_mask(stage.width, stage.height, shapes), stage.lit(colour))
            stage.lay(shape_mask(stage.width, stage.height, hearts), stage.lit((1.0, 0.85, 0.3)))


def cactus(stage: Stage, x: float, base: float, height: float, distance: float) -> None:
    """A saguaro with two arms."""
    w = height * 0.09

    def post(cx: float, low: float, high: float, r: float) -> Shapes:
        return [("polygon", [cx - r, low, cx + r, low, cx + r, high, cx - r, high]),
                ("ellipse", [cx - r, high - r, cx + r, high + r])]  # fmt: skip

    shapes = post(x, base, base - height, w)
    for side, level in ((-1, 0.45), (1, 0.6)):
        ax, ay = x + side * w * 3.2, base - height * level
        shapes += post(ax, ay, ay - height * 0.28, w * 0.72)
        shapes.append(
            ("polygon", [x, ay - w * 0.7, ax, ay - w * 0.7, ax, ay + w * 0.7, x, ay + w * 0.7])
        )
        shapes.append(("ellipse", [ax - w * 0.72, ay - w * 0.72, ax + w * 0.72, ay + w * 0.72]))
    stage.lay(
        shape_mask(stage.width, stage.height, shapes), stage.hazed((0.3, 0.5, 0.32), distance)
    )
