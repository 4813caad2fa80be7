"""Puts sprites into a scene: where they stand, how the light falls on them, what they cast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fabula.engines.image.sketchbook.decoder import Sprite
from fabula.engines.image.sketchbook.scene.canvas import (
    Array,
    Stage,
    mix,
    noise,
    ramp,
    resize,
    shape_mask,
    soften,
)
from fabula.engines.image.sketchbook.scene.plants import blades
from fabula.engines.image.sketchbook.scene.water import foam
from fabula.engines.image.sketchbook.traits import Traits

MARGIN = 10 / 192
"""Empty border of a sprite below its foot, as the drawings were framed."""


@dataclass(frozen=True)
class Role:
    """One subject on the stage: ``x`` of its middle (fraction of the width), ``size`` (fraction of
    the height), ``depth`` from 0 (front row) to 1 (horizon), ``flying`` above the ground."""

    x: float
    size: float
    depth: float
    flying: bool
    traits: Traits


def sprite_side(stage: Stage, role: Role) -> int:
    """Pixels of the square that the sprite is drawn in."""
    return max(16, round(stage.height * role.size / (1 - 2 * MARGIN)))


def foot_of(stage: Stage, role: Role) -> float:
    """y of the sprite's foot, in pixels."""
    if stage.surface == "space" or role.flying:
        lift = 0.0 if stage.surface in {"space", "underwater"} else stage.height * 0.02
        middle = {"space": 0.52, "underwater": 0.5}.get(stage.surface, 0.42 - 0.18 * role.depth)
        return stage.height * (middle + role.size / 2) - lift
    far = stage.horizon + (stage.height - stage.horizon) * 0.07
    near = stage.height * 0.79 if _in_lake(stage, role) else stage.floor
    return near + (far - near) * role.depth


def _sunk(stage: Stage, role: Role) -> bool:
    """A head in a drift: the drift hides where its shadow would be."""
    return role.traits.head and stage.tuft in {"snow", "sand"}


def _in_lake(stage: Stage, role: Role) -> bool:
    return stage.surface == "shore" and (role.traits.floats or role.traits.swims)


def perform(stage: Stage, role: Role, sprite: Sprite) -> None:
    """Draw one sprite with its shadow or reflection and what hides its foot."""
    side = sprite.alpha.shape[0]
    foot = foot_of(stage, role)
    left = round(role.x * stage.width - side / 2)
    top = round(foot - side * (1 - MARGIN))
    grounded = not role.flying and stage.surface not in {"space", "underwater", "sky"}
    afloat = grounded and (stage.surface == "water" or _in_lake(stage, role))
    colour = lighted(stage, role, sprite, left + side / 2, top + side / 2)
    alpha = sprite.alpha
    if afloat:
        alpha = alpha * _above_water(stage, side, 0.13 if role.traits.floats else 0.24)
        _reflection(stage, colour, alpha, left, round(foot - side * 0.14))
        top += round(side * 0.05)
    elif grounded and not _sunk(stage, role):
        _cast_shadow(stage, alpha, left, foot)
    _blend(stage, colour, alpha, left, top)
    middle, half = left + side / 2, side * 0.36
    if afloat:
        foam(stage, foot - side * 0.075, middle, half * 0.9)
    elif grounded:
        _hide_foot(stage, role, sprite, middle, foot)


def _blend(stage: Stage, colour: Array, alpha: Array, left: int, top: int) -> None:
    side_y, side_x = alpha.shape
    y0, y1 = max(0, top), min(stage.height, top + side_y)
    x0, x1 = max(0, left), min(stage.width, left + side_x)
    if y0 >= y1 or x0 >= x1:
        return
    part = stage.pixels[y0:y1, x0:x1]
    a = alpha[y0 - top : y1 - top, x0 - left : x1 - left, None]
    part += a * (colour[y0 - top : y1 - top, x0 - left : x1 - left] - part)


def lighted(stage: Stage, role: Role, sprite: Sprite, x: float, y: float) -> Array:
    """The sprite's colour in this light: ambient tint, form, rim light, haze of distance."""
    side = sprite.alpha.shape[0]
    ambient = np.array(stage.light.ambient, np.float32)
    tint = 1 + (ambient / ambient.mean() - 1) * 0.55
    strength = 0.45 + 0.55 * float(ambient.mean())
    colour = sprite.colour * (tint * max(strength, 0.72))
    dy, dx = np.gradient(resize(soften(sprite.alpha, side / 26), side, side))
    sun = stage.sun or (stage.width * 0.3, 0.0)
    away = np.array([sun[0] - x, min(sun[1] - y, -0.3 * stage.height)], np.float32)
    away /= np.hypot(*away)
    facing = -(dx * away[0] + dy * away[1]) * side / 9
    grain = noise(stage.rng, side, side, (side / 5, side / 5), 2) - 0.5
    shade = 1 - 0.3 * ramp(-facing, 0.0, 1.0) + 0.05 * grain
    foot = ramp(np.linspace(0, 1, side, dtype=np.float32)[:, None], 1.05, 0.55)
    colour = colour * (shade * (0.86 + 0.14 * foot))[..., None]
    rim = np.clip(facing, 0, 1) * ramp(sprite.distance, side * 0.045, 0) * stage.light.rim
    glow = np.array(mix(stage.light.glow, (1, 1, 1), 0.2), np.float32)
    colour = colour + rim[..., None] * 0.75 * (glow - colour)
    line = ramp(sprite.distance, 2.4 * stage.unit, 0.3 * stage.unit)[..., None]
    colour = colour * (1 - 0.3 * line * (1 - np.clip(rim * 2, 0, 1))[..., None])
    haze = 0.42 * role.depth + 0.25 * stage.light.fog * (0.4 + role.depth)
    colour = colour + haze * (np.array(stage.light.haze, np.float32) - colour)
    return np.asarray(np.clip(colour, 0, 1), np.float32)


