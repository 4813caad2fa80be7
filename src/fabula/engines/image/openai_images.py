"""Pictures by a server that speaks OpenAI's images API.

The API has no seed, no steps and no guidance scale, and takes a reference without a strength: the
engine says so in its capabilities, and pages leave those controls out.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import numpy as np

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
    Reference,
)
from fabula.engines.capabilities import ImageCapabilities, Range
from fabula.engines.image_checks import refuse_out_of_range, refused
from fabula.engines.image_masks import mask_channel, masked
from fabula.engines.remote.client import Client, Json
from fabula.engines.remote.connection import Connection, Facts, availability, connection_of
from fabula.engines.remote.driving import drive
from fabula.engines.remote.pictures import as_png, read_base64, read_pixels
from fabula.engines.remote.requests import (
    connected,
    refuse_off_the_grid,
    refuse_unknown,
    size_note,
)

Size = tuple[int, int]
_SIZES: tuple[tuple[str, tuple[Size, ...]], ...] = (
    ("gpt-image", ((1024, 1024), (1536, 1024), (1024, 1536))),
    ("dall-e-3", ((1024, 1024), (1792, 1024), (1024, 1792))),
    ("dall-e-2", ((256, 256), (512, 512), (1024, 1024))),
)
"""Sizes by the beginning of a model's name. Other models take any multiple of 64."""
_ALWAYS_BASE64 = "gpt-image"
"""These send their pictures inline, and refuse to be asked for it."""


class OpenAIImages:
    """One server."""

    info = EngineInfo(
        id="openai-images",
        name="OpenAI images API",
        modality=Modality.IMAGE,
        version="1",
        summary="Draws on a server with OpenAI's images API: OpenAI itself, LocalAI and others.",
        model="those of the server",
        licence="as the server's operator says",
    )

    def __init__(self, context: EngineContext) -> None:
        self._to = connection_of(context)

    def availability(self) -> Availability:
        return availability(self._to)

    def capabilities(self) -> ImageCapabilities:
        facts = self._to.facts if self._to else Facts()
        sizes = _sizes(self._model())
        sides = [side for size in sizes for side in size] or [256, 2048]
        limits = Range(min(sides), max(sides), 1024, 256 if sizes else 64)
        return ImageCapabilities(
            width=limits,
            height=limits,
            steps=Range(1, 1, 1),
            guidance_scale=Range(0, 0, 0, 0.1),
            negative_prompt=False,
            image_to_image=True,
            inpainting=True,
            families=("sdxl", "wan"),
            models=facts.models,
            sizes=sizes,
            seeds=False,
            reference_strength=False,
        )

    def load(self) -> None:
        """The server loads its models."""

    def unload(self) -> None:
        """Nothing of the server's is held."""

    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        to = connected(self._to)
        able = self.capabilities()
        refuse_out_of_range(request, able)
        if not able.sizes:
            refuse_off_the_grid(request, 64)
        refuse_unknown(request, to)
        model = request.model or self._model()
        sizes = _sizes(model)
        if sizes and (request.width, request.height) not in sizes:
            known = ", ".join(f"{width} x {height}" for width, height in sizes)
            raise refused(f"{model} makes pictures of {known}.")
        return drive(_draw(to, request, model), cancel)

    def _model(self) -> str:
        if self._to is None:
            return ""
        return self._to.model or next(iter(self._to.facts.models), "")


def _sizes(model: str) -> tuple[Size, ...]:
    return next((sizes for begin, sizes in _SIZES if model.startswith(begin)), ())


async def _draw(
    to: Connection, request: ImageRequest, model: str
) -> AsyncGenerator[ImageEvent, None]:
    async with Client(to, (request.prompt,)) as client:
        for index in range(request.start_index, request.count):
            answer = await _asked(client, request, model)
            picture, revised = await _picture(client, answer)
            pixels = read_pixels(client, picture)
            yield Progress(index, 1, 1)
            if note := size_note(request, pixels, client.name):
                yield note
            height, width = (int(side) for side in pixels.shape[:2])
            used = {"model": model, "width": width, "height": height, "revised_prompt": revised}
            effective = {name: value for name, value in used.items() if value}
            pixels = await asyncio.to_thread(masked, request, pixels)
            yield ImageOutput(index, request.seed + index, pixels, effective)


async def _asked(client: Client, request: ImageRequest, model: str) -> Json:
    """The server's answer to a request for one picture."""
    body: dict[str, Any] = {
        "model": model,
        "prompt": request.prompt,
        "n": 1,
        "size": f"{request.width}x{request.height}",
    }
    if not model.startswith(_ALWAYS_BASE64):
        body["response_format"] = "b64_json"
    seconds = client.connection.patience_seconds
    if request.reference is None:
        return await client.json("POST", "/images/generations", json=body, seconds=seconds)
    files = {"image": ("image.png", as_png(request.reference.pixels), "image/png")}
    if request.reference.mask is not None:
        files["mask"] = ("mask.png", as_png(_hole(request.reference)), "image/png")
    return await client.json("POST", "/images/edits", data=body, files=files, seconds=seconds)


def _hole(reference: Reference) -> Pixels:
    """The mask as the API has it: the picture itself, transparent where it is drawn anew."""
    height, width = reference.pixels.shape[:2]
    if reference.mask is None:
        raise ValueError("There is no mask.")
    kept = 255 - mask_channel(reference.mask, (width, height))
    return np.dstack((reference.pixels, kept))


async def _picture(client: Client, answer: object) -> tuple[bytes, str | None]:
    """The bytes of the picture, and the prompt that the server made of ours."""
    rows = answer.get("data") if isinstance(answer, Mapping) else None
    row = rows[0] if isinstance(rows, list) and rows else None
    if not isinstance(row, Mapping):
        raise client.odd("no picture")
    revised = row.get("revised_prompt")
    told = revised if isinstance(revised, str) else None
    if row.get("b64_json"):
        return read_base64(client, row["b64_json"]), told
    return await _fetched(client, str(row.get("url", ""))), told


async def _fetched(client: Client, url: str) -> bytes:
    """A picture that the server left at an address, which must be its own."""
    if url.startswith("data:"):
        return read_base64(client, url)
    origin, own = client.connection.address.origin, urlsplit(client.connection.address.url)
    place = urlsplit(url)
    if not place.scheme and not place.netloc and url.startswith("/"):
        path = url
    elif (place.scheme, place.netloc) == (own.scheme, own.netloc):
        path = url.removeprefix(origin)
    else:
        raise EngineError(
            f"{client.name} left the picture at another server, from which nothing is fetched: "
            "let it send pictures as b64_json."
        )
    return await client.file(path, root=True)
