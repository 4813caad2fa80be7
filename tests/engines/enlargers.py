"""Engines that upscale by repeating pixels, right and in one way wrong each."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from fabula.engines.base import CancelToken, ImageEvent, ImageOutput, ImageRequest, Pixels, Progress
from fabula.engines.capabilities import ImageCapabilities, Range
from fabula.engines.image.reference_card import CAPABILITIES, ReferenceCard
from fabula.engines.image_checks import refuse_out_of_range, refused

ENLARGING = replace(
    CAPABILITIES, steps=Range(1, 1, 1), families=(), seeds=False, factors=(2, 3), max_count=1,
    reference_strength=False, reference_required=True, previews=False, inpainting=False,
    models=("plain",),
    width=Range(16, 2048, 512), height=Range(16, 2048, 512),
)  # fmt: skip


class Enlarger(ReferenceCard):
    """Repeats each pixel."""

    def capabilities(self) -> ImageCapabilities:
        return ENLARGING

    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        refuse_out_of_range(request, ENLARGING)
        assert request.reference is not None
        source = request.reference.pixels
        factor = request.width // source.shape[1]
        followed = (request.height, request.width) == tuple(factor * n for n in source.shape[:2])
        if not followed or factor not in ENLARGING.factors or request.model not in {None, "plain"}:
            raise refused("That is no size or model of this engine.")
        cancel.check()
        yield Progress(0, 1, 1)
        cancel.check()
        yield ImageOutput(0, request.seed, self.enlarged(source, factor))

    def enlarged(self, source: Pixels, factor: int) -> Pixels:
        return source.repeat(factor, axis=0).repeat(factor, axis=1)


class Inventive(Enlarger):
    """Makes another picture."""

    def enlarged(self, source: Pixels, factor: int) -> Pixels:
        return 255 - super().enlarged(source, factor)


class OneFactor(Enlarger):
    """Doubles at most."""

    def enlarged(self, source: Pixels, factor: int) -> Pixels:
        return super().enlarged(source, min(factor, 2))


class Scribbling(Enlarger):
    """Writes into its source."""

    def enlarged(self, source: Pixels, factor: int) -> Pixels:
        large = super().enlarged(source, factor)
        source[0, 0] = 255 - source[0, 0]
        return large


class Restless(Enlarger):
    """Never does the same twice."""

    turn = 0

    def enlarged(self, source: Pixels, factor: int) -> Pixels:
        self.turn += 1
        large = super().enlarged(source, factor)
        large[0, 0] = np.uint8(self.turn)
        return large
