"""Far ridges, hills, dunes and the ground that subjects stand on."""

from __future__ import annotations

import numpy as np

from fabula.engines.image.sketchbook.scene.canvas import (
    Array,
    Colour,
    Stage,
    line_noise,
    mix,
    noise,
    ramp,
    resize,
    soften,
)


def ridge(stage: Stage, line: Array, colour: Array, *, mist: float = 0.5) -> None:
    """Fill below ``line`` (y by column); the foot of the ridge fades into the haze."""
    top = max(0, int(line.min()) - 2)
    rows = stage.rows[top:]
    mask = np.clip(rows - line + 0.5, 0, 1)
    depth = np.clip((rows - line) / (stage.height * 0.3), 0, 1)[..., None] * mist
    shade = colour + depth * (np.array(stage.light.haze, np.float32) - colour)
    stage.lay(mask, shade, top)


def mountains(stage: Stage, colour: Colour = (0.36, 0.42, 0.52), *, snow: bool = True) -> None:
    """Two ranges of sharp peaks with lit and shaded flanks."""
    for step, (height, far) in enumerate(((0.44, 0.62), (0.3, 0.36))):
        peaks = line_noise(stage.rng, stage.width, 4 + 2 * step, 6)
        sharp = 1 - np.abs(peaks * 2 - 1)
        line = stage.horizon + 6 * stage.unit - (0.25 + sharp) * height * 0.62 * stage.height
        base = stage.hazed(colour, far)
        ridge(stage, line, base, mist=0.75)
        _flanks(stage, line, base, snow=snow, far=far)


def _flanks(stage: Stage, line: Array, base: Array, *, snow: bool, far: float) -> None:
    top = max(0, int(line.min()))
    end = int(stage.horizon + 8)
    rows = stage.rows[top:end]
    grain = noise(stage.rng, stage.width, end - top, (26, 16), 4)
    slope = np.gradient(soften_line(line, max(3, round(7 * stage.unit))))
    toward = 1.0 if (stage.sun or (stage.width, 0))[0] > stage.width / 2 else -1.0
    lean = (rows - line) * 0.6 * toward + (grain - 0.5) * 26 * stage.unit
    source = np.clip(stage.columns - lean, 0, stage.width - 1).astype(int)
    facing = ramp(toward * slope[source] + (grain - 0.5) * 0.5, -0.35, 0.35)
    inside = np.clip(rows - line, 0, 1)
    fade = np.clip(1 - (rows - line) / (stage.height * 0.3), 0, 1)
    stage.lay(inside * (1 - facing) * 0.33 * fade, base * 0.62, top)
    if snow:
        depth = (rows - line) / stage.height + (grain - 0.5) * 0.12
        cap = ramp(depth, 0.085, 0.04) * inside
        white = stage.hazed((0.97, 0.98, 1.0), far * 0.6)
        stage.lay(cap * 0.92, white * (0.76 + 0.24 * facing[..., None]), top)


def soften_line(line: Array, radius: int) -> Array:
    """Moving average of a line of heights."""
    kernel = np.ones(2 * radius + 1, np.float32) / (2 * radius + 1)
    return np.convolve(np.pad(line, radius, mode="edge"), kernel, "valid").astype(np.float32)


def hills(stage: Stage, colour: Colour, *, count: int = 3, height: float = 0.2) -> None:
    """Rolling hills, each nearer one lower, darker and clearer."""
    for i in range(count):
        nearness = (i + 1) / (count + 0.6)
        wave = line_noise(stage.rng, stage.width, 2.2 + 1.1 * i, 3)
        rise = height * (1 - 0.62 * nearness) * stage.height
        line = stage.horizon + stage.height * 0.05 * nearness - (0.15 + wave) * rise
        shade = stage.hazed(mix(colour, np.array(colour) * 0.82, nearness), 0.66 * (1 - nearness))
        ridge(stage, line, shade, mist=0.4)
        _brushed(stage, line, shade)


def _brushed(stage: Stage, line: Array, shade: Array) -> None:
    top = max(0, int(line.min()))
    end = min(stage.height, int(line.max() + stage.height * 0.2))
    grain = noise(stage.rng, stage.width, end - top, (40, 22), 3)
    inside = np.clip(stage.rows[top:end] - line, 0, 1) * ramp(stage.rows[top:end], end, top)
    light = np.clip(1 - (stage.rows[top:end] - line) / (26 * stage.unit), 0, 1) * 0.22
    stage.lay(inside * light, mix(shade, stage.light.glow, 0.6), top)
    stage.lay(inside * ramp(grain, 0.5, 0.8) * 0.16, shade * 0.7, top)


