"""Pictures by a server that speaks AUTOMATIC1111's API: its own, Forge, SD.Next.

One request for each picture; how far it is, is asked for meanwhile. The server's own settings stay
as they are: a model is named in ``override_settings``, which are put back after the picture.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import suppress
from typing import Any
from uuid import uuid4

from fabula.engines.base import (
    Availability,
    CancelToken,
    EngineContext,
    EngineError,
    EngineInfo,
    ImageCapabilities,
    ImageEvent,
    ImageOutput,
    ImageRequest,
    Modality,
    Pixels,
    Progress,
    Range,
)
from fabula.engines.image_checks import refuse_out_of_range
from fabula.engines.model_files.families import LoraChoice
from fabula.engines.remote.client import Client, ServerError
from fabula.engines.remote.connection import Connection, Facts, availability, connection_of
from fabula.engines.remote.driving import drive
from fabula.engines.remote.pictures import (
    as_base64_png,
    mask_pixels,
    read_base64,
    read_pixels,
    small_preview,
)
from fabula.engines.remote.requests import (
    connected,
    refuse_off_the_grid,
    refuse_unknown,
    size_note,
)

SEEDS = 2**32
"""The server's seeds have 32 bits."""
INTERRUPT_SECONDS = 0.8
_UNANSWERED = 3
_USUAL_SAMPLER = "DPM++ 2M"


class A1111:
    """One server."""

    info = EngineInfo(
        id="a1111",
        name="A1111 API",
        modality=Modality.IMAGE,
        version="1",
        summary="Draws on a server with AUTOMATIC1111's API, such as Forge or SD.Next.",
        model="those of the server",
        licence="those of the server's models",
    )

    def __init__(self, context: EngineContext) -> None:
        self._to = connection_of(context)

    def availability(self) -> Availability:
        return availability(self._to)

    def capabilities(self) -> ImageCapabilities:
        facts = self._to.facts if self._to else Facts()
        return ImageCapabilities(
            width=Range(64, 2048, 1024, 8),
            height=Range(64, 2048, 1024, 8),
            steps=Range(1, 150, 20),
            guidance_scale=Range(1, 30, 7, 0.1),
            image_to_image=True,
            inpainting=True,
            previews=True,
            schedulers=facts.samplers,
            loras=True,
            lora_files=tuple(map(LoraChoice, facts.loras)),
            families=("sdxl", "wan"),
            models=facts.models,
            default_model=self._to.model if self._to else "",
        )

    def load(self) -> None:
        """The server loads its models."""

    def unload(self) -> None:
        """Nothing of the server's is held."""

    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        to = connected(self._to)
        refuse_out_of_range(request, self.capabilities())
        refuse_off_the_grid(request, 8)
        refuse_unknown(request, to)
        return drive(_draw(to, request), cancel)


async def probe(to: Connection) -> Facts:
    """Ask a server what it has. Raises ``EngineError``."""
    async with Client(to) as client:
        models = await client.json("GET", "/sdapi/v1/sd-models")
        samplers = await client.json("GET", "/sdapi/v1/samplers")
        facts = Facts(
            version=await _version(client),
            models=_names(client, models, "title"),
            samplers=_names(client, samplers, "name"),
            schedules=await _optional(client, "/sdapi/v1/schedulers", "label"),
            loras=await _optional(client, "/sdapi/v1/loras", "name"),
        )
        if not facts.models:
            raise EngineError(
                f"{to.name} has no model: put one into its folder models/Stable-diffusion.",
                code="unavailable",
            )
    return facts


async def _version(client: Client) -> str:
    """SD.Next tells its version; the others tell none."""
    try:
        told = await client.json("GET", "/sdapi/v1/version")
    except ServerError as error:
        if error.status is None:
            raise
        return "unknown"
    found = told.get("commit") or told.get("version") if isinstance(told, Mapping) else None
    return str(found or "unknown")


async def _optional(client: Client, path: str, key: str) -> tuple[str, ...]:
    """A list that not every one of these servers has."""
    try:
        return _names(client, await client.json("GET", path), key)
    except ServerError as error:
        if error.status is None:
            raise
        return ()


def _names(client: Client, told: object, key: str) -> tuple[str, ...]:
    if not isinstance(told, list):
        raise client.odd("something that is no list")
    return tuple(str(row[key]) for row in told if isinstance(row, Mapping) and key in row)


async def _draw(to: Connection, request: ImageRequest) -> AsyncGenerator[ImageEvent, None]:
    async with Client(to, (request.prompt, request.negative_prompt)) as client:
        for index in range(request.start_index, request.count):
            body = _body(to, request, index)
            path = "/sdapi/v1/img2img" if request.reference else "/sdapi/v1/txt2img"
            waiting = asyncio.create_task(
                client.json("POST", path, json=body, seconds=to.patience_seconds)
            )
            try:
                steps = request.steps
                async for event in _progress(client, waiting, body["force_task_id"], index, steps):
                    yield event
                answer = await waiting
            finally:
                if not waiting.done():
                    await _interrupt(client, body["force_task_id"])
                    waiting.cancel()
                    with suppress(asyncio.CancelledError, EngineError):
                        await waiting
            pixels = _picture(client, answer)
            yield Progress(index, request.steps, request.steps)
            if note := size_note(request, pixels, client.name):
                yield note
            yield ImageOutput(
                index, request.seed + index, pixels, _effective(client, request, answer, pixels)
            )


