"""The files of an output: itself with its generation data inside, and the small ones beside it."""

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fabula import __version__
from fabula.engines.base import ImageOutput, VideoOutput
from fabula.generation.events import StoredFile
from fabula.generation.provenance import FrozenPicture, FrozenReference, Provenance
from fabula.models import Job
from fabula.storage.base import Blob, BlobStore
from fabula.storage.clips import ClipFacts, clip_facts, poster_of, preview_of, with_tags
from fabula.storage.infotext import OWN_KEY, PARAMETERS_KEY, GenerationData, texts_for
from fabula.storage.pictures import encode_png, make_thumbnail, thumbhash_of

STAGING_BUCKET = "workspace-temp"
Output = ImageOutput | VideoOutput
_MILLISECONDS = Decimal("0.001")


async def store_output(store: BlobStore, job: Job, plan: Provenance, output: Output) -> StoredFile:
    """Write the files. Their places depend only on job and index, so that a second delivery writes
    the same files."""
    stem = f"{job.user_id}/{job.id}/{output.index}"
    if isinstance(output, VideoOutput):
        return await _store_clip(store, stem, plan, output)
    return await _store_picture(store, stem, plan, output)


def embedded_texts(plan: Provenance, output: Output) -> dict[str, str]:
    """What travels inside the file: the A1111 form and our own. Neither holds a time or an id of
    the database, so that the same parameters give the same bytes."""
    effective = {**output.effective}
    width, height = size_of(output)
    upscale = plan.upscale
    if upscale:
        width, height = width // upscale.factor, height // upscale.factor
    data = GenerationData(
        prompt=_with_loras(plan),
        negative_prompt=plan.negative_final or "",
        steps=int(effective.get("steps", plan.steps)),
        sampler=upscale.sampler if upscale else str(effective.get("scheduler", plan.engine_id)),
        cfg_scale=float(effective.get("guidance_scale", plan.guidance_scale)),
        seed=output.seed,
        width=width,
        height=height,
        model=upscale.model if upscale else plan.model,
        denoising_strength=plan.reference.strength if plan.reference else None,
        version=f"Fabula {__version__}",
        extras=_pairs(plan),
    )
    own = {
        "prompt": plan.prompt_original,
        "prompt_final": plan.prompt_final,
        "negative_prompt": plan.negative_prompt,
        "negative_final": plan.negative_final,
        "job_type": plan.job_type,
        "seed": plan.seed,
        "index": output.index,
        "count": plan.count,
        "width": plan.width,
        "height": plan.height,
        "steps": plan.steps,
        "guidance_scale": plan.guidance_scale,
        "engine": {"id": plan.engine_id, "version": plan.engine_version, "model": plan.model},
        "model_sha256": plan.model_sha256,
        "loras": [lora.model_dump(exclude={"family"}) for lora in plan.loras],
        "reference": _reference_record(plan.reference) if plan.reference else None,
        "effective": effective,
    }
    if upscale:
        own["upscale"] = {"sha256": upscale.source.sha256, "factor": upscale.factor}
    if isinstance(output, VideoOutput):
        own["clip"] = _clip_record(plan)
    return texts_for(data, own)


def _pairs(plan: Provenance) -> dict[str, str]:
    """Further pairs in A1111's spelling; an upscale is named beside the values of the picture that
    was there before."""
    if plan.upscale:
        factor = str(plan.upscale.factor)
        return {"Postprocess upscale by": factor, "Postprocess upscaler": plan.model}
    return {"Model hash": plan.model_sha256[:10]} if plan.model_sha256 else {}


def _with_loras(plan: Provenance) -> str:
    """The prompt with its LoRAs, in A1111's spelling."""
    tags = [f"<lora:{lora.name}:{lora.weight:g}>" for lora in plan.loras]
    return " ".join([plan.prompt_final or plan.prompt_original, *tags])


