"""Upscaling by Real-ESRGAN: more pixels for a picture that is there, without words.

Two models: ``fast`` is the network realesr-animevideov3, ``careful`` is realesrgan-x4plus. Both are
BSD-3 weights of https://github.com/xinntao/Real-ESRGAN in the form that ncnn reads. A picture is
worked on in tiles, so that memory stays bounded and each tile is a step that can be the last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabula.engines.base import (
    Availability,
    CancelToken,
    EngineContext,
    EngineError,
    EngineInfo,
    ImageEvent,
    ImageOutput,
    ImageRequest,
    Modality,
    Pixels,
    Progress,
)
from fabula.engines.capabilities import ImageCapabilities, Range
from fabula.engines.image.tiles import Span, Tiling, rows_of
from fabula.engines.image_checks import refuse_out_of_range, refused
from fabula.engines.setup import UPSCALER

Tile = NDArray[np.float32]
"""Shape (height, width, 3), RGB, 0-1."""

MAX_SIDE = 8192
MAX_PIXELS = 32 * 2**20
"""A finished picture has at most so many pixels, which are 96 MiB in memory."""


@dataclass(frozen=True, slots=True)
class Network:
    """Files of a network, by how much it enlarges, and how pictures are cut for it."""

    graph: str
    weights: str
    scale: int
    tiling: Tiling


# The fast network sees 18 pixels around each one, so that a context of 20 leaves no trace of the
# tiles. The careful one sees further than pays: what is left, a few grey levels, is lost in the
# ramp.
_FAST, _CAREFUL = Tiling(160, 20, 8), Tiling(144, 18, 14)
_X2 = Network("realesr-animevideov3-x2.param", "realesr-animevideov3-x4.bin", 2, _FAST)
_X4 = Network("realesr-animevideov3-x4.param", "realesr-animevideov3-x4.bin", 4, _FAST)
_PLUS = Network("realesrgan-x4plus.param", "realesrgan-x4plus.bin", 4, _CAREFUL)
NETWORKS: dict[tuple[str, int], Network] = {
    ("fast", 2): _X2,
    ("fast", 4): _X4,
    ("careful", 2): _PLUS,
    ("careful", 4): _PLUS,
}
"""By model and factor. A network that enlarges by more is brought down to the factor."""

CAPABILITIES = ImageCapabilities(
    width=Range(64, MAX_SIDE, 2048),
    height=Range(64, MAX_SIDE, 2048),
    steps=Range(1, 1, 1),
    guidance_scale=Range(0, 0, 0),
    max_count=1,
    negative_prompt=False,
    image_to_image=True,
    families=(),
    models=("fast", "careful"),
    seeds=False,
    reference_strength=False,
    reference_required=True,
    factors=(2, 4),
    max_pixels=MAX_PIXELS,
)


class RealEsrgan:
    """Enlarges the reference of a request to the request's size."""

    info = EngineInfo(
        id="real-esrgan",
        name="Real-ESRGAN",
        modality=Modality.IMAGE,
        version="1",
        summary="Enlarges pictures two or four times, on the processor.",
        model="realesr-animevideov3 and realesrgan-x4plus",
        licence="BSD-3-Clause",
    )

    def __init__(self, context: EngineContext) -> None:
        self._folder = Path(context.models_dir)
        self._threads = context.threads
        self._loaded: dict[Network, Any] = {}

    def availability(self) -> Availability:
        missing = [file.file for file in UPSCALER.files if not (self._folder / file.file).exists()]
        if missing:
            reason = f"The model is not there: {self._folder / missing[0]}."
            return Availability(False, reason, "Run `fabula setup`.")
        return Availability(True)

    def capabilities(self) -> ImageCapabilities:
        return CAPABILITIES

    def load(self) -> None:
        """Networks are read when a request first needs them."""

    def unload(self) -> None:
        self._loaded.clear()

    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        network, factor = _checked(request)
        return self._enlarged(request, network, factor, cancel)

    def _enlarged(
        self, request: ImageRequest, network: Network, factor: int, cancel: CancelToken
    ) -> Iterator[ImageEvent]:
        cancel.check()
        source = _source(request)
        height, width = source.shape[:2]
        columns = network.tiling.spans(width)
        steps, step = network.tiling.count(width, height), 0
        result: Pixels = np.empty((height * factor, width * factor, 3), np.uint8)
        carried = np.zeros((0, width * factor, 3), np.float32)
        for rows, finished in rows_of(network.tiling.spans(height)):
            strip = np.zeros(((rows.stop - rows.start) * factor, width * factor, 3), np.float32)
            for column in columns:
                cancel.check()
                tile = self._tile(
                    network, source[rows.start : rows.stop, column.start : column.stop]
                )
                _lay(strip, _reduced(tile, network.scale // factor), column, factor)
                step += 1
                yield Progress(0, step, steps)
            strip *= rows.shares(factor)[:, None, None]
            strip[: len(carried)] += carried
            done = (finished - rows.start) * factor
            result[rows.start * factor : finished * factor] = _bytes(strip[:done])
            carried = strip[done:]
        cancel.check()
        yield ImageOutput(0, request.seed, result, _effective(network, factor))

    def _tile(self, network: Network, pixels: Pixels) -> Tile:
        """One pass of the network. Raises ``EngineError``."""
        import ncnn  # noqa: PLC0415 - a library of machine code, loaded in the engine's process only

        given = np.ascontiguousarray(pixels.transpose(2, 0, 1), np.float32) / np.float32(255)
        extractor = self._network(network).create_extractor()
        extractor.input("data", ncnn.Mat(given))
        code, found = extractor.extract("output")
        if code != 0:
            raise EngineError(
                "The network ran out of memory.", code="out_of_memory", retryable=True
            )
        made: Tile = np.asarray(found, np.float32).transpose(1, 2, 0)
        return made

    def _network(self, network: Network) -> Any:  # noqa: ANN401 - ncnn has no types
        if network not in self._loaded:
            import ncnn  # noqa: PLC0415 - as above

            made = ncnn.Net()
            made.opt.use_vulkan_compute = False
            made.opt.num_threads = self._threads
            read = made.load_param(str(self._folder / network.graph))
            if read != 0 or made.load_model(str(self._folder / network.weights)) != 0:
                raise EngineError(
                    "The model cannot be read: run `fabula setup`.", code="unavailable"
                )
            self._loaded[network] = made
        return self._loaded[network]


def _checked(request: ImageRequest) -> tuple[Network, int]:
    """The network and the factor of a request. Raises ``EngineError`` (``bad_request``)."""
    refuse_out_of_range(request, CAPABILITIES)
    source = _source(request)
    height, width = source.shape[:2]
    factor = request.width // width
    if (request.width, request.height) != (width * factor, height * factor):
        raise refused("The size must be that of the reference, two or four times.")
    if factor not in CAPABILITIES.factors:
        raise refused("A picture can be enlarged two or four times.")
    model = request.model or CAPABILITIES.models[0]
    if (model, factor) not in NETWORKS:
        raise refused(f"model must be one of {', '.join(CAPABILITIES.models)}.")
    return NETWORKS[model, factor], factor


def _source(request: ImageRequest) -> Pixels:
    if request.reference is None:
        raise refused("This engine starts from a picture: add a reference.")
    return request.reference.pixels


def _reduced(tile: Tile, by: int) -> Tile:
    """The tile with squares of ``by`` pixels a side made one."""
    if by == 1:
        return tile
    height, width, channels = tile.shape
    cut = tile.reshape(height // by, by, width // by, by, channels)
    reduced: Tile = cut.mean(axis=(1, 3), dtype=np.float32)
    return reduced


def _lay(strip: Tile, tile: Tile, column: Span, factor: int) -> None:
    """Add a tile to its strip by its shares along the width."""
    place = slice(column.start * factor, column.stop * factor)
    strip[:, place] += tile * column.shares(factor)[None, :, None]


def _bytes(tile: Tile) -> Pixels:
    scaled: Pixels = (tile * np.float32(255)).round().clip(0, 255).astype(np.uint8)
    return scaled


def _effective(network: Network, factor: int) -> dict[str, Any]:
    return {"upscaler": network.graph.removesuffix(".param"), "factor": factor}