async def _progress(
    client: Client, waiting: asyncio.Task[Any], task: str, index: int, steps: int
) -> AsyncGenerator[Progress, None]:
    """How far the picture is, until its answer is there. A server that does not answer any more
    is given up."""
    seen, missed = 0, 0
    while True:
        await asyncio.wait({waiting}, timeout=client.connection.step_poll_seconds)
        if waiting.done():
            return
        try:
            told = await client.json("GET", "/sdapi/v1/progress")
            missed = 0
        except ServerError as error:
            missed += 1
            if waiting.done():
                return
            if missed == _UNANSWERED or error.status is not None:
                raise
            continue
        step = _step(client, told, task)
        if seen < step < steps:
            seen = step
            yield Progress(index, step, steps, _preview(client, told))


def _step(client: Client, told: object, task: str) -> int:
    """The step that our picture has done; 0 while another one is drawn."""
    if not isinstance(told, Mapping):
        raise client.odd("no progress")
    if told.get("current_task") not in (None, "", task):
        return 0
    state = told.get("state")
    step = state.get("sampling_step") if isinstance(state, Mapping) else 0
    return step if isinstance(step, int) else 0


def _preview(client: Client, told: Mapping[str, Any]) -> bytes | None:
    picture = told.get("current_image")
    return small_preview(read_base64(client, picture)) if picture else None


async def _interrupt(client: Client, task: str) -> None:
    """Stop our picture, and no other one where the server tells them apart; within a moment."""
    with suppress(EngineError, TimeoutError):
        async with asyncio.timeout(INTERRUPT_SECONDS):
            told = await client.json("GET", "/sdapi/v1/progress?skip_current_image=true")
            running = told.get("current_task") if isinstance(told, Mapping) else None
            if running in (None, "", task):
                await client.tell("/sdapi/v1/interrupt")


def _body(to: Connection, request: ImageRequest, index: int) -> dict[str, Any]:
    facts = to.facts
    body: dict[str, Any] = {
        "prompt": request.prompt + "".join(f" <lora:{x.path}:{x.weight:g}>" for x in request.loras),
        "negative_prompt": request.negative_prompt,
        "seed": (request.seed + index) % SEEDS,
        "steps": request.steps,
        "cfg_scale": request.guidance_scale,
        "width": request.width,
        "height": request.height,
        "batch_size": 1,
        "n_iter": 1,
        "save_images": False,
        "send_images": True,
        "force_task_id": f"task(fabula-{uuid4().hex})",
        "override_settings": {},
        "override_settings_restore_afterwards": True,
    }
    usual = _USUAL_SAMPLER if _USUAL_SAMPLER in facts.samplers else None
    if sampler := request.scheduler or usual:
        body["sampler_name"] = sampler
    if schedule := request.options.get("schedule"):
        body["scheduler"] = schedule
    model = request.model or to.model
    if model:
        body["override_settings"]["sd_model_checkpoint"] = model
    if request.reference is not None:
        body["init_images"] = [as_base64_png(request.reference.pixels)]
        body["denoising_strength"] = request.reference.strength
        if request.reference.mask is not None:
            size = (request.width, request.height)
            body["mask"] = as_base64_png(mask_pixels(request.reference.mask, size))
            body |= {"inpainting_fill": 1, "inpaint_full_res": False, "mask_blur": 4}
    return body


def _picture(client: Client, answer: object) -> Pixels:
    images = answer.get("images") if isinstance(answer, Mapping) else None
    if not isinstance(images, list) or not images:
        raise client.odd("no picture")
    return read_pixels(client, read_base64(client, images[0]))


def _effective(
    client: Client, request: ImageRequest, answer: Mapping[str, Any], pixels: Pixels
) -> dict[str, Any]:
    """What was used, as far as the server tells."""
    told = client.parsed(answer["info"]) if isinstance(answer.get("info"), str) else {}
    info = told if isinstance(told, Mapping) else {}
    used = {
        "steps": request.steps,
        "guidance_scale": request.guidance_scale,
        "scheduler": info.get("sampler_name"),
        "model": info.get("sd_model_name"),
        "model_hash": info.get("sd_model_hash"),
        "width": int(pixels.shape[1]),
        "height": int(pixels.shape[0]),
        "loras": [{"name": x.path, "weight": x.weight} for x in request.loras] or None,
    }
    return {name: value for name, value in used.items() if value is not None}
