"""Pictures by a ComfyUI server: its own workflows or the studio's, one prompt for each picture."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from fabula.engines.base import (
    Availability,
    CancelToken,
    EngineContext,
    EngineError,
    EngineInfo,
    EngineWarning,
    ImageEvent,
    ImageOutput,
    ImageRequest,
    Modality,
    Pixels,
)
from fabula.engines.capabilities import ImageCapabilities, LoraChoice, Range
from fabula.engines.image_checks import refuse_out_of_range, refused
from fabula.engines.image_masks import mask_channel, masked
from fabula.engines.remote.client import Client
from fabula.engines.remote.comfyui import Turn, choices, upload_picture
from fabula.engines.remote.comfyui_clips import clip_facts, makes_clips
from fabula.engines.remote.comfyui_workflow import (
    BadWorkflow,
    Workflow,
    built_in,
    read_workflow,
    unknown_classes,
    with_loras,
)
from fabula.engines.remote.connection import Connection, Facts, availability, connection_of
from fabula.engines.remote.driving import drive
from fabula.engines.remote.pictures import read_pixels
from fabula.engines.remote.requests import (
    connected,
    private_texts,
    refuse_off_the_grid,
    refuse_unknown,
    size_note,
)
from fabula.engines.remote.weights import comfyui_text

_USUAL_SAMPLER, _USUAL_SCHEDULE = "dpmpp_2m", "karras"


_CLIP_LOADERS = (
    ("UNETLoader", "unet_name"), ("CLIPLoader", "clip_name"), ("VAELoader", "vae_name"),
    ("CLIPVisionLoader", "clip_name"),
)  # fmt: skip


class ComfyUI:
    """One server, with the studio's workflows or one of its own."""

    info = EngineInfo(
        id="comfyui",
        name="ComfyUI",
        modality=Modality.IMAGE,
        version="1",
        summary="Draws on a ComfyUI server, with its models and, if you like, your own workflow.",
        model="those of the server",
        licence="those of the server's models",
    )

    def __init__(self, context: EngineContext) -> None:
        self._to = connection_of(context)
        own = read_workflow(self._to.workflow) if self._to and self._to.workflow else None
        self._own = None if own and own.makes_clips else own

    def availability(self) -> Availability:
        if self._to and not self._own and not self._to.facts.models:
            return Availability(
                False,
                "The server has no checkpoint, and so makes no pictures.",
                "Put one into its folder models/checkpoints.",
            )
        return availability(self._to)

    def capabilities(self) -> ImageCapabilities:
        facts = self._to.facts if self._to else Facts()
        able = ImageCapabilities(
            width=Range(64, 2048, 1024, 8),
            height=Range(64, 2048, 1024, 8),
            steps=Range(1, 100, 20),
            guidance_scale=Range(0, 30, 6, 0.1),
            image_to_image=True,
            inpainting=True,
            previews=True,
            schedulers=facts.samplers,
            loras=True,
            weights=True,
            lora_files=tuple(map(LoraChoice, facts.loras)),
            families=("sdxl", "wan"),
            models=facts.models,
            default_model=self._to.model if self._to else "",
        )
        return able if self._own is None else _limited(able, self._own)

    def load(self) -> None:
        """The server loads its models."""

    def unload(self) -> None:
        """Nothing of the server's is held."""

    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        to = connected(self._to)
        refuse_out_of_range(request, self.capabilities())
        refuse_off_the_grid(request, 8)
        refuse_unknown(request, to)
        return drive(self._draw(to, request), cancel)

    async def _draw(
        self, to: Connection, request: ImageRequest
    ) -> AsyncGenerator[ImageEvent, None]:
        async with Client(to, private_texts(request, comfyui_text)) as client:
            workflow = self._own or built_in(
                reference=request.reference is not None,
                mask=request.reference is not None and request.reference.mask is not None,
            )
            values = _values(request, to) | await _uploaded(client, request)
            for index in range(request.start_index, request.count):
                values["seed"] = request.seed + index
                graph = workflow.filled(values)
                if request.loras:
                    with_loras(
                        graph, _loader(workflow), [(x.path, x.weight) for x in request.loras]
                    )
                turn = Turn(client, workflow, graph, index)
                async with aclosing(turn.run(request.steps)) as events:
                    async for event in events:
                        yield event
                pixels, warning = await _picture(turn)
                for note in (warning, size_note(request, pixels, client.name)):
                    if note:
                        yield note
                used = _effective(turn, request, pixels)
                pixels = await asyncio.to_thread(masked, request, pixels)
                yield ImageOutput(index, request.seed + index, pixels, used)