def dunes(stage: Stage, colour: Colour = (0.93, 0.74, 0.46)) -> None:
    """Sand ridges with a lit and a shaded side."""
    for i in range(4):
        nearness = (i + 1) / 4.6
        wave = line_noise(stage.rng, stage.width, 1.6 + 0.7 * i, 2)
        line = (
            stage.horizon
            + stage.height * (0.27 * nearness**1.6 - 0.02)
            - (wave - 0.2) * (stage.height * 0.13)
        )
        shade = stage.hazed(mix(colour, (0.8, 0.56, 0.34), nearness * 0.45), 0.5 * (1 - nearness))
        ridge(stage, line, shade, mist=0.22)
        slope = np.gradient(soften_line(line, 9))
        toward = 1.0 if (stage.sun or (0, 0))[0] > stage.width / 2 else -1.0
        side = ramp(toward * slope, 0.02, -0.16)
        top = max(0, int(line.min()))
        depth = stage.rows[top:] - line
        body = np.clip(depth, 0, 1) * np.clip(1 - depth / (stage.height * 0.14), 0, 1)
        stage.lay(body * side[None, :] * 0.5, shade * 0.68, top)
        crest = np.clip(depth, 0, 1) * np.clip(1 - depth / (5 * stage.unit), 0, 1) * (1 - side)
        stage.lay(crest * 0.45, mix(shade, stage.light.glow, 0.7), top)


def ground(
    stage: Stage, near: Colour, far: Colour, *, start: float | None = None,
    patches: float = 0.35, streaks: float = 2.4,
) -> None:  # fmt: skip
    """The floor of the scene: a gradient with patches that grow towards the viewer."""
    begin = int(start if start is not None else stage.horizon)
    edge = begin + (line_noise(stage.rng, stage.width, 3, 2) - 0.5) * 12 * stage.unit
    top = max(0, int(edge.min()) - 1)
    height = stage.height - top
    depth = (np.arange(height, dtype=np.float32) / max(1, height))[:, None]
    fine = perspective(noise(stage.rng, stage.width, height, (10, 10 * streaks), 6), 3.0)
    t = (ramp(depth, 0, 0.9) + np.zeros_like(fine))[..., None]
    distant = stage.hazed(far, 0.3)
    colour = distant + t * (stage.lit(near) - distant)
    colour = colour * (1 + (fine[..., None] - 0.5) * patches * (0.45 + depth[..., None]))
    mask = np.clip(stage.rows[top:] - edge + 0.5, 0, 1)
    stage.lay(mask, np.clip(colour, 0, 1), top)
    stage.ground = near


def perspective(texture: Array, power: float) -> Array:
    """Squeeze a texture towards its upper edge, as a floor that runs to the horizon."""
    height = texture.shape[0]
    t = np.linspace(0.02, 1, height, dtype=np.float32)
    source = np.clip((t ** (1 / power)) * (height - 1), 0, height - 1).astype(int)
    return np.asarray(texture[source], np.float32)


def path(stage: Stage, colour: Colour) -> None:
    """A winding path from the foreground to the horizon."""
    rng = stage.rng
    top = int(stage.horizon + 6 * stage.unit)
    t = np.linspace(0, 1, stage.height - top, dtype=np.float32)
    sway = np.sin(t * rng.uniform(3.5, 5.5) + rng.uniform(0, 6)) * (1 - t) ** 0.6 * 0.12
    centre = stage.width * (rng.uniform(0.4, 0.6) + sway + (t**2) * rng.uniform(-0.2, 0.2))
    half = stage.width * (0.008 + 0.12 * t**1.5)
    away = np.abs(stage.columns - centre[:, None]) / half[:, None]
    rough = noise(rng, stage.width, len(t), (60, 40), 2)
    mask = ramp(away + (rough - 0.5) * 0.3, 1.05, 0.85)
    base = stage.hazed(colour, 0.25)
    near = stage.lit(colour)
    shade = base + t[:, None, None] * (near - base)
    stage.lay(mask * 0.85, shade * (0.93 + 0.14 * rough[..., None]), top)


def mounds(stage: Stage, colour: Colour, *, top: float = 0.93, rise: float = 0.06) -> None:
    """A soft bank in the very foreground, which frames the picture."""
    wave = line_noise(stage.rng, stage.width, 3, 2)
    line = stage.height * (top - (wave - 0.4) * rise)
    start = max(0, int(line.min()) - 1)
    rows = stage.rows[start:]
    mask = np.clip((rows - line) / (1.5 * stage.unit) + 0.5, 0, 1)
    t = np.clip((rows - line) / (stage.height * 0.12), 0, 1)[..., None]
    shade = mix(stage.lit(colour), stage.light.glow, 0.12)
    stage.lay(mask, shade * (1 - 0.28 * t), start)


def drifts(stage: Stage) -> None:
    """Soft blue shadows of snow drifts."""
    top = int(stage.horizon)
    height = stage.height - top
    soft = perspective(noise(stage.rng, stage.width, height, (5, 12), 3), 2.4)
    slope = np.gradient(resize(soften(soft, 8 * stage.unit), stage.width, height), axis=0)
    mask = ramp(slope * 60, 0.1, 0.9) * 0.4
    stage.lay(mask.astype(np.float32), stage.lit((0.66, 0.77, 0.95)), top)
    stage.lay(ramp(slope * -60, 0.1, 0.9) * 0.35, stage.lit((1, 1, 1)), top)
