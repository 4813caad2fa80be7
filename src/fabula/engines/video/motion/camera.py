"""Where the camera is at every frame.

A view says how the frame lies over the picture, in halves of the frame: (0, 0) is its middle, -1
and 1 are its edges. What is near (1) moves more than what is far (0) by ``push`` and ``deep``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FLAT = ("zoom-in", "zoom-out", "pan-left", "pan-right", "tilt-up", "tilt-down", "still")
"""Moves of the frame over the picture: near and far move alike."""
KINDS = ("drift", *FLAT[:-1], "dolly-in", "dolly-out", "orbit", "parallax", "still")
EASINGS = ("ease-in-out", "ease-in", "ease-out", "linear")
DEFAULT_KIND = "drift"
_BACKWARDS = frozenset({"zoom-out", "dolly-out", "pan-left", "tilt-up"})
FOCUS = 0.45
"""The nearness that stays where it is when the camera moves sideways."""


@dataclass(frozen=True, slots=True)
class Move:
    """A camera move that is fully decided. ``strength`` is 0 to 1; ``heading`` in radians is where
    a drift goes."""

    kind: str
    strength: float
    easing: str
    loop: bool
    heading: float = 0.0


@dataclass(frozen=True, slots=True)
class Views:
    """The camera of every frame: ``zoom`` and ``push`` of shape (frames,), the shifts ``flat`` and
    ``deep`` of shape (frames, 2)."""

    zoom: Array
    push: Array
    flat: Array
    deep: Array

    @property
    def has_depth(self) -> bool:
        return bool(self.push.any() or self.deep.any())


def moments(frames: int, *, loop: bool) -> Array:
    """The time of every frame, 0 to 1. A loop comes back to 0 one frame after its last."""
    return np.arange(frames) / (frames if loop else max(frames - 1, 1))


def eased(time: Array, easing: str) -> Array:
    """Progress at a time; the names are those of CSS, the curves polynomials."""
    match easing:
        case "ease-in":
            return np.asarray(time**2)
        case "ease-out":
            return np.asarray(1 - (1 - time) ** 2)
        case "ease-in-out":
            return np.asarray(time * time * (3 - 2 * time))
        case _:
            return time


def progress(move: Move, frames: int) -> Array:
    """How far along its way the move is: there, or there and back in a loop."""
    time = moments(frames, loop=move.loop)
    if move.loop:
        time = 1 - np.abs(2 * time - 1)
    return eased(time, move.easing)


def views(move: Move, frames: int) -> Views:
    """The camera of every frame of a move."""
    if move.kind == "orbit":
        time = moments(frames, loop=move.loop)
        return _orbit(move.strength, time if move.loop else eased(time, move.easing))
    return _along(move, progress(move, frames))


def _still(count: int) -> Views:
    return Views(np.ones(count), np.zeros(count), np.zeros((count, 2)), np.zeros((count, 2)))


def _orbit(strength: float, turn: Array) -> Views:
    """Once around: near things lead, the frame leans in so that no edge comes into sight."""
    angle = 2 * np.pi * turn
    way = np.stack([np.sin(angle), 0.55 * (np.cos(angle) - 1)], -1)
    return replace(_still(len(turn)), deep=0.2 * strength * way, push=0.1 * strength * way[:, 1])


def _along(move: Move, at: Array) -> Views:
    """A move that begins somewhere and ends somewhere, at the progress ``at`` (frames,)."""
    s, rest = move.strength, _still(len(at))
    way = at if move.kind not in _BACKWARDS else 1 - at
    side = (2 * way - 1)[:, None]
    changes: dict[str, Array] = {}
    match move.kind:
        case "zoom-in" | "zoom-out":
            # Equal steps of the logarithm look like an even pace.
            changes = {"zoom": (1 + 0.6 * s) ** way}
        case "pan-left" | "pan-right":
            changes = {"flat": side * np.array([0.45 * s, 0])}
        case "tilt-up" | "tilt-down":
            changes = {"flat": side * np.array([0, 0.45 * s])}
        case "dolly-in" | "dolly-out":
            changes = {"zoom": (1 + 0.3 * s) ** way, "push": 0.45 * s * way}
        case "parallax":
            changes = {"deep": side * np.array([0.2 * s, 0]), "zoom": 1 + 0.06 * s * way}
        case "drift":
            towards = side * np.array([np.cos(move.heading), 0.6 * np.sin(move.heading)])
            changes = {"flat": 0.08 * s * towards, "deep": 0.1 * s * towards}
            changes |= {"zoom": (1 + 0.14 * s) ** way}
    return replace(rest, **changes)


def to_rest(found: Views, frame: int) -> Views:
    """The same move, with the camera at rest at one of its frames."""
    return Views(
        found.zoom / found.zoom[frame],
        found.push - found.push[frame],
        found.flat - found.flat[frame],
        found.deep - found.deep[frame],
    )
