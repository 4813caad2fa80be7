"""From an engine's pixels to a stored file and its records."""

import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from fabula import __version__
from fabula.engines.base import ImageOutput
from fabula.events.domain import DomainEvents
from fabula.generation import repository
from fabula.generation.events import OutputReady, StoredFile
from fabula.generation.provenance import Provenance
from fabula.models import Job
from fabula.queue.leases import Lease
from fabula.storage.base import Blob, BlobStore
from fabula.storage.infotext import GenerationData, texts_for
from fabula.storage.pictures import encode_png, make_thumbnail, thumbhash_of

STAGING_BUCKET = "workspace-temp"


def embedded_data(plan: Provenance, output: ImageOutput) -> tuple[GenerationData, dict[str, Any]]:
    """What travels inside the file: the A1111 form and our own. Neither holds a time or an id of
    the database, so that the same parameters give the same bytes."""
    effective = {**output.effective}
    data = GenerationData(
        prompt=plan.prompt_final or plan.prompt_original,
        negative_prompt=plan.negative_final or "",
        steps=int(effective.get("steps", plan.steps)),
        sampler=str(effective.get("scheduler", plan.engine_id)),
        cfg_scale=float(effective.get("guidance_scale", plan.guidance_scale)),
        seed=output.seed,
        width=int(output.pixels.shape[1]),
        height=int(output.pixels.shape[0]),
        model=plan.model,
        denoising_strength=plan.reference.strength if plan.reference else None,
        version=f"Fabula {__version__}",
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
        "reference": {"sha256": plan.reference.sha256, "strength": plan.reference.strength}
        if plan.reference
        else None,
        "effective": effective,
    }
    return data, own


def _file(plan: Provenance, output: ImageOutput) -> bytes:
    data, own = embedded_data(plan, output)
    return encode_png(output.pixels, texts_for(data, own))


def _small(output: ImageOutput) -> tuple[bytes, str]:
    return make_thumbnail(output.pixels), thumbhash_of(output.pixels)


async def store_image(
    store: BlobStore, job: Job, plan: Provenance, output: ImageOutput
) -> StoredFile:
    """Write the file and its thumbnail. The place depends only on job and index, so that a second
    delivery writes the same files."""
    key = f"{job.user_id}/{job.id}/{output.index}.png"
    thumbnail_key = f"{job.user_id}/{job.id}/{output.index}.thumb.webp"

    async def whole() -> Blob:
        png = await asyncio.to_thread(_file, plan, output)
        return await store.put(STAGING_BUCKET, key, png, "image/png")

    async def small() -> str:
        thumbnail, thumbhash = await asyncio.to_thread(_small, output)
        await store.put(STAGING_BUCKET, thumbnail_key, thumbnail, "image/webp")
        return thumbhash

    blob, thumbhash = await asyncio.gather(whole(), small())
    height, width = output.pixels.shape[:2]
    return StoredFile(
        bucket=STAGING_BUCKET,
        key=key,
        thumbnail_key=thumbnail_key,
        thumbhash=thumbhash,
        sha256=blob.sha256,
        size=blob.size,
        mime_type="image/png",
        width=int(width),
        height=int(height),
    )


async def record_image(
    session: AsyncSession,
    events: DomainEvents,
    job: Job,
    plan: Provenance,
    output: ImageOutput,
    stored: StoredFile,
    warnings: list[dict[str, str]],
) -> None:
    """The generation record and the hand-over, in the transaction of the lease's holder."""
    plan = plan.model_copy(
        update={
            "effective": {**output.effective, "width": stored.width, "height": stored.height},
            "warnings": _merged(plan.warnings, warnings),
        }
    )
    image_id = await repository.record_image(session, _image_values(job, plan, output, stored))
    await _update_job(session, job.id, plan, image_id if output.index == 0 else None)
    await events.emit(
        session,
        OutputReady(
            job_id=job.id,
            user_id=job.user_id,
            destination=job.destination or "workspace",
            index=output.index,
            seed=output.seed,
            provenance=plan,
            file=stored,
        ),
    )


def _merged(first: list[dict[str, str]], more: list[dict[str, str]]) -> list[dict[str, str]]:
    """Warnings of a batch, each once."""
    return list({(w["code"], w["message"]): w for w in [*first, *more]}.values())


def _image_values(
    job: Job, plan: Provenance, output: ImageOutput, stored: StoredFile
) -> dict[str, Any]:
    reference = plan.reference
    return {
        "user_id": job.user_id,
        "prompt": plan.prompt_final or plan.prompt_original,
        "original_prompt": plan.prompt_original,
        "enhanced_prompt": plan.prompt_final if plan.prompt_final != plan.prompt_original else None,
        "image_url": f"{stored.bucket}/{stored.key}",
        "thumbnail_url": f"{stored.bucket}/{stored.thumbnail_key}",
        "generation_mode": "standalone",
        "status": "completed",
        "metadata": {"provenance": plan.dump(), "sha256": stored.sha256},
        "format": "png",
        "quality": job.quality,
        "file_size": stored.size,
        "job_id": job.id,
        "image_index": output.index,
        "reference_image_url": f"{reference.bucket}/{reference.key}" if reference else None,
        "reference_strength": 1 - reference.strength if reference else None,
        "seed": output.seed,
        "enhancement_strategy": plan.rewriting.strategy,
        "enhancement_time_ms": plan.rewriting.time_ms,
    }


async def _update_job(
    session: AsyncSession, job_id: UUID, plan: Provenance, image_id: UUID | None
) -> None:
    values: dict[str, Any] = {"metadata_": plan.dump()}
    if image_id:
        values["image_id"] = image_id
    await session.execute(update(Job).where(Job.id == job_id).values(**values))


async def record_rewriting(session: AsyncSession, lease: Lease, plan: Provenance) -> None:
    """Keep what the engine will read and how it came to be, before the engine sees it."""
    values: dict[str, Any] = {"metadata_": plan.dump()}
    if plan.rewriting.wanted:
        values |= _rewriting_columns(plan)
    await session.execute(update(Job).where(Job.id == lease.job_id).values(**values))


def _rewriting_columns(plan: Provenance) -> dict[str, Any]:
    story, old, new = plan.rewriting, len(plan.prompt_original), len(plan.prompt_final or "")
    return {
        "enhanced_prompt": plan.prompt_final,
        "enhancement_strategy": story.strategy,
        "enhancement_time_ms": story.time_ms,
        "template_name": story.template.name if story.template else None,
        "qwen_expansion_percentage": round((new - old) / old * 100, 2),
    }
