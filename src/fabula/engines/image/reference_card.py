"""An image engine in one file: the example for writing your own, and the studio's test engine.

It draws a test card: a colour gradient from seed and prompt that comes out of noise step by step,
with the prompt, the seed and the step written on it. A third party's engine looks like this file;
``fabula.engines.contract`` says whether it behaves.

Options, of the engine or of a request: ``step_seconds``, the pause of a step. Only where the
engine's own option ``fault_injection`` is true, also ``fail_at_step``, ``die_at_step`` and
``hang_at_step``.
"""

import hashlib
import io
import os
import textwrap
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

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
from fabula.engines.image_checks import refuse_out_of_range, refused
from fabula.engines.image_masks import mask_channel, opacity, source_at

Canvas = NDArray[np.float32]
PREVIEW_SIDE = 192
FOREVER_SECONDS = 86_400.0
CAPABILITIES = ImageCapabilities(
    width=Range(64, 2048, 512, 8),
    height=Range(64, 2048, 512, 8),
    steps=Range(1, 100, 10),
    guidance_scale=Range(0, 20, 5, 0.1),
    negative_prompt=True,
    image_to_image=True,
    inpainting=True,
    previews=True,
    families=("sdxl", "wan"),
)


class ReferenceCard:
    """Draws a test card. Needs no model."""

    info = EngineInfo(
        id="reference-card",
        name="Reference card",
        modality=Modality.IMAGE,
        version="1",
        summary="Draws test cards, for trying out the studio's machinery.",
        model="none",
        licence="Apache-2.0",
        stand_in=True,
    )

    def __init__(self, context: EngineContext) -> None:
        self._options = context.options

    def availability(self) -> Availability:
        return Availability(True)

    def capabilities(self) -> ImageCapabilities:
        return CAPABILITIES

    def load(self) -> None:
        """There is nothing to load."""

    def unload(self) -> None:
        """There is nothing to free."""

    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        check(request)
        options = {**self._options, **request.options}
        pause = seconds(options.get("step_seconds", 0))
        for index in range(request.start_index, request.count):
            seed = request.seed + index
            card, canvas = drawing(request, seed), noise(request, seed)
            for step in range(1, request.steps + 1):
                cancel.check()
                time.sleep(pause)
                self._misbehave(options, step)
                canvas += (card - canvas) / (request.steps - step + 1)
                preview = picture_of_step(canvas, step) if step % 2 == 0 else None
                yield Progress(index, step, request.steps, preview)
            cancel.check()
            pixels = finished(canvas, request, seed)
            yield ImageOutput(index, seed, pixels, {"steps": request.steps})

    def _misbehave(self, options: dict[str, Any], step: int) -> None:
        if self._options.get("fault_injection") is not True:
            return
        if step == options.get("fail_at_step"):
            raise EngineError("The card tore, as asked.", retryable=True)
        if step == options.get("die_at_step"):
            os._exit(9)
        if step == options.get("hang_at_step"):
            time.sleep(FOREVER_SECONDS)


def check(request: ImageRequest) -> None:
    """Raise ``EngineError`` (``bad_request``) for a request that the card cannot serve."""
    refuse_out_of_range(request, CAPABILITIES)
    if request.model:
        raise refused("The card has no models.")


def seconds(value: object) -> float:
    if isinstance(value, int | float) and 0 <= value <= 60:
        return float(value)
    raise refused("step_seconds must lie between 0 and 60.")


def drawing(request: ImageRequest, seed: int) -> Canvas:
    """The card without its text: shape (height, width, 3), 0-255."""
    words = f"{request.prompt}\0{request.negative_prompt}\0{request.guidance_scale}"
    digest = hashlib.sha256(words.encode()).digest()
    rng = np.random.default_rng([seed, int.from_bytes(digest[:8])])
    corners = rng.integers(30, 226, (2, 2, 3), dtype=np.uint8)
    size = (request.width, request.height)
    card = _floats(Image.fromarray(corners).resize(size, Image.Resampling.BILINEAR))
    reference = request.reference
    if reference is None:
        return card
    share = np.full((request.height, request.width, 1), reference.strength, np.float32)
    if reference.mask is not None:
        share *= opacity(mask_channel(reference.mask, size))[..., None]
    return source_at(reference, size) * (1 - share) + card * share


def noise(request: ImageRequest, seed: int) -> Canvas:
    rng = np.random.default_rng([seed, request.width, request.height])
    return rng.random((request.height, request.width, 3), np.float32) * 255


def finished(canvas: Canvas, request: ImageRequest, seed: int) -> Pixels:
    """The card with its text. Image to image leaves the text out: it is no part of the source."""
    picture = Image.fromarray(_bytes(canvas))
    if request.reference is None:
        lines = [*textwrap.wrap(request.prompt, 28)[:6], f"seed {seed}", f"{request.steps} steps"]
        _write(picture, "\n".join(lines))
    return np.asarray(picture, np.uint8)


def picture_of_step(canvas: Canvas, step: int) -> bytes:
    """A small JPEG of the canvas with the number of the step."""
    picture = Image.fromarray(_bytes(canvas))
    picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.BILINEAR)
    _write(picture, f"step {step}")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=70)
    return out.getvalue()


def _write(picture: Image.Image, text: str) -> None:
    size = max(9, picture.width // 18)
    font = ImageFont.load_default(size)
    place, outline = (size, size), size // 9
    draw = ImageDraw.Draw(picture)
    draw.text(place, text, "white", font, stroke_width=outline, stroke_fill="black")


def _floats(picture: Image.Image) -> Canvas:
    return np.asarray(picture, np.float32)


def _bytes(canvas: Canvas) -> Pixels:
    return canvas.round().clip(0, 255).astype(np.uint8)
