"""The flow network in numpy: turns noise into a drawing's components, step by step.

Rectified flow (Liu et al. 2022) with classifier-free guidance (Ho and Salimans 2022). The network
predicts the clean components x of z_t = t x + (1 - t) n; a step moves z along (x - z) / (1 - t).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabula.engines.image.sketchbook.scene.canvas import Array

Indexes = NDArray[np.int64]


@dataclass(frozen=True)
class Condition:
    """What a batch of n drawings is drawn from: sentence vectors (n, 384), colours and styles."""

    words: Array
    colour: Indexes
    style: Indexes

    def __len__(self) -> int:
        return len(self.words)


class FlowNet:
    """Weights of one file written by ``training/sketchbook/export.py``."""

    def __init__(self, path: Path) -> None:
        with np.load(path) as data:
            self._w = {name: data[name].astype(np.float32) for name in data.files}
        self._layers = sum(name.endswith("inner.weight") for name in self._w)
        self.size = int(self._w["leave.weight"].shape[0])
        self.no_colour = len(self._w["colour.weight"]) - 1
        self.no_style = len(self._w["style.weight"]) - 1

    def nothing(self, count: int) -> Condition:
        """The empty condition, away from which guidance pushes."""
        return Condition(
            np.zeros((count, 384), np.float32),
            np.full(count, self.no_colour), np.full(count, self.no_style),
        )  # fmt: skip

    def predict(self, z: Array, t: float, given: Condition) -> Array:
        """Clean components, (n, size), as expected from z at time t."""
        c = self._condition(t, given)
        x = self._linear("enter", z)
        for i in range(self._layers):
            name = f"blocks.{i}."
            gain, shift = np.split(self._linear(f"{name}modulation", c), 2, axis=1)
            inner = silu(self._linear(f"{name}inner", normal(x) * (1 + gain) + shift))
            x = x + self._linear(f"{name}outer", inner)
        return self._linear("leave", x)

    def _condition(self, t: float, given: Condition) -> Array:
        angle = np.tile(np.float32(t) * self._w["waves"], (len(given), 1))
        parts = [
            given.words * 8, self._w["colour.weight"][given.colour],
            self._w["style.weight"][given.style], np.sin(angle), np.cos(angle),
        ]  # fmt: skip
        mixed = silu(self._linear("mix", np.concatenate(parts, 1).astype(np.float32)))
        return silu(self._linear("condense", mixed))

    def _linear(self, name: str, x: Array) -> Array:
        return np.asarray(x @ self._w[f"{name}.weight"].T + self._w[f"{name}.bias"], np.float32)


def normal(x: Array) -> Array:
    """Layer normalisation without weights."""
    centred = x - x.mean(1, keepdims=True)
    return np.asarray(centred / np.sqrt(centred.var(1, keepdims=True) + 1e-5), np.float32)


def silu(x: Array) -> Array:
    return np.asarray(x / (1 + np.exp(-np.clip(x, -60, 60))), np.float32)


def sample(
    net: FlowNet, given: Condition, against: Condition, noise: Array, *, steps: int, guidance: float
) -> Iterator[Array]:
    """Yield the expected clean components after every step; the last are the result.

    ``against`` is the empty condition or that of the negative prompt.
    """
    z = noise
    times = np.linspace(0, 1, steps + 1)
    for now, then in pairwise(times):
        wanted = net.predict(z, float(now), given)
        if guidance != 1:
            unwanted = net.predict(z, float(now), against)
            wanted = unwanted + np.float32(guidance) * (wanted - unwanted)
        z = z + np.float32((then - now) / (1 - now)) * (wanted - z)
        yield wanted
