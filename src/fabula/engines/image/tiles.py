"""Working on a picture in tiles: places that overlap, and shares by which they fade into another.

Around the part of a tile that counts lies context, which the work sees and the result leaves out.
Between two neighbours the shares rise and fall along a ramp and always sum to one.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Shares = NDArray[np.float32]
"""Of one axis: shape (pixels,), 0-1."""


@dataclass(frozen=True, slots=True)
class Tiling:
    """All in pixels of the source. A tile of ``side`` must hold two overlaps at least."""

    side: int
    context: int
    ramp: int

    @property
    def overlap(self) -> int:
        return 2 * self.context + self.ramp

    def spans(self, length: int) -> list["Span"]:
        """Where the tiles of an axis lie: evenly, all of one length, overlapping enough."""
        if length <= self.side:
            return [Span(0, length, None, None, self.ramp)]
        count = math.ceil((length - self.overlap) / (self.side - self.overlap))
        starts = [round(at * (length - self.side) / (count - 1)) for at in range(count)]
        # The middle of each overlap, where one tile hands over to the next.
        seams = [(start + self.side + after) / 2 for start, after in pairwise(starts)]
        ends: list[float | None] = [None, *seams, None]
        return [
            Span(start, start + self.side, before, after, self.ramp)
            for start, (before, after) in zip(starts, pairwise(ends), strict=True)
        ]

    def count(self, width: int, height: int) -> int:
        """How many tiles a picture has."""
        return len(self.spans(width)) * len(self.spans(height))


@dataclass(frozen=True, slots=True)
class Span:
    """A tile's place on one axis, ``stop`` excluded, and the seams where it fades in and out; None
    at an edge of the picture."""

    start: int
    stop: int
    fades_in: float | None
    fades_out: float | None
    ramp: int

    def shares(self, factor: int) -> Shares:
        """What the tile counts, for each pixel of its result at ``factor`` times the size."""
        places = np.arange(self.start * factor, self.stop * factor, dtype=np.float32)
        at: Shares = (places + np.float32(0.5)) / np.float32(factor)
        share: Shares = np.ones_like(at)
        if self.fades_in is not None:
            share *= np.clip((at - self.fades_in) / self.ramp + 0.5, 0, 1)
        if self.fades_out is not None:
            share *= np.clip((self.fades_out - at) / self.ramp + 0.5, 0, 1)
        return share


def rows_of(spans: list[Span]) -> Iterator[tuple[Span, int]]:
    """Each span with the place up to which the result is finished when it is done."""
    for span, after in zip(spans, [*spans[1:], None], strict=True):
        yield span, span.stop if after is None else after.start
