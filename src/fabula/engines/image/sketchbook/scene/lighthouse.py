"""A lighthouse on a rock: too common in stories to go without, and in no pictogram set."""

from __future__ import annotations

import numpy as np

from fabula.engines.image.sketchbook.scene.canvas import Stage, line_noise, mix, ramp, shape_mask
from fabula.engines.image.sketchbook.scene.town import WARM, Shapes, box, halo


def draw_lighthouse(stage: Stage) -> None:
    """At one side in the middle distance, its lamp lit when it is dark."""
    side = 1 if (stage.sun or (0, 0))[0] < stage.width / 2 else -1
    x = stage.width * (0.5 + side * stage.rng.uniform(0.27, 0.34))
    base = stage.horizon + (stage.height - stage.horizon) * 0.16
    tall = stage.height * 0.46
    _rock(stage, x, base, tall * 0.42)
    base -= tall * 0.07
    _beam(stage, x, base - tall * 0.9, side)
    _tower(stage, x, base, tall)
    halo(stage, x, base - tall * 0.9, tall * 0.3, 0.25 + 0.6 * stage.light.lamps)


def _rock(stage: Stage, x: float, base: float, half: float) -> None:
    rise = np.maximum(np.cos(np.clip((stage.columns - x) / half, -1, 1) * np.pi / 2), 0) ** 0.8
    rough = line_noise(stage.rng, stage.width, 40, 3)
    line = base + half * 0.1 - rise * half * (0.34 + 0.14 * rough)
    rows = stage.rows[: int(base + half * 0.1)]
    near = np.abs(stage.columns - x) < half
    mask = np.clip(rows - line + 0.5, 0, 1) * near
    shade = stage.hazed((0.36, 0.34, 0.36), 0.12)
    depth = ramp((rows - line) / max(half * 0.3, 1), 0, 1)[..., None]
    stage.lay(
        mask.astype(np.float32),
        mix(shade, stage.light.glow, 0.2) * (1 - depth) + shade * 0.7 * depth,
    )


def _tower(stage: Stage, x: float, base: float, tall: float) -> None:
    low, high = tall * 0.095, tall * 0.062

    def ring(a: float, b: float) -> tuple[str, list[float]]:
        wa, wb = low + (high - low) * a, low + (high - low) * b
        return "polygon", [
            x - wa,
            base - tall * 0.8 * a,
            x + wa,
            base - tall * 0.8 * a,
            x + wb,
            base - tall * 0.8 * b,
            x - wb,
            base - tall * 0.8 * b,
        ]

    white = [
        ring(0, 1),
        box(x - high * 1.5, base - tall * 0.82, x + high * 1.5, base - tall * 0.79),
    ]
    red: Shapes = [
        ring(0.2, 0.4),
        ring(0.6, 0.8),
        (
            "polygon",
            [
                x - high * 1.15,
                base - tall * 0.94,
                x + high * 1.15,
                base - tall * 0.94,
                x,
                base - tall * 1.04,
            ],
        ),
    ]
    lamp = [box(x - high * 0.85, base - tall * 0.94, x + high * 0.85, base - tall * 0.82)]
    panes = [box(x - high * 0.2, base - tall * h, x + high * 0.2, base - tall * h + tall * 0.035)
             for h in (0.2, 0.42, 0.64)]  # fmt: skip
    turn = 1 - 0.32 * ramp((stage.columns - x) / low, -0.3, 1)[None, :, None]
    for shapes, colour in (
        (white, (0.96, 0.95, 0.92)),
        (red, (0.8, 0.24, 0.22)),
        (panes, (0.2, 0.2, 0.26)),
    ):
        stage.lay(shape_mask(stage.width, stage.height, shapes), stage.hazed(colour, 0.1) * turn)
    mask = shape_mask(stage.width, stage.height, lamp)
    stage.lay(mask, mix(stage.lit((0.9, 0.88, 0.75)), WARM, stage.light.lamps))


def _beam(stage: Stage, x: float, y: float, side: int) -> None:
    if stage.light.lamps < 0.5:
        return
    reach = stage.width * 0.9
    for way in (-side, side):
        away = (stage.columns - x) * way
        slope = np.abs(stage.rows - y + away * 0.06) / np.maximum(away * 0.09, 1)
        cone = ramp(slope, 1, 0.2) * (away > 0) * np.clip(1 - away / reach, 0, 1)
        stage.lay((cone * 0.4 * stage.light.lamps).astype(np.float32), WARM)
