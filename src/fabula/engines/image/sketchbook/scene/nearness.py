"""How near things are: known here, since the scene was put together from near and far.

On flat ground nearness (one over the distance) grows evenly from the horizon to the lower edge;
a subject is as near as the ground under its foot.
"""

from __future__ import annotations

import numpy as np

from fabula.engines.image.sketchbook.scene.canvas import Array, Stage, ramp, soften
from fabula.engines.image.sketchbook.scene.staging import Role, foot_of

HORIZON = 0.12
"""Nearness of what stands at the horizon; the sky fades to 0 above it."""
_FLOATING = 0.75


def ground_nearness(stage: Stage) -> Array:
    """Nearness of the scene without its subjects: shape (height, width), 0 far to 1 near."""
    below = (stage.rows - stage.horizon) / max(stage.height - stage.horizon, 1)
    sky = HORIZON * stage.rows / max(stage.horizon, 1)
    rows = np.where(below > 0, HORIZON + (1 - HORIZON) * below, sky)
    return np.asarray(np.broadcast_to(rows, stage.pixels.shape[:2]).copy(), np.float32)


def with_role(nearness: Array, stage: Stage, role: Role, changed: Array) -> Array:
    """Add a subject; ``changed`` is how much each pixel changed when it was drawn, 0 to 1."""
    presence = soften(ramp(changed, 0.02, 0.08), stage.height / 120)
    own = _nearness_of(stage, role)
    return np.asarray(np.maximum(nearness, presence * own), np.float32)


def _nearness_of(stage: Stage, role: Role) -> float:
    if role.flying or stage.surface in {"space", "underwater", "sky"}:
        return _FLOATING * (1 - role.depth) + HORIZON * role.depth
    foot = (foot_of(stage, role) - stage.horizon) / max(stage.height - stage.horizon, 1)
    return HORIZON + (1 - HORIZON) * float(np.clip(foot, 0, 1))