def clip_tags(plan: Provenance, output: VideoOutput) -> dict[str, str]:
    """The same texts as tags of a clip: players show ``comment``."""
    texts = embedded_texts(plan, output)
    return {"comment": texts[PARAMETERS_KEY], OWN_KEY: texts[OWN_KEY]}


def _clip_record(plan: Provenance) -> dict[str, Any]:
    return {
        "frames": plan.frames,
        "fps": plan.fps,
        "first_frame": _content(plan.first_frame),
        "last_frame": _content(plan.last_frame),
        "motion": plan.motion.model_dump(exclude_none=True) if plan.motion else None,
    }


def _reference_record(reference: FrozenReference) -> dict[str, Any]:
    record: dict[str, Any] = {"sha256": reference.sha256, "strength": reference.strength}
    if reference.mask:
        record["mask"] = _content(reference.mask)
    if reference.extension:
        record["extension"] = reference.extension.model_dump()
    return record


def _content(picture: FrozenPicture | None) -> dict[str, str] | None:
    return {"sha256": picture.sha256} if picture else None


def size_of(output: Output) -> tuple[int, int]:
    """Width and height in pixels."""
    if isinstance(output, VideoOutput):
        return output.width, output.height
    height, width = output.pixels.shape[:2]
    return int(width), int(height)


async def _store_picture(
    store: BlobStore, stem: str, plan: Provenance, output: ImageOutput
) -> StoredFile:
    def encoded() -> bytes:
        return encode_png(output.pixels, embedded_texts(plan, output))

    def small() -> tuple[bytes, str]:
        return make_thumbnail(output.pixels), thumbhash_of(output.pixels)

    async def whole() -> Blob:
        png = await asyncio.to_thread(encoded)
        return await store.put(STAGING_BUCKET, f"{stem}.png", png, "image/png")

    async def beside() -> str:
        thumbnail, thumbhash = await asyncio.to_thread(small)
        await store.put(STAGING_BUCKET, f"{stem}.thumb.webp", thumbnail, "image/webp")
        return thumbhash

    blob, thumbhash = await asyncio.gather(whole(), beside())
    width, height = size_of(output)
    return StoredFile(
        bucket=STAGING_BUCKET,
        key=blob.key,
        thumbnail_key=f"{stem}.thumb.webp",
        thumbhash=thumbhash,
        sha256=blob.sha256,
        size=blob.size,
        mime_type="image/png",
        width=width,
        height=height,
    )


@dataclass(frozen=True, slots=True)
class _Clip:
    """Everything about a clip that needs its bytes to be read."""

    mp4: bytes
    facts: ClipFacts
    poster: bytes
    thumbhash: str
    preview: bytes


def _look(plan: Provenance, output: VideoOutput) -> _Clip:
    poster = poster_of(output.mp4)
    return _Clip(
        mp4=with_tags(output.mp4, clip_tags(plan, output)),
        facts=clip_facts(output.mp4),
        poster=make_thumbnail(poster),
        thumbhash=thumbhash_of(poster),
        preview=preview_of(output.mp4),
    )


async def _store_clip(
    store: BlobStore, stem: str, plan: Provenance, output: VideoOutput
) -> StoredFile:
    """Size and duration are the container's, not what the engine says of it."""
    clip = await asyncio.to_thread(_look, plan, output)
    blob = await store.put(STAGING_BUCKET, f"{stem}.mp4", clip.mp4, "video/mp4")
    await store.put(STAGING_BUCKET, f"{stem}.thumb.webp", clip.poster, "image/webp")
    await store.put(STAGING_BUCKET, f"{stem}.preview.mp4", clip.preview, "video/mp4")
    return StoredFile(
        bucket=STAGING_BUCKET,
        key=blob.key,
        thumbnail_key=f"{stem}.thumb.webp",
        thumbhash=clip.thumbhash,
        sha256=blob.sha256,
        size=blob.size,
        mime_type="video/mp4",
        width=clip.facts.width,
        height=clip.facts.height,
        preview_key=f"{stem}.preview.mp4",
        duration=Decimal(clip.facts.duration).quantize(_MILLISECONDS),
    )