async def probe(to: Connection) -> Facts:
    """Ask a server what it is and has. Raises ``EngineError``; also where its workflow needs what
    the server lacks."""
    async with Client(to) as client:
        system = await client.json("GET", "/system_stats")
        about = system.get("system") if isinstance(system, Mapping) else None
        if not isinstance(about, Mapping):
            raise client.odd("something that no ComfyUI sends")
        known = await client.json("GET", "/object_info")
        if not isinstance(known, Mapping):
            raise client.odd("no list of its nodes")
        facts = Facts(
            version=str(about.get("comfyui_version", "unknown")),
            models=choices(known, "CheckpointLoaderSimple", "ckpt_name"),
            samplers=choices(known, "KSampler", "sampler_name"),
            schedules=choices(known, "KSampler", "scheduler"),
            loras=choices(known, "LoraLoader", "lora_name"),
            **clip_facts(known, {node: choices(known, node, n) for node, n in _CLIP_LOADERS}),
        )
        if to.workflow is not None:
            _refuse_foreign(read_workflow(to.workflow), known)
        elif not facts.models and not makes_clips(facts):
            raise EngineError(
                f"{to.name} has no checkpoint: put one into its folder models/checkpoints.",
                code="unavailable",
            )
    return facts


async def _picture(turn: Turn) -> tuple[Pixels, EngineWarning | None]:
    files = turn.outputs("images")
    if not files:
        message = f"{turn.client.name} ended without a picture: look at the workflow's end."
        raise EngineError(message)
    note = None
    if len(files) > 1:
        message = f"The workflow made {len(files)} pictures, and the last one was taken."
        note = EngineWarning("more_pictures", message)
    return read_pixels(turn.client, await turn.fetch(files[-1])), note


def _effective(turn: Turn, request: ImageRequest, pixels: Pixels) -> dict[str, Any]:
    """What was really used, read back from the graph that was sent."""
    sent = replace(turn.workflow, graph=turn.graph)
    used = {
        "steps": sent.value("steps"), "guidance_scale": sent.value("cfg"),
        "scheduler": sent.value("sampler"), "schedule": sent.value("scheduler"),
        "model": sent.value("checkpoint"),
        "width": int(pixels.shape[1]), "height": int(pixels.shape[0]),
        "loras": [{"name": x.path, "weight": x.weight} for x in request.loras] or None,
    }  # fmt: skip
    return {name: value for name, value in used.items() if value not in (None, "")}


async def _uploaded(client: Client, request: ImageRequest) -> dict[str, object]:
    """The slots of the reference and its mask, after both were brought to the server."""
    reference = request.reference
    if reference is None:
        return {}
    values: dict[str, object] = {"denoise": reference.strength}
    values["image"] = await upload_picture(client, reference.pixels)
    if reference.mask is not None:
        mask = mask_channel(reference.mask, (request.width, request.height))
        values["mask"] = await upload_picture(client, mask)
    return values


def _values(request: ImageRequest, to: Connection) -> dict[str, object]:
    facts = to.facts
    values: dict[str, object] = {
        "prompt": comfyui_text(request.prompt, request.weighted_prompt),
        "negative": comfyui_text(request.negative_prompt, request.weighted_negative),
        "width": request.width,
        "height": request.height,
        "steps": request.steps,
        "cfg": request.guidance_scale,
    }
    model = request.model or to.model or ("" if to.workflow else next(iter(facts.models), ""))
    if model:
        values["checkpoint"] = model
    sampler = request.scheduler or ("" if to.workflow else _usual(facts.samplers, _USUAL_SAMPLER))
    schedule = request.options.get("schedule")
    if schedule is None and not to.workflow:
        schedule = _usual(facts.schedules, _USUAL_SCHEDULE)
    return values | {k: v for k, v in (("sampler", sampler), ("scheduler", schedule)) if v}


def _usual(found: tuple[str, ...], wanted: str) -> str:
    return wanted if wanted in found else next(iter(found), "")


def _loader(workflow: Workflow) -> str:
    """The node that LoRAs are put behind."""
    places = workflow.slots.get("checkpoint", ())
    if not places:
        raise refused("The workflow has no node that LoRAs could follow.")
    return places[0][0]


def _limited(able: ImageCapabilities, own: Workflow) -> ImageCapabilities:
    """What is left where a workflow decides some things itself."""
    fixed: dict[str, Any] = {}
    for slot, name in (("steps", "steps"), ("cfg", "guidance_scale")):
        value, limits = own.value(slot), getattr(able, name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            default = min(max(value, limits.minimum), limits.maximum)
            fixed[name] = replace(limits, default=default)
        elif slot not in own.slots:
            fixed[name] = Range(limits.minimum, limits.minimum, limits.minimum, limits.step)
    return replace(
        able,
        negative_prompt="negative" in own.slots,
        image_to_image="image" in own.slots,
        inpainting={"image", "mask"} <= set(own.slots),
        reference_required="image" in own.slots,
        reference_strength="denoise" in own.slots,
        seeds="seed" in own.slots,
        schedulers=able.schedulers if "sampler" in own.slots else (),
        models=able.models if "checkpoint" in own.slots else (),
        default_model=able.default_model if "checkpoint" in own.slots else "",
        loras="checkpoint" in own.slots,
        lora_files=able.lora_files if "checkpoint" in own.slots else (),
        **fixed,
    )


def _refuse_foreign(workflow: Workflow, known: Mapping[str, Any]) -> None:
    missing = unknown_classes(workflow, known)
    if missing:
        raise BadWorkflow(
            f"The server has no node of the kind {', '.join(missing[:5])}: install what brings it, "
            "or take it out of the workflow."
        )