def _cast_shadow(stage: Stage, alpha: Array, left: int, foot: float) -> None:
    """A dark pool under the foot and a soft long shadow away from the light."""
    side = alpha.shape[0]
    low = alpha[int(side * (0.9 - MARGIN)) : int(side * (1 - MARGIN))].max(0)
    if low.max() < 0.3:
        return
    columns = np.flatnonzero(low > 0.3)
    x0, x1 = left + columns[0], left + columns[-1]
    middle, half = (x0 + x1) / 2, max(8.0, (x1 - x0) / 2)
    height = max(4.0, half * 0.17)
    strength = {"fog": 0.3, "overcast": 0.35, "storm": 0.4}.get(stage.light.name, 0.5)
    pool = [("ellipse", [middle - half * 1.06, foot - height, middle + half * 1.06, foot + height])]
    dark = np.array(stage.light.top, np.float32) * 0.25
    _lay_soft(stage, pool, max(2.0, height * 0.45), strength, dark)
    if stage.sun and stage.light.body in {"sun", "moon"}:
        shift = np.clip((middle - stage.sun[0]) / stage.width, -0.5, 0.5) * side * 0.9
        long = [("polygon", [x0, foot, x1, foot, x1 + shift - half * 0.25, foot + side * 0.13,
                             x0 + shift + half * 0.25, foot + side * 0.13])]  # fmt: skip
        _lay_soft(stage, long, side * 0.028, strength * 0.55, dark)


def _lay_soft(
    stage: Stage,
    shapes: list[tuple[str, list[float]]],
    radius: float,
    strength: float,
    colour: Array,
) -> None:
    numbers = np.array([n for _, s in shapes for n in s[1::2]])
    top = max(0, int(numbers.min() - 3 * radius))
    bottom = min(stage.height, int(numbers.max() + 3 * radius))
    if top >= bottom:
        return
    moved = [(k, [n - (top if i % 2 else 0) for i, n in enumerate(s)]) for k, s in shapes]
    mask = soften(shape_mask(stage.width, bottom - top, moved, 1), radius)
    stage.lay(mask * strength, colour, top)


def _above_water(stage: Stage, side: int, draught: float) -> Array:
    """1 above a wavy waterline, 0 below."""
    x = np.arange(side, dtype=np.float32)
    wave = np.sin(x / (11 * stage.unit) + stage.rng.uniform(0, 6)) * 2.6 * stage.unit
    line = side * (1 - MARGIN - draught) + wave
    return np.asarray(np.clip(line - np.arange(side, dtype=np.float32)[:, None], 0, 1), np.float32)


def _reflection(stage: Stage, colour: Array, alpha: Array, left: int, line: int) -> None:
    side = alpha.shape[0]
    low = int(side * 0.84)
    flipped, cover = colour[:low][::-1], alpha[:low][::-1]
    rows = np.arange(low)
    shift = (np.sin(rows / (4.5 * stage.unit)) * (1 + rows / low) * 3.4 * stage.unit).astype(int)
    columns = np.clip(np.arange(side) + shift[:, None], 0, side - 1)
    flipped = np.take_along_axis(flipped, columns[..., None], 1)
    cover = np.take_along_axis(cover, columns, 1)
    fade = np.linspace(0.5, 0.02, low, dtype=np.float32)[:, None]
    _blend(stage, flipped * 0.72, (cover * fade).astype(np.float32), left, line)


def _hide_foot(stage: Stage, role: Role, sprite: Sprite, middle: float, foot: float) -> None:
    """Grass, snow, sand or stones in front of the foot; more when only a head is drawn."""
    side = sprite.alpha.shape[0]
    low = sprite.alpha[int(side * 0.82) : int(side * (1 - MARGIN))].max(0)
    columns = np.flatnonzero(low > 0.4)
    half = max(10.0, (columns[-1] - columns[0]) / 2 if columns.size else side * 0.3)
    head = role.traits.head
    half = max(half, side * 0.34) if head else half
    if stage.tuft == "grass" and stage.surface in {"ground", "shore"}:
        tall = side * (0.15 if head else 0.06)
        blades(
            stage,
            np.array(stage.ground) * 0.86,
            base=foot + side * (0.02 if head else 0.012),
            height=tall,
            count=70 if head else 22,
            span=(middle - half * 1.15, middle + half * 1.15),
            spread=4 if head else 2,
        )
    elif head and stage.tuft in {"snow", "sand"}:
        _bank(stage, middle, foot, half, side * 0.1)


def _bank(stage: Stage, middle: float, foot: float, half: float, rise: float) -> None:
    """A low drift that swallows the foot."""
    x = (stage.columns - middle) / (half * 1.7)
    wave = np.maximum(np.cos(np.clip(x, -1, 1) * np.pi / 2), 0) ** 1.3
    grain = noise(stage.rng, stage.width, 2, (30, 1), 3)[0]
    line = foot + rise * 0.5 - wave * rise * (1.0 + 0.2 * grain)
    top = max(0, int(line.min()) - 2)
    rows = stage.rows[top : int(foot + rise * 1.8)]
    depth = (rows - line) / max(rise, 1)
    reach = ramp(np.abs(x), 1.0, 0.75)
    mask = np.clip((rows - line) / (1.6 * stage.unit), 0, 1) * ramp(depth, 1.5, 0.5) * reach
    base = stage.lit(stage.ground)
    lit = mix(base, stage.light.glow, 0.1)
    shade = lit + ramp(depth, 0, 1)[..., None] * (base - lit)
    stage.lay(np.asarray(mask, np.float32), shade, top)
