"""From a plan to what an engine is asked: the source pictures are read here."""

import asyncio

from fabula.engines.base import (
    ImageRequest,
    Lora,
    Motion,
    Pixels,
    Reference,
    VideoRequest,
    WeightedText,
)
from fabula.generation.job_types import JOB_TYPES
from fabula.generation.provenance import FrozenPicture, FrozenReference, Provenance, Upscale
from fabula.generation.reading import words_and_weights
from fabula.generation.repainting import MASK_FIELD, read_source, repainted
from fabula.storage.base import BlobStore


async def request_for(
    plan: Provenance, store: BlobStore, first: int
) -> ImageRequest | VideoRequest:
    """The engine's request for the outputs from index ``first`` on.

    Raises ``SourceNotFound`` when a source picture went away after the job was accepted.
    """
    if JOB_TYPES[plan.job_type].format == "video":
        return await _clip(plan, store)
    return await _pictures(plan, store, first)


async def _pictures(plan: Provenance, store: BlobStore, first: int) -> ImageRequest:
    if plan.upscale:
        return await _upscale(plan, plan.upscale, store)
    prompt, weighted = _prompt(plan)
    negative, weighted_negative = _negative(plan)
    return ImageRequest(
        prompt=prompt,
        negative_prompt=negative,
        weighted_prompt=weighted,
        weighted_negative=weighted_negative,
        seed=plan.seed,
        width=plan.width,
        height=plan.height,
        steps=plan.steps,
        guidance_scale=plan.guidance_scale,
        count=plan.count,
        start_index=first,
        reference=await _reference(plan.reference, store) if plan.reference else None,
        scheduler=plan.scheduler,
        model=plan.model_name,
        loras=_loras(plan),
    )


async def _reference(source: FrozenReference, store: BlobStore) -> Reference:
    pixels = await read_source(store, source, "reference.asset_id")
    mask = await read_source(store, source.mask, MASK_FIELD) if source.mask else None
    return await asyncio.to_thread(repainted, pixels, source.strength, mask, source.extension)


async def _upscale(plan: Provenance, upscale: Upscale, store: BlobStore) -> ImageRequest:
    """More pixels, without words."""
    pixels = await read_source(store, upscale.source, "asset_id")
    return ImageRequest(
        prompt="",
        seed=plan.seed,
        width=plan.width,
        height=plan.height,
        steps=1,
        guidance_scale=0,
        reference=Reference(pixels, 0.0),
        model=plan.model_name,
    )


async def _clip(plan: Provenance, store: BlobStore) -> VideoRequest:
    return VideoRequest(
        prompt=_prompt(plan)[0],
        negative_prompt=_negative(plan)[0],
        seed=plan.seed,
        width=plan.width,
        height=plan.height,
        frames=plan.frames,
        fps=plan.fps,
        steps=plan.steps,
        guidance_scale=plan.guidance_scale,
        first_frame=await _read(plan.first_frame, store, "first_frame"),
        last_frame=await _read(plan.last_frame, store, "last_frame"),
        motion=Motion(**plan.motion.model_dump()) if plan.motion else None,
        model=plan.model_name,
        loras=_loras(plan),
    )


def _loras(plan: Provenance) -> tuple[Lora, ...]:
    return tuple(Lora(lora.name, lora.weight) for lora in plan.loras)


def _prompt(plan: Provenance) -> tuple[str, WeightedText | None]:
    text = plan.prompt_final or plan.prompt_original
    return words_and_weights(text, plan.final_syntax, weights=plan.reads_weights)


def _negative(plan: Provenance) -> tuple[str, WeightedText | None]:
    text = plan.negative_final or ""
    return words_and_weights(text, plan.prompt_syntax, weights=plan.reads_weights)


async def _read(source: FrozenPicture | None, store: BlobStore, field: str) -> Pixels | None:
    return await read_source(store, source, field) if source else None
